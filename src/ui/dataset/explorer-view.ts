import { EXAMPLE_ORDERS, type ExampleChoice, PARTS } from "../../protocol/commands";
import type { DatasetView } from "../../protocol/views";
import { listIn, listText } from "../../state/view";

/** What is leafed through, and the place of its first image in that order. */
export interface Leaf {
  readonly choice: ExampleChoice;
  readonly offset: number;
}

/** One image of the data set. */
export interface Picked {
  readonly part: ExampleChoice["part"];
  readonly index: number;
}

export const FIRST_LEAF: Leaf = { choice: { part: "train", superclass: null, label: null, order: "index" }, offset: 0 };
const EVERY = "all";

/** As it stands in the address. */
export function leafText({ choice: { part, superclass, label, order }, offset }: Leaf): string | null {
  return listText([part, superclass ?? EVERY, label ?? EVERY, order, offset]);
}

/** What such a text says of this data set; null where it says nothing. A choice that there is not is as usual. */
export function leafOf(text: string | null, { classes, superclasses }: DatasetView): Leaf | null {
  if (text === null) return null;
  const [part, superclass, label, order, offset] = listIn(text);
  return {
    choice: {
      part: PARTS.find((name) => name === part) ?? FIRST_LEAF.choice.part,
      superclass: wholeBelow(superclasses.length, superclass),
      label: wholeBelow(classes.length, label),
      order: EXAMPLE_ORDERS.find((name) => name === order) ?? FIRST_LEAF.choice.order,
    },
    offset: wholeBelow(Number.MAX_SAFE_INTEGER, offset) ?? 0,
  };
}

export function pickedText({ part, index }: Picked): string | null {
  return listText([part, index]);
}

export function pickedOf(text: string | null): Picked | null {
  const [name, place] = listIn(text ?? undefined);
  const part = PARTS.find((one) => one === name);
  const index = wholeBelow(Number.MAX_SAFE_INTEGER, place);
  return part === undefined || index === null ? null : { part, index };
}

function wholeBelow(end: number, text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) && Number(text) < end ? Number(text) : null;
}
