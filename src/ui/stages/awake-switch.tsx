import { useEffect, useState } from "react";
import { Switch } from "../kit/controls";
import { useRemembered } from "../kit/remembered";
import { text } from "../text";
import { keepScreenOn, type WakeLocks, type WakeState } from "./screen-wake";

const KEY = "splitnet-awake";
type Choice = "on" | "off";

/** Keeps the screen on while it stands on the page and is switched on; off unless chosen, and the choice is remembered. */
export function AwakeSwitch() {
  const [choice, choose] = useRemembered<Choice>(KEY, (stored) => (stored === "on" ? "on" : "off"));
  const [state, setState] = useState<WakeState>("held");
  const locks = wakeLocks();
  useEffect(() => {
    return choice === "on" && locks !== null ? keepScreenOn(locks, document, setState) : undefined;
  }, [choice, locks]);
  return (
    <AwakeSwitchView available={locks !== null} on={choice === "on"} state={state} onChange={(on) => choose(on ? "on" : "off")} />
  );
}

interface ViewProps {
  readonly available: boolean;
  readonly on: boolean;
  /** What came of it, while it is on. */
  readonly state: WakeState;
  readonly onChange: (on: boolean) => void;
}

export function AwakeSwitchView({ available, on, state, onChange }: ViewProps) {
  const hint = on ? text.awake[state] : text.awake.off;
  return (
    <Switch
      label={text.awake.label}
      on={available && on}
      hint={available ? hint : text.awake.missing}
      disabled={!available}
      onChange={onChange}
    />
  );
}

/** Null where the browser has none, or where there is no page. */
function wakeLocks(): WakeLocks | null {
  return globalThis.navigator?.wakeLock ?? null;
}
