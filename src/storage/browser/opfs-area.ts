import { plain } from "../sha256";
import { type AreaDirectory, type AreaFile, HandleArea } from "./handle-area";

/** The part of the origin-private file system that is used; handles of the browser have this shape. */
export type OpfsDirectory = AreaDirectory<OpfsFile>;

export interface OpfsFile extends AreaFile {
  createSyncAccessHandle(): Promise<OpfsAccess>;
  move(name: string): Promise<void>;
}

export interface OpfsAccess {
  truncate(size: number): void;
  write(bytes: Uint8Array<ArrayBuffer>, options?: { at?: number }): number;
  flush(): void;
  close(): void;
}

declare global {
  interface FileSystemFileHandle {
    /** Renames within the folder; in the platform's proposal and in every browser with OPFS, not yet in the type library. */
    move(name: string): Promise<void>;
  }
}

/** Files of runs in the origin-private file system; workers only. */
export class OpfsArea extends HandleArea<OpfsFile> {
  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const access = await (await this.madeFile(folder, name)).createSyncAccessHandle();
    try {
      access.truncate(0);
      const written = access.write(plain(bytes), { at: 0 });
      if (written !== bytes.length) throw new DOMException(`${written} of ${bytes.length} bytes fitted`, "QuotaExceededError");
      access.flush();
    } finally {
      access.close();
    }
  }

  async move(folder: string, from: string, to: string): Promise<void> {
    const file = await this.file(folder, from);
    if (file === null) return;
    await this.remove(folder, to);
    await file.move(to);
  }
}

/** Whether files can be written, renamed, read and removed here: some private windows offer the interface but refuse its use. */
export async function opfsWorks(root: OpfsDirectory): Promise<boolean> {
  try {
    const area = new OpfsArea(root);
    // A name of its own: two tabs that open at once would take each other's probe away, and one then look for its runs elsewhere.
    const probe = `storage-probe-${crypto.randomUUID()}`;
    await area.write(probe, "a", Uint8Array.of(3, 5, 7));
    await area.move(probe, "a", "b");
    const read = await area.read(probe, "b");
    await area.removeFolder(probe);
    return read !== null && read.join() === "3,5,7";
  } catch {
    return false;
  }
}
