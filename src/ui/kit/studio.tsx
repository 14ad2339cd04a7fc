import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { StudioState } from "../../state/store";
import type { Studio } from "../../state/studio";

const StudioContext = createContext<Studio | null>(null);

/** Gives store and requests to every panel below. */
export function StudioProvider({ studio, children }: { readonly studio: Studio; readonly children: ReactNode }) {
  return <StudioContext value={studio}>{children}</StudioContext>;
}

export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (studio === null) throw new Error("a panel stands outside StudioProvider");
  return studio;
}

/** A part of the page's state; `select` returns stored values, not new ones. */
export function useSelected<Value>(select: (state: StudioState) => Value): Value {
  return useStore(useStudio().store, select);
}
