import { resolve } from "node:path";
import { formatBytes } from "../../base/bytes";
import type { Command, Invocation } from "../command";
import { download, type Wanted } from "../download/download";
import { ARCHIVE_KINDS, ARCHIVES, type ArchiveKind } from "../download/sources";
import { formatDuration, formatShare } from "../format";
import { curable } from "../interrupt";
import type { Progress } from "../progress";
import { choice, type OptionValues, optionalText, requiredText, texts, UsageError } from "../values";

export const downloadCommand: Command = {
  name: "download",
  synopsis: "--out DIR [--archive binary|python] [--url URL ...]",
  summary: "fetch CIFAR-100 (169 MB), resuming and verifying its checksum",
  notes: [
    "--out DIR        folder for the archive; a partial file in it is continued",
    "--archive KIND   binary or python; without it the binary archive, else the python one (the same images)",
    "--url URL        address to use instead of the official ones and their mirrors; may be repeated",
    "--md5 HEX        expected MD5 of the file at --url (for tests; without it the published one)",
  ],
  options: {
    out: { type: "string" },
    archive: { type: "string" },
    url: { type: "string", multiple: true },
    md5: { type: "string" },
  },
  positionals: [0, 0],
  async run({ values, progress, signal }: Invocation) {
    const folder = resolve(requiredText(values, "out"));
    const wanted = wantedFiles(values);
    const onBytes = byteProgress(progress);
    const onEvent = (text: string) => progress.note(text);
    const done = await curable(signal, "Run the same command again: it continues the partial file.", () =>
      download(wanted, { folder, signal, onBytes, onEvent }),
    );
    const how = done.url === null ? "already there" : `from ${done.url}`;
    return { json: done, text: `${done.path}: ${formatBytes(done.bytes)}, MD5 ${done.md5} verified, ${how}` };
  },
};

function wantedFiles(values: OptionValues): Wanted[] {
  const kind = choice(values, "archive", ARCHIVE_KINDS);
  const urls = texts(values, "url");
  const md5 = optionalText(values, "md5");
  if (md5 !== undefined && (!/^[0-9a-f]{32}$/.test(md5) || urls.length === 0)) {
    throw new UsageError("--md5 takes 32 lower-case hexadecimal digits and needs --url");
  }
  if (urls.length === 0) return kind === undefined ? [ARCHIVES.binary, ARCHIVES.python] : [ARCHIVES[kind]];
  const archive = ARCHIVES[kind ?? kindOf(urls)];
  return [{ file: archive.file, md5: md5 ?? archive.md5, urls }];
}

function kindOf(urls: readonly string[]): ArchiveKind {
  return urls.every((url) => url.includes("python")) ? "python" : "binary";
}

function byteProgress(progress: Progress): (done: number, total: number | null) => void {
  const startedAt = performance.now();
  let first: number | null = null;
  return (done, total) => {
    first ??= done;
    const perSecond = ((done - first) * 1000) / Math.max(1, performance.now() - startedAt);
    const share = total === null ? "" : `${formatShare(done / total)} of ${formatBytes(total)}, `;
    const left = total === null || perSecond === 0 ? "" : `, ${formatDuration((total - done) / perSecond)} left`;
    progress.show(`${share}${formatBytes(done)} at ${formatBytes(Math.round(perSecond))}/s${left}`);
  };
}
