// How far the log is: asked every few seconds while the page is looked at; whatever is on the page
// is asked again once it has moved.

import { createContext, ReactNode, useContext, useEffect, useRef, useState } from "react";
import { Decoded } from "./decode";
import { health } from "./deskAnswers";
import { refreshAll, useLoaded } from "./query";

type Health = Decoded<typeof health>;

const Context = createContext<Health | null>(null);

export function Live({ children }: { children: ReactNode }): JSX.Element {
  const { value } = useLoaded("/health", health, 3000);
  const seen = useRef<number | null>(null);
  const [shown, setShown] = useState<Health | null>(null);
  useEffect(() => {
    if (!value) return;
    setShown(value);
    if (seen.current !== null && seen.current !== value.position) refreshAll();
    seen.current = value.position;
  }, [value]);
  return <Context.Provider value={shown}>{children}</Context.Provider>;
}

/** The service's own word about itself; null before its first. */
export const useHealth = (): Health | null => useContext(Context);
