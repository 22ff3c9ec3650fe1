// The one way to the service: fetch with the session's cookies, the CSRF header on writes, one
// refresh when the access token has run out, and problem documents as errors.

import { DecodeError, Decoder } from "./decode";
import { solve } from "./human";

export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

/** Why a request wasn't done, as the service or the network says it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  field(name: string): string | undefined {
    return this.fields.find((one) => one.field === name)?.problem;
  }
}

export interface Answer<T> {
  readonly value: T;
  readonly etag: string | null;
  /** The position of the log that the answer speaks of. */
  readonly position: number | null;
}

export interface Asking {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  /** The `ETag` that must still hold. */
  ifMatch?: string;
  /** Names a write, so that sending it twice does it once. */
  idempotency?: string;
  /** A solved challenge, as the header `Human-Check` brings it. */
  human?: string;
}

// An operator's key is kept in this page's memory alone: a reload forgets it.
let operatorKey: string | null = null;
let refreshing: Promise<boolean> | null = null;
const lost = new Set<() => void>();

export const useKey = (key: string | null): void => void (operatorKey = key);
export const hasKey = (): boolean => operatorKey !== null;

/** Runs when the session has ended and can't be renewed. */
export function onSessionLost(run: () => void): () => void {
  lost.add(run);
  return () => void lost.delete(run);
}

function csrfToken(): string | null {
  if (typeof document === "undefined") return null;
  for (const part of document.cookie.split("; ")) {
    const [name, value] = part.split("=");
    if (name === "__Host-weir_csrf" || name === "weir_csrf") return value ?? null;
  }
  return null;
}

/**
 * The bytes of an answer that goes on, as they come: server-sent events behind the position that
 * was seen last.
 */
export async function openStream(
  path: string,
  seen: number | null,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const open = async (): Promise<Response> => {
    const all = headers({}, path);
    all.set("Accept", "text/event-stream");
    if (seen !== null) all.set("Last-Event-ID", String(seen));
    return fetch(path, { headers: all, credentials: "same-origin", signal });
  };
  let response = await open();
  if (response.status === 401 && operatorKey === null && csrfToken() !== null && await renew()) {
    response = await open();
  }
  if (!response.ok) throw await readProblem(response);
  if (!response.body) throw new Problem(response.status, "unreadable", "The answer has no body.");
  return response.body;
}

/** Whether a browser may be signed in: without the cookie nobody is. */
export const maybeSignedIn = (): boolean => csrfToken() !== null;

function headers(asking: Asking, path: string): Headers {
  const all = new Headers({ Accept: "application/json" });
  if (asking.body !== undefined) all.set("Content-Type", "application/json");
  if (asking.ifMatch) all.set("If-Match", asking.ifMatch);
  if (asking.idempotency) all.set("Idempotency-Key", asking.idempotency);
  if (asking.human) all.set("Human-Check", asking.human);
  if (operatorKey !== null && !path.startsWith("/api/auth/")) {
    all.set("Authorization", `Bearer ${operatorKey}`);
  }
  const token = csrfToken();
  if (token !== null && (asking.method ?? "GET") !== "GET") all.set("X-CSRF-Token", token);
  return all;
}

async function once(path: string, asking: Asking): Promise<Response> {
  const body = asking.body === undefined ? null : JSON.stringify(asking.body);
  try {
    return await fetch(path, {
      method: asking.method ?? "GET",
      headers: headers(asking, path),
      body,
      credentials: "same-origin",
    });
  } catch {
    throw new Problem(0, "unreachable", "The service can't be reached. Check the connection.");
  }
}

async function readProblem(response: Response): Promise<Problem> {
  let said: Record<string, unknown> = {};
  try {
    said = (await response.json()) as Record<string, unknown>;
  } catch {
    // Not a problem document: a proxy's page, perhaps. The status says enough.
  }
  const word = (name: string): string | null => {
    const value = said[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const fields = Array.isArray(said["errors"]) ? (said["errors"] as FieldProblem[]) : [];
  const wait = Number(response.headers.get("Retry-After") ?? "");
  return new Problem(
    response.status,
    word("code") ?? `status_${response.status}`,
    word("detail") ?? word("title") ?? `The service answered ${response.status}.`,
    fields,
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}

/** Asks once for a new access token, however many requests found the old one expired. */
function renew(): Promise<boolean> {
  refreshing ??= once("/api/auth/refresh", { method: "POST" })
    .then((response) => response.ok)
    .catch(() => false)
    .finally(() => void (refreshing = null));
  return refreshing;
}

const formsOfPeople: Record<string, string> = {
  "/api/auth/signup": "signup",
  "/api/channels/register": "register",
};

/** Does the work that a refused form asks for, and sends it again. */
async function prove(path: string, asking: Asking, refused: Response): Promise<Response> {
  const form = formsOfPeople[path];
  if (form === undefined) return refused;
  if ((await readProblem(refused.clone())).code !== "human_check_needed") return refused;
  const asked = await once(`/api/human-check?form=${form}`, {});
  if (!asked.ok) return refused;
  const work = (await asked.json()) as { challenge: string | null; bits: number };
  if (work.challenge === null) return refused;
  const human = `${work.challenge} ${await solve(work.challenge, work.bits)}`;
  return once(path, { ...asking, human });
}

export async function ask<T>(
  path: string,
  decode: Decoder<T>,
  asking: Asking = {},
): Promise<Answer<T>> {
  let response = await once(path, asking);
  if (response.status === 401 && operatorKey === null && csrfToken() !== null) {
    const isSignIn = path.startsWith("/api/auth/") && path !== "/api/auth/me";
    if (!isSignIn) {
      if (await renew()) response = await once(path, asking);
      if (response.status === 401) lost.forEach((run) => run());
    }
  }
  if (response.status === 403) response = await prove(path, asking, response);
  if (!response.ok) throw await readProblem(response);
  const position = Number(response.headers.get("Weir-Position") ?? "");
  let body: unknown = null;
  if (response.status !== 204) {
    const raw = await response.text();
    try {
      body = raw === "" ? null : JSON.parse(raw);
    } catch {
      throw new Problem(response.status, "unreadable", "The service's answer isn't JSON.");
    }
  }
  try {
    return {
      value: decode(body, ""),
      etag: response.headers.get("ETag"),
      position: Number.isFinite(position) && position > 0 ? position : null,
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new Problem(response.status, "unexpected", `Unexpected answer: ${error.message}.`);
  }
}

/** A name for a write that is kept while it is tried again. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `?a=1&b=2` of what is set. */
export function query(
  values: Record<string, string | number | boolean | null | undefined>,
): string {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") all.set(name, String(value));
  }
  const text = all.toString();
  return text === "" ? "" : `?${text}`;
}
