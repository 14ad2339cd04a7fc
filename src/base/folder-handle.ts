/** The part of the browser's handle of a folder on the disk that is used; its own handles have this shape. */
export interface FolderHandle {
  readonly kind: "directory";
  readonly name: string;
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<FolderHandle>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FolderFile>;
  keys(): AsyncIterable<string>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
  isSameEntry?(other: FolderHandle): Promise<boolean>;
  /** Absent where nobody has to be asked. */
  queryPermission?(wish: PermissionWish): Promise<Permission>;
  /** Asks the person; only in a page, and only while it handles a click or a key. */
  requestPermission?(wish: PermissionWish): Promise<Permission>;
}

export interface FolderFile {
  getFile(): Promise<{ readonly size: number; arrayBuffer(): Promise<ArrayBuffer> }>;
  /** Writes aside: the file is replaced, whole, when the writer is closed. */
  createWritable(options?: { keepExistingData?: boolean }): Promise<FolderWriter>;
  /** Renames within the folder; absent, or refused, where a browser has it for its own file system only. */
  move?(name: string): Promise<void>;
}

export interface FolderWriter {
  write(chunk: { readonly type: "write"; readonly position: number; readonly data: Uint8Array<ArrayBuffer> }): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}

export type Permission = "granted" | "denied" | "prompt";

interface PermissionWish {
  readonly mode: "readwrite";
}

/** Whether a value of a message or a database is such a handle: neither can hold a function that is not the browser's own. */
export function isFolderHandle(value: unknown): value is FolderHandle {
  if (typeof value !== "object" || value === null) return false;
  return (
    "kind" in value &&
    value.kind === "directory" &&
    "name" in value &&
    typeof value.name === "string" &&
    "getDirectoryHandle" in value &&
    typeof value.getDirectoryHandle === "function"
  );
}
