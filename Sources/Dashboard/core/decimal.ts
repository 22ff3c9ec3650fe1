// Exact decimal amounts: text in, text out, bigint between. Never a JS number.

/** An amount in units of ten to the power of minus `scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export interface Money {
  readonly amount: string;
  readonly asset: string;
}

export const zero: Decimal = { units: 0n, scale: 0 };

/** Reads `-12.50`; null for anything else. */
export function decimal(text: string): Decimal | null {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text.trim());
  if (!match) return null;
  const fraction = match[3] ?? "";
  const units = BigInt(`${match[2]}${fraction}`);
  return { units: match[1] === "-" ? -units : units, scale: fraction.length };
}

/** What the server sent as an amount; a malformed one counts as zero and is never computed with. */
export const amount = (text: string): Decimal => decimal(text) ?? zero;

function unitsAt(value: Decimal, scale: number): bigint {
  return value.units * 10n ** BigInt(scale - value.scale);
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export const negated = (a: Decimal): Decimal => ({ units: -a.units, scale: a.scale });
export const minus = (a: Decimal, b: Decimal): Decimal => add(a, negated(b));

/** Negative, zero or positive, as the first is less than, equal to or more than the second. */
export function compare(a: Decimal, b: Decimal): number {
  const difference = minus(a, b).units;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export const sum = (all: readonly Decimal[]): Decimal => all.reduce(add, zero);

/** The whole amount, exactly, with at least `least` decimals: `1 234.50`. */
export function written(value: Decimal, least = 2): string {
  const negative = value.units < 0n;
  const scale = Math.max(value.scale, least);
  const digits = (negative ? -unitsAt(value, scale) : unitsAt(value, scale)).toString();
  const padded = digits.padStart(scale + 1, "0");
  const whole = scale === 0 ? padded : padded.slice(0, -scale);
  let fraction = scale === 0 ? "" : padded.slice(-scale);
  while (fraction.length > least && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
  return `${negative ? "\u2212" : ""}${grouped}${fraction === "" ? "" : `.${fraction}`}`;
}

/** With `digits` decimals, rounded down towards zero: for people who don't need the rest. */
export function brief(value: Decimal, digits = 2): string {
  if (value.scale <= digits) return written(value, digits);
  return written(
    { units: value.units / 10n ** BigInt(value.scale - digits), scale: digits },
    digits,
  );
}

/** For pictures only: how far along, 0 to 1. */
export function share(part: Decimal, whole: Decimal): number {
  const scale = Math.max(part.scale, whole.scale);
  const all = unitsAt(whole, scale);
  if (all <= 0n) return 0;
  const thousandths = (unitsAt(part, scale) * 10_000n) / all;
  return Math.max(0, Math.min(1, Number(thousandths) / 10_000));
}

/** For pictures only: a chart's height. */
export const approximate = (value: Decimal): number => Number(value.units) / 10 ** value.scale;
