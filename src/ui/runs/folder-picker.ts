import type { FolderHandle } from "../../base/folder-handle";

declare global {
  /** Of the File System Access proposal; in Chrome and Edge, not in the type library. */
  var showDirectoryPicker: ((options: { readonly mode: "readwrite" }) => Promise<FolderHandle>) | undefined;
}

/** Lets the person choose a folder to write into: null where they choose none. Null where the browser has no such thing. */
export function folderPicker(): (() => Promise<FolderHandle | null>) | null {
  if (globalThis.showDirectoryPicker === undefined) return null;
  return async () => {
    try {
      return (await globalThis.showDirectoryPicker?.({ mode: "readwrite" })) ?? null;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return null;
      throw error;
    }
  };
}

/** Asks the person whether the folder may be written into again; null where they refuse. */
export async function allowFolder(folder: FolderHandle): Promise<FolderHandle | null> {
  return (await folder.requestPermission?.({ mode: "readwrite" })) === "granted" ? folder : null;
}
