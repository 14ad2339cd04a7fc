import { useEffect, useRef, useState } from "react";
import { FileButton } from "../kit/controls";
import { text } from "../text";

interface Props {
  readonly disabled: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A file input, and the whole page as a place to drop files. */
export function DropZone({ disabled, onFiles }: Props) {
  const hovering = usePageDrop(disabled, onFiles);
  return (
    <>
      <FileButton
        label={text.dataset.input}
        accept=".gz,.tgz,.tar,.bin,.txt,application/gzip,application/x-tar"
        multiple
        disabled={disabled}
        onFiles={onFiles}
      />
      {hovering && <div className="drop-veil">{text.dataset.dropHere}</div>}
    </>
  );
}

/** Whether files hover over the page; hands over those dropped. */
function usePageDrop(disabled: boolean, onFiles: (files: readonly File[]) => void): boolean {
  const [hovering, setHovering] = useState(false);
  const latest = useRef({ disabled, onFiles });
  useEffect(() => {
    latest.current = { disabled, onFiles };
  });
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      // A part of the page that takes files of its own has said so.
      const isTaken = event.defaultPrevented;
      event.preventDefault();
      setHovering(!isTaken && !latest.current.disabled);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setHovering(false);
    };
    const drop = (event: DragEvent): void => {
      setHovering(false);
      if (event.defaultPrevented) return;
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0 && !latest.current.disabled) latest.current.onFiles(files);
    };
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, []);
  return hovering;
}
