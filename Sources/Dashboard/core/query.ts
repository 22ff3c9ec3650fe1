// What was asked is kept and shown while it is asked again: pages never flicker, and never show an
// old answer without saying so.

import { useCallback, useEffect, useRef, useState } from "react";
import { Answer, ask, Problem } from "./api";
import { Decoder } from "./decode";

export interface Loaded<T> {
  readonly value: T | null;
  readonly answer: Answer<T> | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  reload(): void;
}

const kept = new Map<string, Answer<unknown>>();
const watching = new Set<() => void>();

/** Forgets every answer, as after signing out. */
export function forgetAll(): void {
  kept.clear();
}

/** Counts how often everything was asked again, for lists of their own kind. */
export function useTick(): [number, () => void] {
  const [count, setCount] = useState(0);
  const next = useCallback(() => setCount((before) => before + 1), []);
  useEffect(() => {
    watching.add(next);
    return () => void watching.delete(next);
  }, [next]);
  return [count, next];
}

/** Asks again for everything that is on the page, as after a write. */
export function refreshAll(): void {
  watching.forEach((run) => run());
}

/**
 * Asks for `path` at once, every `every` milliseconds while the page is looked at, and whenever
 * something was written. Null asks for nothing.
 */
export function useLoaded<T>(path: string | null, decode: Decoder<T>, every = 0): Loaded<T> {
  const [, draw] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isLoading, setLoading] = useState(path !== null);
  const current = useRef(path);
  current.current = path;
  const decoder = useRef(decode);
  decoder.current = decode;

  const load = useCallback(async () => {
    if (path === null) return;
    setLoading(true);
    try {
      const answer = await ask(path, decoder.current);
      kept.set(path, answer);
      if (current.current !== path) return;
      setProblem(null);
    } catch (error) {
      if (current.current !== path) return;
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
    setLoading(false);
    draw((count) => count + 1);
  }, [path]);

  useEffect(() => {
    setProblem(null);
    void load();
    const again = (): void => void load();
    watching.add(again);
    const timer = every > 0
      ? setInterval(() => document.visibilityState === "visible" && again(), every)
      : null;
    return () => {
      watching.delete(again);
      if (timer !== null) clearInterval(timer);
    };
  }, [load, every]);

  const answer = path === null ? null : ((kept.get(path) as Answer<T> | undefined) ?? null);
  return {
    value: answer?.value ?? null,
    answer,
    problem,
    isLoading,
    reload: () => void load(),
  };
}

export interface Doing {
  readonly isBusy: boolean;
  readonly problem: Problem | null;
  /** Runs it; gives false where it failed. */
  run(work: () => Promise<void>): Promise<boolean>;
  clear(): void;
}

/** One write at a time, with its failure. */
export function useDoing(): Doing {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      refreshAll();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { isBusy, problem, run, clear: useCallback(() => setProblem(null), []) };
}
