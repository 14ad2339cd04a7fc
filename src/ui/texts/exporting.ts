export const exporting = {
  title: "Model file",
  none: "Export packs the split model as a zip: ONNX, safetensors, configuration, metrics and how to load them.",
  ready: "Ready to download",
  download: (fileName: string) => `Download ${fileName}`,
} as const;
