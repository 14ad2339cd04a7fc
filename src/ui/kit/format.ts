const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const time = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** 45,000 */
export function count(value: number): string {
  return whole.format(value);
}

/** 3.1B for 3,095,498,952 */
export function short(value: number): string {
  return compact.format(value);
}

/** 61.3% for 0.613 */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}%`;
}

/** +1.5, −0.5 or ±0 */
export function signed(value: number, digits: number): string {
  const size = Math.abs(value).toFixed(digits);
  return Number(size) === 0 ? "±0" : `${value < 0 ? "−" : "+"}${size}`;
}

/** Change of a share in percentage points: +1.5 pt */
export function points(before: number, after: number): string {
  return `${signed(100 * (after - before), 1)} pt`;
}

/** Four significant digits, or a power of ten where that is shorter. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}

/** "2 h 05 min", "1 min 15 s", "8 s"; a dash while unknown. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  const total = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60)];
  const two = (value: number): string => String(value).padStart(2, "0");
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${two(total % 60)} s` : `${total} s`;
}

/** 14:03:55 */
export function clock(milliseconds: number): string {
  return time.format(milliseconds);
}

/** Nov 24, 14:03 */
export function moment(milliseconds: number): string {
  return day.format(milliseconds);
}
