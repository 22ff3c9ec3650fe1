import { match } from "./router";

type Values = (name: string) => string;

/** A pattern of addresses, and the page that stands there. */
export type PageRoute = readonly [pattern: string, page: (values: Values) => JSX.Element];

/** The page of a path; null where none of these stands there. */
export function pageAt(routes: readonly PageRoute[], path: string): JSX.Element | null {
  for (const [pattern, page] of routes) {
    const found = match(pattern, path);
    if (found) return page((name) => found[name] ?? "");
  }
  return null;
}
