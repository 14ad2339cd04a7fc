import type { ReactNode } from "react";
import { listIn, listText, type ViewName } from "../../state/view";
import { useSelected, useStudio } from "./studio";

/** A text of the view, null for as usual, and the way to change it. */
export function useViewed(name: ViewName): readonly [string | null, (value: string | null) => void] {
  const { store } = useStudio();
  const value = useSelected((state) => state.view[name] ?? null);
  return [value, (next) => store.look({ [name]: next })];
}

/** One of a few choices, the first of them the usual one, which anything else in the address is taken for. */
export function useChoice<Value extends string>(
  name: ViewName,
  choices: readonly [Value, ...Value[]],
): readonly [Value, (value: string) => void] {
  const [text, look] = useViewed(name);
  const oneOf = (value: string | null): Value => choices.find((choice) => choice === value) ?? choices[0];
  const choose = (value: string): void => {
    const chosen = oneOf(value);
    look(chosen === choices[0] ? null : chosen);
  };
  return [oneOf(text), choose];
}

interface DisclosureProps {
  /** Of letters and hyphens, this one's alone: it stands in the address while it is open. */
  readonly name: string;
  readonly summary: ReactNode;
  readonly children: ReactNode;
  readonly small?: boolean;
  /** Open whatever the person chose: something in it needs them. */
  readonly forced?: boolean;
}

/** What is folded until somebody asks for it, and stays open over reloads. */
export function Disclosure({ name, summary, children, small = false, forced = false }: DisclosureProps) {
  const { store } = useStudio();
  const open = useSelected((state) => listIn(state.view.open).includes(name));
  const toggle = (isOpen: boolean): void => {
    const others = listIn(store.getState().view.open).filter((other) => other !== name);
    store.look({ open: listText(isOpen ? [...others, name] : others) });
  };
  return (
    <details
      className={small ? "details details-small" : "details"}
      open={open || forced}
      onToggle={({ currentTarget }) => toggle(currentTarget.open)}
    >
      <summary>{summary}</summary>
      {children}
    </details>
  );
}
