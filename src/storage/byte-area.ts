/** Where the files of runs lie: a folder for each run, plain bytes. What is safe about them is `VerifiedFiles`' work. */
export interface ByteArea {
  has(folder: string, name: string): Promise<boolean>;
  /** Null if there is no such file. */
  read(folder: string, name: string): Promise<Uint8Array | null>;
  /** Creates or replaces; resolves when the bytes would survive a crash. */
  write(folder: string, name: string, bytes: Uint8Array): Promise<void>;
  /** Renames, replacing `to`; does nothing if there is no `from`. */
  move(folder: string, from: string, to: string): Promise<void>;
  /** Does nothing if there is no such file. */
  remove(folder: string, name: string): Promise<void>;
  removeFolder(folder: string): Promise<void>;
  /** Bytes of all files of a folder, 0 if there is none. */
  sizeOf(folder: string): Promise<number>;
}
