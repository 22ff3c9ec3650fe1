// Actions of operators: a reason, a dry run before, and then the word.

import { FormEvent, ReactNode, useEffect, useState } from "react";
import { Outcome, outcome } from "../core/deskAnswers";
import { ask, freshKey, Problem } from "../core/api";
import { Decoder } from "../core/decode";
import { useDoing } from "../core/query";
import { useSession } from "../core/session";
import { eventWords } from "../core/words";
import { Failure, Note, Panel, Window } from "./basics";
import { TextField } from "./form";

/** What a dry run came to; null while it is asked. */
type Dry = Outcome | Problem | null;

/** The operator's name: the account's, or what was typed beside the key. */
export function useActor(): [name: string, field: JSX.Element | null] {
  const { me, hasKey } = useSession();
  const [typed, setTyped] = useState("");
  if (!hasKey && me) return [me.username, null];
  return [
    typed.trim(),
    <TextField
      key="actor"
      label="Your name, for the log"
      value={typed}
      onChange={setTyped}
      required
      maxLength={60}
      pattern="[A-Za-z0-9._@\-]+"
      title="letters, digits and . _ @ -"
      autoComplete="username"
    />,
  ];
}

export const actionWords: Record<string, string> = {
  ask: "Ask the provider",
  hold: "Hold",
  release: "Release",
  retry: "Retry",
  bump: "Offer more gas",
  cancel: "Cancel on its nonce",
};

export const actionHelp: Record<string, string> = {
  ask: "Looks up what became of it. Nothing is sent.",
  hold: "Stops it here until somebody releases it.",
  release: "Lets it go on from where it was held.",
  retry: "Tries again. Offered only where the ledger can prove that the last try did nothing.",
  bump: "Signs the same transfer again with a higher fee, on the same nonce.",
  cancel: "Puts nothing in the payment's place, on the same nonce.",
};

/** Asks for a reason, and sends it with one's name and whatever else is wanted. */
export function ReasonWindow<T>(
  { title, lead, button, path, decode, extra = {}, isDanger = false, isReady = true, ...rest }: {
    title: string;
    lead: ReactNode;
    button: string;
    path: string;
    decode: Decoder<T>;
    /** More of the body than reason and name. */
    extra?: Record<string, string>;
    isDanger?: boolean;
    isReady?: boolean;
    onClose: () => void;
    onDone: (answer: T) => void;
    children?: ReactNode;
  },
): JSX.Element {
  const [reason, setReason] = useState("");
  const [actor, actorField] = useActor();
  const [key] = useState(freshKey);
  const doing = useDoing();
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      const body = { ...extra, reason: reason.trim(), actor };
      rest.onDone((await ask(path, decode, { method: "POST", body, idempotency: key })).value);
    });
  };
  return (
    <Window label={title} onClose={rest.onClose}>
      <form onSubmit={send}>
        <div className="stack tightly">
          <h2>{title}</h2>
          {lead}
        </div>
        {rest.children}
        <TextField
          label="Reason"
          value={reason}
          onChange={setReason}
          required
          maxLength={500}
          hint="Stays on record, with your name."
          autoFocus
        />
        {actorField}
        <Failure problem={doing.problem} />
        <div className="row">
          <button
            className={isDanger ? "button danger" : "button main"}
            disabled={doing.isBusy || !isReady}
          >
            {doing.isBusy ? "Writing…" : button}
          </button>
          <button type="button" className="button" onClick={rest.onClose}>Leave it</button>
        </div>
      </form>
    </Window>
  );
}

/** What an action wants to know besides its reason. */
export interface ExtraField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly isNeeded: boolean;
}

/** What it would do is shown before anything is asked for. */
function useDryRun(path: string, extra: Record<string, string>, isWhole: boolean): Dry {
  const { me, hasKey } = useSession();
  // Nothing is written for it: a name that is typed beside the key comes with the word itself.
  const actor = !hasKey && me ? me.username : "dashboard";
  const [dry, setDry] = useState<Dry>(null);
  const typed = JSON.stringify(extra);
  useEffect(() => {
    let isWanted = true;
    setDry(null);
    const timer = setTimeout(() => {
      if (!isWhole) return;
      const more = JSON.parse(typed) as Record<string, string>;
      const body = { ...more, reason: "dry run", actor, dry_run: true };
      ask(path, outcome, { method: "POST", body })
        .then(({ value }) => isWanted && setDry(value))
        .catch((error: unknown) => isWanted && error instanceof Problem && setDry(error));
    }, typed === "{}" ? 0 : 400);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [path, typed, isWhole, actor]);
  return dry;
}

export function ActWindow(
  { subject, word, help, path, isDanger = false, fields = [], onClose, onDone }: {
    subject: string;
    /** The action, as its button says it. */
    word: string;
    help: string;
    path: string;
    isDanger?: boolean;
    fields?: readonly ExtraField[];
    onClose: () => void;
    onDone: (done: Outcome) => void;
  },
): JSX.Element {
  const [values, setValues] = useState<Record<string, string>>({});
  const extra: Record<string, string> = {};
  for (const { name } of fields) {
    const value = values[name]?.trim() ?? "";
    if (value !== "") extra[name] = value;
  }
  const missing = fields.find((one) => one.isNeeded && extra[one.name] === undefined);
  const dry = useDryRun(path, extra, missing === undefined);
  return (
    <ReasonWindow
      title={word}
      lead={
        <>
          <p className="soft">{help}</p>
          <code className="wrap-any">{subject}</code>
        </>
      }
      button={word}
      path={path}
      decode={outcome}
      extra={extra}
      isDanger={isDanger}
      isReady={missing === undefined && !(dry instanceof Problem)}
      onClose={onClose}
      onDone={onDone}
    >
      {fields.map((one) => (
        <TextField
          key={one.name}
          label={one.label}
          hint={one.hint}
          value={values[one.name] ?? ""}
          onChange={(value) => setValues((before) => ({ ...before, [one.name]: value }))}
          required={one.isNeeded}
          maxLength={200}
          autoComplete="off"
        />
      ))}
      {missing
        ? <Note>What it would do is shown once “{missing.label}” is there.</Note>
        : <DryRun dry={dry} />}
    </ReasonWindow>
  );
}

/** What a dry run would write. */
export function DryRun({ dry }: { dry: Dry }): JSX.Element {
  if (dry === null) return <Note>Asking what it would do…</Note>;
  if (dry instanceof Problem && dry.fields.length > 0) return <Failure problem={dry} />;
  if (dry instanceof Problem) return <Note tone="bad">The ledger refuses: {dry.message}</Note>;
  if (dry.events.length === 0) return <Note tone="warn">It would change nothing.</Note>;
  return (
    <Note tone="info">
      <b>Dry run: it would write</b>
      <ul>
        {dry.events.map((one, index) => (
          <li key={index}>{eventWords(one.name)}{one.remark ? `: ${one.remark}` : ""}</li>
        ))}
      </ul>
    </Note>
  );
}

/** What was done, in words. */
export function DoneNote({ done }: { done: Outcome }): JSX.Element {
  return (
    <Note tone="good">
      Done: {done.events.length === 0
        ? "it was so already"
        : done.events.map((one) => eventWords(one.name)).join(", ")}.
    </Note>
  );
}

/** Every action there is: those that may be done now, and why the others may not. */
export function Allowed(
  { actions, words, mayOperate, onChoose }: {
    actions: readonly { action: string; allowed: boolean; why: string | null }[];
    words: Record<string, string>;
    mayOperate: boolean;
    onChoose: (action: string) => void;
  },
): JSX.Element {
  return (
    <Panel title="What may be done">
      <div className="row">
        {actions.map((one) => (
          <button
            key={one.action}
            type="button"
            title={one.why ?? undefined}
            className={one.allowed ? "button main" : "button"}
            disabled={!one.allowed || !mayOperate}
            onClick={() => onChoose(one.action)}
          >
            {words[one.action] ?? one.action}
          </button>
        ))}
      </div>
      <ul className="small soft stack tightly">
        {actions.filter((one) => !one.allowed).map((one) => (
          <li key={one.action}>
            <b>{words[one.action] ?? one.action}</b>: not now, {one.why}
          </li>
        ))}
        {!mayOperate && <li>Your role may look, and not act.</li>}
      </ul>
    </Panel>
  );
}
