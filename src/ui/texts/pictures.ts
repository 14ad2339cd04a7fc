export const pictures = {
  group: (title: string) => `Save ${title} as a picture`,
  save: { svg: "SVG", png: "PNG" },
  csv: "CSV",
  label: (title: string, format: string) => `Save ${title} as ${format}`,
  failed: (reason: string) => `The picture could not be made: ${reason}`,
  run: (name: string, id: string) => (name === id ? `Run ${id}.` : `Run ${name} (${id}).`),
  settings: (preset: string, grouping: string, seed: number, data: string) =>
    `${preset}, grouping ${grouping}, seed ${seed}, ${data}.`,
} as const;
