import type { Histogram } from "../../base/histogram";
import type { LayerView } from "../../protocol/views";
import { count, decimal } from "../kit/format";
import { NumberHead } from "../kit/number-head";
import { Scroll } from "../kit/scroll";
import { text } from "../text";

/** How a layer's numbers are spread: a drawing each, and their numbers as one table. */
export function Histograms({ histograms }: { readonly histograms: LayerView["histograms"] }) {
  const { columns } = text.weights.histogram;
  return (
    <>
      <div className="histograms">
        {histograms.map(({ of, histogram }) => (
          <Bars key={of} name={text.weights.histogram.of[of]} histogram={histogram} />
        ))}
      </div>
      <Scroll across label={text.weights.histogram.title}>
        <table className="table">
          <NumberHead
            first={columns.of}
            numbers={[columns.count, columns.mean, columns.deviation, columns.least, columns.greatest]}
          />
          <tbody>
            {histograms.map(({ of, histogram }) => (
              <tr key={of}>
                <th scope="row">{text.weights.histogram.of[of]}</th>
                <td className="number">{count(histogram.count)}</td>
                {[histogram.mean, histogram.deviation, histogram.least, histogram.greatest].map((value, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the index is the column
                  <td key={index} className="number">
                    {decimal(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function Bars({ name, histogram: { counts, least, greatest } }: { readonly name: string; readonly histogram: Histogram }) {
  const most = Math.max(1, ...counts);
  const label = text.weights.histogram.label(name, decimal(least), decimal(greatest));
  return (
    <figure className="histogram">
      <figcaption className="strong">{name}</figcaption>
      <svg viewBox={`0 0 ${counts.length} 100`} preserveAspectRatio="none" role="img" aria-label={label}>
        <title>{label}</title>
        {counts.map((own, bin) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the bin
          <rect key={bin} x={bin} width={1} y={100 - (100 * own) / most} height={(100 * own) / most} />
        ))}
      </svg>
      <p className="histogram-ends" aria-hidden="true">
        <span>{decimal(least)}</span>
        <span>{decimal(greatest)}</span>
      </p>
    </figure>
  );
}
