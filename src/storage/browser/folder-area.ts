import type { FolderFile, FolderWriter } from "../../base/folder-handle";
import { plain } from "../sha256";
import { HandleArea } from "./handle-area";

/** Files in a folder of the disk that the person has chosen. */
export class FolderArea extends HandleArea<FolderFile> {
  async write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    await writeAt(await (await this.madeFile(folder, name)).createWritable(), 0, bytes);
  }

  /** Adds to the end of a file, and makes it where there is none. */
  async append(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const file = await this.madeFile(folder, name);
    const { size } = await file.getFile();
    await writeAt(await file.createWritable({ keepExistingData: true }), size, bytes);
  }

  /** Bytes of a file, 0 if there is none. */
  async fileSize(folder: string, name: string): Promise<number> {
    return (await (await this.file(folder, name))?.getFile())?.size ?? 0;
  }

  async move(folder: string, from: string, to: string): Promise<void> {
    const file = await this.file(folder, from);
    if (file === null) return;
    await this.remove(folder, to);
    if (await renamed(file, to)) return;
    await this.write(folder, to, new Uint8Array(await (await file.getFile()).arrayBuffer()));
    await this.remove(folder, from);
  }
}

/** Whether the browser renames files outside of its own file system; where it does not, they are copied. */
async function renamed(file: FolderFile, name: string): Promise<boolean> {
  if (file.move === undefined) return false;
  try {
    await file.move(name);
    return true;
  } catch {
    return false;
  }
}

/** What could not be written whole is given up: the file stays as it was. */
async function writeAt(writer: FolderWriter, position: number, bytes: Uint8Array): Promise<void> {
  try {
    await writer.write({ type: "write", position, data: plain(bytes) });
    await writer.close();
  } catch (error) {
    await writer.abort().catch(() => undefined);
    throw error;
  }
}
