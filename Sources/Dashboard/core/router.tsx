// Addresses: the path says which page, the query what it shows, so that every view can be sent to
// a colleague.

import {
  AnchorHTMLAttributes,
  createContext,
  MouseEvent,
  ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

interface Routing extends Place {
  go(to: string, replace?: boolean): void;
}

// Where no browser is, the page that stands at the door is made (home.tsx).
const here = (): Place => ({
  path: typeof location === "undefined" ? "/" : location.pathname,
  query: new URLSearchParams(typeof location === "undefined" ? "" : location.search),
});

const Context = createContext<Routing | null>(null);

export function Router({ children }: { children: ReactNode }): JSX.Element {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = (): void => setPlace(here());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const go = useCallback((to: string, replace = false) => {
    const isSamePage = new URL(to, location.href).pathname === location.pathname;
    if (replace) history.replaceState(null, "", to);
    else history.pushState(null, "", to);
    setPlace(here());
    if (!replace && !isSamePage) scrollTo(0, 0);
  }, []);
  const value = useMemo(() => ({ ...place, go }), [place, go]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useRouting(): Routing {
  const value = useContext(Context);
  if (!value) throw new Error("no Router above");
  return value;
}

/** One value of the query, and the way to change it without leaving a trail in the history. */
export function useQueryValue(name: string): [string | null, (value: string | null) => void] {
  const { path, query, go } = useRouting();
  const set = useCallback(
    (value: string | null) => {
      const next = new URLSearchParams(location.search);
      if (value === null || value === "") next.delete(name);
      else next.set(name, value);
      const text = next.toString();
      go(text === "" ? path : `${path}?${text}`, true);
    },
    [go, name, path],
  );
  return [query.get(name), set];
}

/** The values of `/channels/:id` in a path; null where it isn't one. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.replace(/\/+$/, "").split("/");
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (let index = 0; index < wanted.length; index += 1) {
    const want = wanted[index] ?? "";
    const have = given[index] ?? "";
    if (want.startsWith(":")) {
      try {
        found[want.slice(1)] = decodeURIComponent(have);
      } catch {
        return null;
      }
    } else if (want !== have) return null;
  }
  return found;
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

export function Link({ to, onClick, ...rest }: LinkProps): JSX.Element {
  const { go } = useRouting();
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    // A place on this page is the browser's own to go to.
    if (event.defaultPrevented || !isPlain || to.startsWith("#")) return;
    event.preventDefault();
    go(to);
  };
  return <a href={to} onClick={follow} {...rest} />;
}
