import { type ReactNode, useEffect } from "react";
import type { SplitTree } from "../../splitnet/tree";
import { type ClassGroups, classGroupsOf } from "../../state/assignment";
import type { OpenRun } from "../../state/facts";
import { isSameLit, type Lit, lights, litOf } from "../../state/lighting";
import { nodesOf } from "../../state/tree";
import { text } from "../text";
import { useSelected, useStudio } from "./studio";

/** Whether `target` is lit. Only what answers otherwise than before is drawn anew. */
export function useIsLit(target: Lit, groups: ClassGroups | null): boolean {
  return useSelected(({ lighting }) => lights(litOf(lighting), target, groups));
}

/**
 * Lights `lit` while the pointer is on an element; for a row or a bar whose name can be focused. It is told of every move between what is
 * inside, because a button left for the row around it has put the light out.
 */
export function usePointing(lit: Lit) {
  const { store } = useStudio();
  return {
    onPointerOver: () => {
      if (!isSameLit(store.getState().lighting.pointed, lit)) store.point(lit);
    },
    onPointerLeave: () => store.point(null),
  };
}

interface LitButtonProps {
  readonly lit: Lit;
  readonly groups: ClassGroups | null;
  readonly children: ReactNode;
  readonly className?: string;
  readonly title?: string | undefined;
  readonly tabIndex?: number;
}

/** A name that lights what it names, everywhere: while pointed at or focused, and after a click or Enter until Escape. */
export function LitButton({ lit, groups, children, className = "", title, tabIndex = 0 }: LitButtonProps) {
  const { store } = useStudio();
  const isLit = useIsLit(lit, groups);
  const isKept = useSelected(({ lighting }) => isSameLit(lighting.kept, lit));
  return (
    <button
      type="button"
      className={`lit ${isLit ? "is-lit" : ""} ${className}`}
      title={title}
      tabIndex={tabIndex}
      aria-pressed={isKept}
      {...usePointing(lit)}
      onFocus={() => store.point(lit)}
      onBlur={() => store.point(null)}
      onClick={() => store.keep(isKept ? null : lit)}
    >
      {children}
    </button>
  );
}

interface LitRowProps {
  readonly lit: Lit;
  readonly groups: ClassGroups | null;
  readonly children: ReactNode;
}

/** A row of a table that lights what it is about; a button in it does the same for the keyboard. */
export function LitRow({ lit, groups, children }: LitRowProps) {
  const isLit = useIsLit(lit, groups);
  return (
    <tr className={isLit ? "is-lit" : ""} {...usePointing(lit)}>
      {children}
    </tr>
  );
}

/** What is lit, in words, or how to light something. */
export function LitNote() {
  const lit = useSelected(({ lighting }) => litOf(lighting));
  const isKept = useSelected(({ lighting }) => lighting.kept !== null);
  return (
    <p className="hint lit-note" aria-live={isKept ? "polite" : "off"}>
      {lit === null ? text.lit.none : <LitWords lit={lit} isKept={isKept} />}
    </p>
  );
}

function LitWords({ lit, isKept }: { readonly lit: Lit; readonly isKept: boolean }) {
  const run = useSelected(({ facts }) => facts.open);
  if (run === null) return text.lit.none;
  return (
    <>
      <span className="strong">{litWords(lit, run)}</span> {isKept ? text.lit.kept : text.lit.pointed}
    </>
  );
}

/** "apple: group 1 of 2", or "Group 1 of 2: 3 classes", and after the split where that lies in the tree. */
function litWords(lit: Lit, run: OpenRun): string {
  const groups = classGroupsOf(run);
  const path = run.split === null ? [] : pathTo(lit, run.split.tree, groups);
  return [nameOf(lit, run, groups), ...(path.length > 1 ? [text.lit.path(path)] : [])].join(", ");
}

/** Names of the nodes from the trunk to what is lit. */
function pathTo(lit: Lit, tree: SplitTree, groups: ClassGroups | null): string[] {
  const deepest = lit.kind === "group" ? lit.groups : Number.POSITIVE_INFINITY;
  return nodesOf(tree).flatMap(({ node, groups: level }) =>
    level <= deepest && lights(lit, { kind: "group", groups: level, group: node.group }, groups) ? [node.label] : [],
  );
}

function nameOf(lit: Lit, run: OpenRun, groups: ClassGroups | null): string {
  if (lit.kind === "class") {
    const name = run.record.classes[lit.label] ?? "";
    return groups === null ? name : text.lit.ofClass(name, groups.groupOf[lit.label] ?? 0, groups.groups);
  }
  const members = run.record.classes.filter((_, label) => lights(lit, { kind: "class", label }, groups));
  return text.lit.ofGroup(lit.group, lit.groups, members.length);
}

/** Escape lets go what is kept lit, wherever the focus is; a dialog that is open has it first. */
export function LitEscape() {
  const { store } = useStudio();
  useEffect(() => {
    const release = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && document.querySelector("dialog[open]") === null) store.keep(null);
    };
    window.addEventListener("keydown", release);
    return () => window.removeEventListener("keydown", release);
  }, [store]);
  return null;
}
