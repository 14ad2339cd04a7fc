import { useEffect, useState } from "react";
import { Select } from "../kit/controls";
import { text } from "../text";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const KEY = "splitnet-theme";

/** Colours as the system has them, or chosen and remembered. */
export function ThemeSelect() {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    storage()?.setItem(KEY, theme);
  }, [theme]);
  return (
    <Select
      inline
      label={text.theme.label}
      value={theme}
      options={THEMES.map((value) => ({ value, name: text.theme[value] }))}
      onChange={(value) => setTheme(parseTheme(value))}
    />
  );
}

function storedTheme(): Theme {
  return parseTheme(storage()?.getItem(KEY) ?? null);
}

function parseTheme(value: string | null): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** Null where there is no page, or where the browser forbids storing. */
function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
