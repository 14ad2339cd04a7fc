import { useState } from "react";
import { Switch } from "../kit/controls";
import { NOTIFY_KEY } from "../kit/notification";
import { useRemembered } from "../kit/remembered";
import { text } from "../text";

type Choice = "on" | "off";

/** Whether a notification tells of the end; the browser is asked when it is switched on. */
export function NotifySwitch() {
  const [choice, choose] = useRemembered<Choice>(NOTIFY_KEY, (stored) => (stored === "on" ? "on" : "off"));
  const [permission, setPermission] = useState(() => globalThis.Notification?.permission ?? null);
  const change = async (on: boolean): Promise<void> => {
    choose(on ? "on" : "off");
    if (on) setPermission(await Notification.requestPermission());
  };
  return <NotifySwitchView permission={permission} on={choice === "on"} onChange={(on) => void change(on)} />;
}

interface ViewProps {
  /** The browser's; null where it knows no notifications. */
  readonly permission: NotificationPermission | null;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

export function NotifySwitchView({ permission, on, onChange }: ViewProps) {
  const { label, missing, denied, off, tells } = text.notify;
  const hint = permission === null ? missing : permission === "denied" ? denied : on && permission === "granted" ? tells : off;
  const possible = permission !== null && permission !== "denied";
  return (
    <Switch label={label} on={possible && on && permission === "granted"} hint={hint} disabled={!possible} onChange={onChange} />
  );
}
