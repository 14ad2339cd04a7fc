import type { ReactNode } from "react";
import type { ClassGroups } from "../../state/assignment";
import { ClassImage } from "./class-images";
import { LitButton } from "./lit";
import { useRoving } from "./roving";

/** A class in a list. */
export interface ClassChip {
  readonly label: number;
  readonly name: string;
  /** Drawn fainter. */
  readonly undecided?: boolean;
  readonly title?: string;
  /** Stands behind the name. */
  readonly note?: ReactNode;
}

interface Props {
  readonly chips: readonly ClassChip[];
  readonly groups: ClassGroups | null;
  readonly label: string;
}

/** Classes with their images, each of which can be lit; one Tab stop, arrows go through them. */
export function ClassChips({ chips, groups, label }: Props) {
  const { onKeyDown, tabIndexOf } = useRoving();
  return (
    <ul className="chips" aria-label={label} onKeyDown={onKeyDown}>
      {chips.map(({ label: own, name, undecided = false, title, note }, index) => (
        <li key={own}>
          <LitButton
            lit={{ kind: "class", label: own }}
            groups={groups}
            className={undecided ? "chip is-undecided" : "chip"}
            title={title}
            tabIndex={tabIndexOf(index)}
          >
            <ClassImage label={own} />
            {name}
            {note}
          </LitButton>
        </li>
      ))}
    </ul>
  );
}
