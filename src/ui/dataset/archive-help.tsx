import { formatBytes } from "../../base/bytes";
import { text } from "../text";

/** Where the archive comes from; opened while there is no data. */
export function ArchiveHelp({ open }: { readonly open: boolean }) {
  const { where } = text.dataset;
  return (
    <details className="details" open={open}>
      <summary>{where.title}</summary>
      <p>
        <a href={where.url} rel="noreferrer" target="_blank">
          {where.official}
        </a>{" "}
        <span className="hint">{where.url.replace("https://", "")}</span>
      </p>
      <p>{where.body}</p>
      <dl className="archives">
        {where.files.map(({ name, bytes, md5 }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {formatBytes(bytes)} · {where.columns.md5} <code>{md5}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
