import { type RefObject, useEffect, useRef, useState } from "react";

type OnFile = (file: File) => void;

/** Whether a file hovers over the place; hands over the first of those dropped there. The place has it before the page around it. */
export function useDroppedImage(place: RefObject<HTMLElement | null>, disabled: boolean, onFile: OnFile): boolean {
  const [hovering, setHovering] = useState(false);
  const latest = useLatest(disabled, onFile);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const listening = new AbortController();
    const { signal } = listening;
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setHovering(!latest.current.disabled);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setHovering(false);
      handOver(event.dataTransfer?.files, latest.current);
    };
    element.addEventListener("dragover", over, { signal });
    element.addEventListener("dragleave", () => setHovering(false), { signal });
    element.addEventListener("drop", drop, { signal });
    return () => listening.abort();
  }, [place, latest]);
  return hovering;
}

/** Hands over an image that is pasted anywhere on the page; pasted text is left to who it is for. */
export function usePastedImage(disabled: boolean, onFile: OnFile): void {
  const latest = useLatest(disabled, onFile);
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent): void => {
      if (clipboardData?.files[0]?.type.startsWith("image/")) handOver(clipboardData.files, latest.current);
    };
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, [latest]);
}

interface Receiver {
  readonly disabled: boolean;
  readonly onFile: OnFile;
}

/** Listeners stay where they are and read what is true now. */
function useLatest(disabled: boolean, onFile: OnFile): RefObject<Receiver> {
  const latest = useRef<Receiver>({ disabled, onFile });
  useEffect(() => {
    latest.current = { disabled, onFile };
  });
  return latest;
}

function handOver(files: FileList | undefined, { disabled, onFile }: Receiver): void {
  const first = files?.[0];
  if (first !== undefined && !disabled) onFile(first);
}
