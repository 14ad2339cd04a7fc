/** Under which the browser remembers whether the person wants to be told. */
export const NOTIFY_KEY = "splitnet-notify";

/** A notification of the browser, where the person switched them on and the browser allows them. */
export function browserNotice(title: string, body: string): void {
  const wanted = globalThis.localStorage?.getItem(NOTIFY_KEY) === "on";
  if (wanted && globalThis.Notification?.permission === "granted") new Notification(title, { body, tag: NOTIFY_KEY });
}
