/** A short piece of a line, as it is drawn in the chart. */
export function LineSample({ colour, dash }: { readonly colour: string; readonly dash: string }) {
  return (
    <svg className="line-sample" viewBox="0 0 24 6" aria-hidden="true">
      <line x1="0" y1="3" x2="24" y2="3" stroke={colour} strokeWidth="2.5" strokeDasharray={dash} />
    </svg>
  );
}
