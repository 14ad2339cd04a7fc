export const storage = {
  label: "Storage",
  used: (used: string, allowed: string) => `${used} of about ${allowed} that the browser allows`,
  dataset: (size: string) => `data set ${size}`,
  removed: (size: string) => `${size} removed, but not freed`,
  persistent: "The browser has promised to keep it.",
  evictable: "The browser may remove it when the disk is short.",
  keep: "Ask the browser to keep it",
  refused:
    "The browser did not promise it. Bookmark or install this page, then ask again; or save checkpoints and exports yourself.",
  tight: (needed: string, left: string) =>
    `The checkpoints of this configuration take up to ${needed}, and ${left} is left. Delete old runs and free their space before you start.`,
} as const;
