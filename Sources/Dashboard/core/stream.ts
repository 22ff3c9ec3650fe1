// How far the log is, told by the service as it moves: server-sent events over fetch, so that an
// operator's key goes with them as with every request.

import { openStream, Problem } from "./api";

/** The positions in what has come, and what is left of an event that isn't whole yet. */
export function positionsIn(text: string): [positions: number[], rest: string] {
  const parts = text.split("\n\n");
  const rest = parts.pop() ?? "";
  const found: number[] = [];
  for (const part of parts) {
    const lines = part.split("\n");
    const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
    const position = Number(data ?? "");
    if (lines.includes("event: position") && Number.isSafeInteger(position) && position > 0) {
      found.push(position);
    }
  }
  return [found, rest];
}

async function read(
  path: string,
  seen: number | null,
  tell: (position: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const body = await openStream(path, seen, signal);
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const [positions, rest] = positionsIn(text);
    text = rest;
    positions.forEach(tell);
  }
}

/**
 * Follows the log until it is told to stop, and comes again where the service ended the answer.
 * `live` tells whether positions are heard of as they come; while they aren't, pages ask.
 */
export function follow(
  path: string,
  tell: (position: number) => void,
  live: (isLive: boolean) => void,
): () => void {
  const stopping = new AbortController();
  let seen: number | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let failures = 0;
  const again = (): void => {
    if (stopping.signal.aborted) return;
    // Whoever may not follow at all is told so each time: a minute between is often enough.
    const wait = Math.min(60_000, 1_000 * 2 ** failures);
    timer = setTimeout(() => void run(), wait);
  };
  const run = async (): Promise<void> => {
    try {
      await read(
        path,
        seen,
        (position) => {
          failures = 0;
          seen = position;
          live(true);
          tell(position);
        },
        stopping.signal,
      );
    } catch (error) {
      if (stopping.signal.aborted) return;
      failures += 1;
      live(false);
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
    }
    again();
  };
  void run();
  return () => {
    stopping.abort();
    if (timer !== null) clearTimeout(timer);
  };
}
