// Every answer is checked before a page sees it: a decoder says what it wants, and names the path
// of what it didn't get.

export class DecodeError extends Error {}

export type Decoder<T> = (value: unknown, path: string) => T;
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

function refuse(path: string, wanted: string): never {
  throw new DecodeError(`${path || "the answer"} is not ${wanted}`);
}

export const text: Decoder<string> = (value, path) =>
  typeof value === "string" ? value : refuse(path, "text");

export const whole: Decoder<number> = (value, path) =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : refuse(path, "a whole number");

export const flag: Decoder<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse(path, "true or false");

/** Whatever it is: shown as it came. */
export const anything: Decoder<unknown> = (value) => value;

/** Null, or not there, is null. */
export function maybe<T>(inner: Decoder<T>): Decoder<T | null> {
  return (value, path) => (value === null || value === undefined ? null : inner(value, path));
}

/** A value for what isn't there. */
export function or<T>(inner: Decoder<T>, otherwise: T): Decoder<T> {
  return (value, path) => (value === null || value === undefined ? otherwise : inner(value, path));
}

export function list<T>(inner: Decoder<T>): Decoder<T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((item, index) => inner(item, `${path}[${index}]`))
      : refuse(path, "a list");
}

export function table<T>(inner: Decoder<T>): Decoder<Record<string, T>> {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return refuse(path, "an object");
    }
    const found: Record<string, T> = {};
    for (const [name, item] of Object.entries(value)) found[name] = inner(item, `${path}.${name}`);
    return found;
  };
}

type Fields = Record<string, Decoder<unknown>>;
type Shape<F extends Fields> = { [K in keyof F]: Decoded<F[K]> };

export function object<F extends Fields>(fields: F): Decoder<Shape<F>> {
  return (value, path) => {
    if (typeof value !== "object" || value === null) return refuse(path, "an object");
    const source = value as Record<string, unknown>;
    const found: Record<string, unknown> = {};
    for (const name of Object.keys(fields)) {
      const decode = fields[name];
      if (decode) found[name] = decode(source[name], path === "" ? name : `${path}.${name}`);
    }
    return found as Shape<F>;
  };
}
