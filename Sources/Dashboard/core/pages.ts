// Lists that come in pages, read one behind the other up to a limit.

import { useEffect, useRef, useState } from "react";
import { Answer, ask, Problem } from "./api";
import { Decoder } from "./decode";
import { Loaded, useTick } from "./query";

interface Paged<P, T> {
  /** The address of the page behind `after`; null asks for nothing. */
  path: ((after: number) => string) | null;
  /** Names the list: another name is another list. */
  name: string;
  decode: Decoder<P>;
  items(page: P): readonly T[];
  next(page: P): number | null;
  first?: number;
  most?: number;
}

export interface List<T> {
  readonly items: readonly T[];
  /** Whether there is more than was read. */
  readonly isCut: boolean;
  /** The position of the log that its last page speaks of. */
  readonly position: number | null;
}

export function usePages<P, T>(asked: Paged<P, T>): Loaded<List<T>> {
  const [loaded, setLoaded] = useState<{ name: string; list: List<T> } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isLoading, setLoading] = useState(true);
  const [round, reload] = useTick();
  const latest = useRef(asked);
  latest.current = asked;
  const name = asked.path === null ? null : asked.name;

  useEffect(() => {
    let isWanted = true;
    async function readAll(): Promise<void> {
      const { path, decode, items, next, first = 0, most = 10 } = latest.current;
      if (path === null || name === null) return;
      setLoading(true);
      const all: T[] = [];
      let after: number | null = first;
      let position: number | null = null;
      try {
        for (let page = 0; page < most && after !== null; page += 1) {
          const answer: Answer<P> = await ask(path(after), decode);
          if (!isWanted) return;
          all.push(...items(answer.value));
          after = next(answer.value);
          position = answer.position;
        }
        setLoaded({ name, list: { items: all, isCut: after !== null, position } });
        setProblem(null);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (isWanted) setProblem(error);
      }
      if (isWanted) setLoading(false);
    }
    void readAll();
    return () => {
      isWanted = false;
    };
  }, [name, round]);

  const value = loaded !== null && loaded.name === name ? loaded.list : null;
  return { value, answer: null, problem, isLoading, reload };
}
