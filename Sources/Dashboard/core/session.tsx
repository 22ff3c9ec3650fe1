// Who is looking: the signed-in account, or an operator with the service's own key.

import {
  createContext,
  ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { Me, me as meAnswer } from "./answers";
import { ask, hasKey, maybeSignedIn, onSessionLost, Problem, useKey } from "./api";
import { anything } from "./decode";
import { forgetAll } from "./query";

interface Session {
  /** Null while nobody is signed in. */
  readonly me: Me | null;
  readonly isKnown: boolean;
  readonly hasKey: boolean;
  /** May look at the operators' pages. */
  readonly mayLook: boolean;
  /** May act on them: hold, release, retry, freeze, run. */
  readonly mayOperate: boolean;
  readonly mayApprove: boolean;
  /** Looks again who is signed in; false where nobody is. */
  reload(): Promise<boolean>;
  signOut(): Promise<void>;
  takeKey(key: string | null): void;
}

const Context = createContext<Session | null>(null);

export function SessionKeeper({ children }: { children: ReactNode }): JSX.Element {
  const [me, setMe] = useState<Me | null>(null);
  const [isKnown, setKnown] = useState(!maybeSignedIn());
  const [key, setKey] = useState(hasKey());

  const reload = useCallback(async () => {
    try {
      setMe((await ask("/api/auth/me", meAnswer)).value);
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setMe(null);
      return false;
    } finally {
      setKnown(true);
    }
  }, []);

  useEffect(() => {
    if (maybeSignedIn()) void reload();
  }, [reload]);
  useEffect(() =>
    onSessionLost(() => {
      forgetAll();
      setMe(null);
    }), []);

  const value = useMemo<Session>(() => {
    const has = (...roles: string[]): boolean => roles.some((role) => me?.roles.includes(role));
    return {
      me,
      isKnown,
      hasKey: key,
      reload,
      mayLook: key || has("operator", "approver", "auditor"),
      mayOperate: key || has("operator"),
      // The operators' key approves nothing: it is nobody's in particular.
      mayApprove: !key && has("approver"),
      async signOut() {
        useKey(null);
        setKey(false);
        await ask("/api/auth/logout", anything, { method: "POST" }).catch(() => null);
        forgetAll();
        setMe(null);
      },
      takeKey(text) {
        useKey(text);
        forgetAll();
        setKey(text !== null);
      },
    };
  }, [isKnown, key, me, reload]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useSession(): Session {
  const value = useContext(Context);
  if (!value) throw new Error("no SessionKeeper above");
  return value;
}
