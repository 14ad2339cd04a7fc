import { type ReactNode, useId } from "react";

interface Props {
  readonly title: string;
  readonly name: string;
  /** Small text or controls at the right of the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A titled region of the page. */
export function Section({ title, name, aside, children }: Props) {
  const id = useId();
  return (
    <section className={`section section-${name}`} aria-labelledby={id}>
      <header className="section-head">
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        {aside !== undefined && <div className="section-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** Brings the section of that name into view and puts the focus on its title. */
export function jumpToSection(name: string): void {
  document.querySelector<HTMLElement>(`.section-${name} h2`)?.focus();
}

/** What a panel says before it has anything to draw. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

/** A panel's own waiting state. */
export function Pending({ children }: { readonly children: ReactNode }) {
  return (
    <p className="pending" aria-busy="true">
      {children}
    </p>
  );
}
