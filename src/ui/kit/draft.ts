import { useState } from "react";

const PREFIX = "splitnet-draft-";

/**
 * What is being written under a name and not handed in yet, null for nothing, and the way to change it. A reload of the tab keeps it;
 * it goes with the tab.
 */
export function useDraft(name: string): readonly [string | null, (draft: string | null) => void] {
  const [draft, setDraft] = useState(() => kept(name));
  return [
    draft,
    (next) => {
      setDraft(next);
      keep(name, next);
    },
  ];
}

function kept(name: string): string | null {
  try {
    return sessionStorage.getItem(PREFIX + name);
  } catch {
    // No page, or one that may keep nothing.
    return null;
  }
}

function keep(name: string, draft: string | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, draft);
  } catch {
    // A full or forbidden storage loses the draft with the page, and no more than that.
  }
}
