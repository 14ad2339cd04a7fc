import { ArchiveError } from "../base/errors";
import { type ByteReader, tooLarge } from "./byte-reader";

/** A plain file of a tar archive, its data next in the reader. */
export interface TarMember {
  /** The last part of its path: folders never matter here, and nothing is ever written to a path. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

const BLOCK = 512;
/** Extended headers hold names and numbers: far below this. */
const EXTENSION_LIMIT_BYTES = 1 << 20;
const MEMBER_LIMIT = 100_000;
/** Digits of a length within an extended header. */
const LONGEST_NUMBER = 7;

/** Whether the first block is a tar header: its checksum says so, with or without the ustar magic. */
export function isTar(head: Uint8Array): boolean {
  return head.length >= BLOCK && checksumHolds(head.subarray(0, BLOCK));
}

/**
 * Calls `visit` for each plain file in order; what it leaves unread is skipped. Understands ustar (POSIX 1003.1-1988) and of its
 * extensions GNU long names and sizes and pax `path` and `size`. Stops at the end marker, or at the end of the file between two members.
 * Throws ArchiveError for a header that is none, for a member cut off and for more than `limitBytes` in all.
 */
export async function readTar(
  reader: ByteReader,
  file: string,
  limitBytes: number,
  visit: (member: TarMember) => Promise<void>,
): Promise<void> {
  let extension: Extension = {};
  const header = new Uint8Array(BLOCK);
  for (let members = 0; members < MEMBER_LIMIT; members++) {
    if (await reader.atEnd()) return;
    const offset = reader.offset;
    await reader.readInto(header, "a tar header");
    if (header.every((byte) => byte === 0)) return;
    const { type, path, size: declared } = parseHeader(header, file, offset);
    const describes = EXTENSION_TYPES.includes(type);
    const size = holdsData(type) ? ((describes ? null : extension.size) ?? declared) : 0;
    const start = reader.offset;
    if (start + size > limitBytes) throw tooLarge(file, limitBytes);
    if (type === "x" || type === "L") extension = { ...extension, ...(await readExtension(reader, type, size, file)) };
    if (isPlainFile(type)) await visit({ name: baseName(extension.path ?? path), size });
    if (!describes) extension = {};
    await reader.skip(start + BLOCK * Math.ceil(size / BLOCK) - reader.offset, `member ${path}`);
  }
  throw new ArchiveError(`${file}: more than ${MEMBER_LIMIT} members`, NOT_CIFAR_CURE);
}

export const NOT_CIFAR_CURE = "Choose cifar-100-binary.tar.gz, cifar-100-python.tar.gz, or an archive of the same layout.";

/** Headers that describe the member after them: pax, pax for all, GNU long name, GNU long link. */
const EXTENSION_TYPES = "xgLK";

interface Extension {
  readonly path?: string;
  readonly size?: number;
}

interface Header {
  readonly type: string;
  readonly path: string;
  readonly size: number;
}

function isPlainFile(type: string): boolean {
  return type === "0" || type === "\0" || type === "7";
}

/** Links, devices and folders have a size field but no data. */
function holdsData(type: string): boolean {
  return !"123456".includes(type);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function parseHeader(header: Uint8Array, file: string, offset: number): Header {
  const bad = (what: string): ArchiveError =>
    new ArchiveError(`${file}: byte ${offset} of the tar data: ${what}`, `The archive is damaged or none. ${NOT_CIFAR_CURE}`);
  if (!checksumHolds(header)) throw bad("not a tar header (its checksum is wrong)");
  const size = number(header.subarray(124, 136));
  if (size === null) throw bad("the size of the member is no number");
  const prefix = hasUstarMagic(header) ? text(header.subarray(345, 500)) : "";
  const name = text(header.subarray(0, 100));
  return { type: String.fromCharCode(header[156]!), path: prefix === "" ? name : `${prefix}/${name}`, size };
}

/** POSIX has a NUL after the magic; GNU has spaces and uses the prefix field for times. */
function hasUstarMagic(header: Uint8Array): boolean {
  return text(header.subarray(257, 263)) === "ustar" && header[262] === 0;
}

/** Sum of all bytes with the checksum field taken as spaces; old programs summed signed bytes. */
function checksumHolds(header: Uint8Array): boolean {
  const stored = number(header.subarray(148, 156));
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : header[i]!;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  return stored !== null && (stored === unsigned || stored === signed);
}

/** Octal digits ended by space or NUL, or GNU's binary form where the first bit is set; null where it is neither. */
function number(field: Uint8Array): number | null {
  if (field[0]! >= 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, field[0]! & 0x7f);
    return Number.isSafeInteger(value) ? value : null;
  }
  const digits = text(field).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

/** Bytes up to the first NUL, one character each: only compared and shown. */
function text(field: Uint8Array): string {
  const end = field.indexOf(0);
  return String.fromCharCode(...(end < 0 ? field : field.subarray(0, end)));
}

async function readExtension(reader: ByteReader, type: "x" | "L", size: number, file: string): Promise<Extension> {
  if (size > EXTENSION_LIMIT_BYTES) {
    throw new ArchiveError(`${file}: byte ${reader.offset} of the tar data: an extended header of ${size} bytes`, NOT_CIFAR_CURE);
  }
  const data = new Uint8Array(size);
  await reader.readInto(data, "an extended tar header");
  if (type === "L") return { path: longText(data) };
  return parsePax(data);
}

function longText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** pax records are `LENGTH KEY=VALUE\n`; the length counts the whole record. Anything else is ignored. */
function parsePax(data: Uint8Array): Extension {
  let extension: Extension = {};
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const digits = space - at <= LONGEST_NUMBER ? text(data.subarray(at, Math.max(at, space))) : "";
    const length = /^\d+$/.test(digits) ? Number(digits) : 0;
    // A record that ended within its own length would be read again from there, a byte at a time.
    if (length === 0 || at + length <= space) break;
    const record = longText(data.subarray(space + 1, at + length - 1));
    const [key, value] = [record.slice(0, record.indexOf("=")), record.slice(record.indexOf("=") + 1)];
    if (key === "path") extension = { ...extension, path: value };
    if (key === "size" && /^\d{1,15}$/.test(value)) extension = { ...extension, size: Number(value) };
    at += length;
  }
  return extension;
}
