// How far the log is: told by the service as it moves, and asked every few seconds where it can't
// be told; whatever is on the page is asked again once it has moved.

import { createContext, ReactNode, useContext, useEffect, useRef, useState } from "react";
import { Decoded } from "./decode";
import { health } from "./deskAnswers";
import { refreshAll, useLoaded } from "./query";
import { useSession } from "./session";
import { follow } from "./stream";

type Health = Decoded<typeof health>;

interface Live {
  readonly health: Health | null;
  /** Whether positions are heard of as they come. */
  readonly isLive: boolean;
}

const Context = createContext<Live>({ health: null, isLive: false });

/**
 * A busy log moves many times a second; a page is asked again once in this time at most, which
 * leaves room in what one account may ask in a minute.
 */
const rest = 2000;

export function Live({ children }: { children: ReactNode }): JSX.Element {
  const { hasKey } = useSession();
  const [isLive, setLive] = useState(false);
  const { value } = useLoaded("/health", health, isLive ? 30_000 : 3_000);
  const seen = useRef<number | null>(null);
  const [shown, setShown] = useState<Health | null>(null);
  useEffect(() => {
    if (!value) return;
    setShown(value);
    if (!isLive && seen.current !== null && seen.current !== value.position) refreshAll();
    seen.current = value.position;
  }, [value, isLive]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let isMissed = false;
    const moved = (): void => {
      timer ??= setTimeout(() => {
        timer = null;
        isMissed = document.visibilityState !== "visible";
        if (!isMissed) refreshAll();
      }, rest);
    };
    // What was missed while nobody looked is asked for when somebody does again.
    const look = (): void => {
      if (document.visibilityState === "visible" && isMissed) moved();
    };
    document.addEventListener("visibilitychange", look);
    const path = hasKey ? "/api/admin/events/stream" : "/api/events/stream";
    const stop = follow(path, moved, setLive);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", look);
      if (timer !== null) clearTimeout(timer);
    };
  }, [hasKey]);
  return <Context.Provider value={{ health: shown, isLive }}>{children}</Context.Provider>;
}

/** The service's own word about itself; null before its first. */
export const useHealth = (): Health | null => useContext(Context).health;
/** Whether this page follows the log as it moves. */
export const useIsLive = (): boolean => useContext(Context).isLive;
