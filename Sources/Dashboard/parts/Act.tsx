// Actions of operators: a reason, a dry run before, and then the word.

import { FormEvent, useEffect, useState } from "react";
import { Outcome, outcome } from "../core/deskAnswers";
import { ask, freshKey, Problem } from "../core/api";
import { useDoing } from "../core/query";
import { useSession } from "../core/session";
import { capital, eventWords } from "../core/words";
import { Failure, Note, Window } from "./basics";
import { TextField } from "./form";

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

const actionHelp: Record<string, string> = {
  ask: "Looks up what became of it. Nothing is sent.",
  hold: "Stops it here until somebody releases it.",
  release: "Lets it go on from where it was held.",
  retry: "Tries again. Offered only where the ledger can prove that the last try did nothing.",
  bump: "Signs the same transfer again with a higher fee, on the same nonce.",
  cancel: "Puts nothing in the payment's place, on the same nonce.",
};

export function ActWindow(
  { subject, action, onClose, onDone }: {
    subject: string;
    action: string;
    onClose: () => void;
    onDone: (done: Outcome) => void;
  },
): JSX.Element {
  const [reason, setReason] = useState("");
  const [actor, actorField] = useActor();
  const [dry, setDry] = useState<Outcome | Problem | null>(null);
  const [key] = useState(freshKey);
  const doing = useDoing();
  const path = `/api/admin/sagas/${encodeURIComponent(subject)}/${action}`;

  // Nothing is written for a dry run, so that a name typed later is good enough.
  const who = actorField === null ? actor : "dashboard";

  // What it would do is shown before anything is asked for.
  useEffect(() => {
    let isWanted = true;
    const body = { reason: "dry run", actor: who, dry_run: true };
    ask(path, outcome, { method: "POST", body })
      .then(({ value }) => isWanted && setDry(value))
      .catch((error: unknown) => isWanted && error instanceof Problem && setDry(error));
    return () => {
      isWanted = false;
    };
  }, [path, who]);

  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      const { value } = await ask(path, outcome, {
        method: "POST",
        body: { reason: reason.trim(), actor },
        idempotency: key,
      });
      onDone(value);
    });
  };

  return (
    <Window label={`${actionWords[action] ?? action} ${subject}`} onClose={onClose}>
      <form onSubmit={send}>
        <div className="stack tightly">
          <h2>{actionWords[action] ?? capital(action)}</h2>
          <p className="soft">{actionHelp[action]}</p>
          <code className="wrap-any">{subject}</code>
        </div>
        <DryRun dry={dry} />
        <TextField
          label="Reason"
          value={reason}
          onChange={setReason}
          required
          maxLength={500}
          hint="Stays in the log for ever, with your name."
          autoFocus
        />
        {actorField}
        <Failure problem={doing.problem} />
        <div className="row">
          <button
            className={action === "cancel" ? "button danger" : "button main"}
            disabled={doing.isBusy || dry instanceof Problem}
          >
            {doing.isBusy ? "Writing…" : actionWords[action] ?? action}
          </button>
          <button type="button" className="button" onClick={onClose}>Leave it</button>
        </div>
      </form>
    </Window>
  );
}

function DryRun({ dry }: { dry: Outcome | Problem | null }): JSX.Element {
  if (dry === null) return <Note>Asking what it would do…</Note>;
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
