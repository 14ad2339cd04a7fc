export const device = {
  probing: "Looking for a GPU…",
  hardware: "GPU",
  software: "Software adapter",
  missing: "No GPU",
  softwareNotice: {
    title: "This browser offers only a software adapter: training will be very slow.",
    advice: [
      "Choose the preset tiny: it takes minutes even here.",
      "For anything larger, turn on hardware acceleration in the browser's settings (System) and restart it.",
      "On Linux, Chrome 144 or newer with a current driver finds most GPUs; chrome://gpu says what it found.",
    ],
  },
  stockNotice: {
    title: "This device gets the studio's own kernels wrong, so the stock ones compute: right, but several times slower.",
    advice: ["Update the graphics driver and the browser: both compile the kernels. The test runs anew with every page."],
    reason: (reason: string) => `What differed: ${reason}`,
  },
  features: "Features",
  kernels: { title: "Kernels", untested: "tested when something is computed", own: "tested", stock: "stock" },
  buffer: "Largest buffer",
} as const;
