export const log = {
  title: "Event log",
  none: "Nothing has happened yet.",
  failed: "That failed; the message above says why and what to do.",
  dismiss: "Dismiss",
  unsaved: "Nothing of this run can be stored: training goes on in memory",
  keep: (fileName: string) => `Save ${fileName} yourself`,
  cure: "What to do",
  fatal: "The training engine has stopped",
  reload: "Load the page anew",
} as const;
