import { useEffect } from "react";
import { Select } from "../kit/controls";
import { useRemembered } from "../kit/remembered";
import { text } from "../text";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const KEY = "splitnet-theme";

/** Colours as the system has them, or chosen and remembered. */
export function ThemeSelect() {
  const [theme, setTheme] = useRemembered(KEY, parseTheme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
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

function parseTheme(value: string | null): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}
