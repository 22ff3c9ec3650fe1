import { FormEvent, useState } from "react";
import {
  approvals,
  freeze as freezeAnswer,
  Held,
  held as heldAnswer,
} from "../../core/deskAnswers";
import { ask, freshKey, Problem } from "../../core/api";
import { useDoing, useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { useSession } from "../../core/session";
import { plural } from "../../core/words";
import { useActor } from "../../parts/Act";
import {
  Amount,
  Badge,
  Copy,
  Empty,
  Failure,
  Note,
  Panel,
  Position,
  Shown,
  When,
  Window,
} from "../../parts/basics";
import { TextField } from "../../parts/form";
import { Page } from "../../parts/Shell";

/** What two people must agree on, and the switch that stops every signature. */
export function Approvals(): JSX.Element {
  const loaded = useLoaded("/api/admin/approvals", approvals);
  const frozen = useLoaded("/api/admin/freeze", freezeAnswer);
  const { mayApprove, mayOperate } = useSession();
  const [chosen, setChosen] = useState<Held | null>(null);
  const [turning, setTurning] = useState(false);
  const isFrozen = frozen.value?.frozen ?? false;

  return (
    <Page
      title="Approvals"
      lead="A transfer over a cap waits for two people, and so does signing once it is frozen. A
        word for a transfer is bound to the digest of exactly what was shown."
      actions={(isFrozen ? mayApprove : mayOperate) && (
        <button
          type="button"
          className={isFrozen ? "button main" : "button danger"}
          onClick={() => setTurning(true)}
        >
          {isFrozen ? "Let signing go on" : "Freeze all signing"}
        </button>
      )}
    >
      {isFrozen && frozen.value && (
        <Note tone="bad">
          <b>Nothing is signed.</b>
          <p>
            {frozen.value.reason}, by {frozen.value.actor}, since <When at={frozen.value.since} />.
            {" "}
            {frozen.value.position !== null && <Position at={frozen.value.position} />}
          </p>
          <p>
            {frozen.value.approvers.length === 0
              ? "It goes on once two approvers say so."
              : `${frozen.value.approvers.join(", ")} said that it may go on; it takes another.`}
          </p>
        </Note>
      )}
      <Panel title="Waiting for a word" flush>
        <Shown of={loaded}>
          {(value) =>
            value.transfers.length === 0
              ? (
                <Empty icon="approve" title="Nothing waits for two people">
                  <p>Transfers over a cap will be listed here.</p>
                </Empty>
              )
              : (
                <div className="stack">
                  {value.transfers.map((one) => (
                    <HeldTransfer
                      key={one.transfer}
                      held={one}
                      actions={mayApprove
                        ? (
                          <button
                            type="button"
                            className="button main"
                            onClick={() => setChosen(one)}
                          >
                            Look and approve
                          </button>
                        )
                        : (
                          <span className="faint">
                            It takes an account with the role approver, or an approver's own key
                            with <code>weir approvals approve</code>.
                          </span>
                        )}
                    />
                  ))}
                </div>
              )}
        </Shown>
      </Panel>
      {chosen && <ApproveWindow held={chosen} onClose={() => setChosen(null)} />}
      {turning && <FreezeWindow isFrozen={isFrozen} onClose={() => setTurning(false)} />}
    </Page>
  );
}

function HeldTransfer({ held, actions }: { held: Held; actions: JSX.Element }): JSX.Element {
  const purpose = held.purpose.batch ?? held.purpose.conversion ?? held.purpose.payment;
  return (
    <div className="panel inside">
      <div className="inside">
        <div className="row between">
          <b>
            <Amount value={held.amount.amount} asset={held.amount.asset} exact />
          </b>
          <Badge tone="warn">{held.approvers.length} of {held.needed} words</Badge>
        </div>
        <dl className="facts">
          <dt>Why it waits</dt>
          <dd>{held.reason}</dd>
          <dt>Transfer</dt>
          <dd>
            <Link to={`/operate/sagas/${encodeURIComponent(held.transfer)}`}>
              <code>{held.transfer}</code>
            </Link>
          </dd>
          <dt>Pays</dt>
          <dd>
            {purpose && (
              <Link to={`/operate/sagas/${encodeURIComponent(purpose)}`}>
                <code>{purpose}</code>
              </Link>
            )}
          </dd>
          <dt>Client</dt>
          <dd>
            <Link to={`/operate/timeline/${held.channel}`}>
              <code>{held.channel}</code>
            </Link>
          </dd>
          <dt>To wallet</dt>
          <dd>
            <Copy text={held.wallet} brief={false} /> <span className="faint">{held.asset}</span>
          </dd>
          <dt>Said yes</dt>
          <dd>{held.approvers.length === 0 ? "nobody yet" : held.approvers.join(", ")}</dd>
        </dl>
        <div className="row between">
          <Digest text={held.digest} />
          {actions}
        </div>
      </div>
    </div>
  );
}

/** The digest's first words, as two people compare them aloud. */
function Digest({ text }: { text: string }): JSX.Element {
  return (
    <span className="words" title={text}>
      {[0, 4, 8, 12].map((start) => <code key={start}>{text.slice(start, start + 4)}</code>)}
    </span>
  );
}

function ApproveWindow({ held, onClose }: { held: Held; onClose: () => void }): JSX.Element {
  const [typed, setTyped] = useState("");
  const [key] = useState(freshKey);
  const doing = useDoing();
  const [isDone, setDone] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      const path = `/api/admin/approvals/${encodeURIComponent(held.transfer)}`;
      const body = { digest: held.digest };
      try {
        await ask(path, heldAnswer, { method: "POST", body, idempotency: key });
      } catch (error) {
        // The second word lets it pass at once: by now it may wait for nobody.
        if (!(error instanceof Problem && error.status === 404)) throw error;
      }
      setDone(true);
    });
  };
  const wanted = held.digest.slice(0, 4);
  return (
    <Window label={`Approve ${held.transfer}`} onClose={onClose}>
      {isDone
        ? (
          <div className="inside">
            <h2>Your word is in the log</h2>
            <p className="soft">
              The transfer goes on once {plural(held.needed, "person has", "people have")} said yes.
            </p>
            <div>
              <button type="button" className="button main" onClick={onClose}>Close</button>
            </div>
          </div>
        )
        : (
          <form onSubmit={send}>
            <h2>
              Approve <Amount value={held.amount.amount} asset={held.amount.asset} exact />
            </h2>
            <p className="soft">
              To{" "}
              <code className="wrap-any">{held.wallet}</code>. Compare these with the second person:
              anything changed has others.
            </p>
            <Digest text={held.digest} />
            <TextField
              label={`Type the first word, ${wanted}`}
              value={typed}
              onChange={setTyped}
              className="mono"
              autoComplete="off"
              required
              autoFocus
            />
            <Failure problem={doing.problem} />
            <div className="row">
              <button className="button main" disabled={doing.isBusy || typed.trim() !== wanted}>
                {doing.isBusy ? "Writing…" : "I approve exactly this"}
              </button>
              <button type="button" className="button" onClick={onClose}>Leave it</button>
            </div>
          </form>
        )}
    </Window>
  );
}

function FreezeWindow(
  { isFrozen, onClose }: { isFrozen: boolean; onClose: () => void },
): JSX.Element {
  const [reason, setReason] = useState("");
  const [actor, actorField] = useActor();
  const [key] = useState(freshKey);
  const doing = useDoing();
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      await ask(`/api/admin/${isFrozen ? "unfreeze" : "freeze"}`, freezeAnswer, {
        method: "POST",
        body: isFrozen ? { reason: reason.trim() } : { reason: reason.trim(), actor },
        idempotency: key,
      });
      onClose();
    });
  };
  return (
    <Window label={isFrozen ? "Let signing go on" : "Freeze all signing"} onClose={onClose}>
      <form onSubmit={send}>
        <h2>{isFrozen ? "Let signing go on" : "Freeze all signing"}</h2>
        <p className="soft">
          {isFrozen
            ? "One of two words: with the second person's what waits is signed, oldest first."
            : "Nothing new is signed from then on. Payments are still taken in, and pages work."}
        </p>
        <TextField
          label="Reason"
          value={reason}
          onChange={setReason}
          required
          maxLength={500}
          autoFocus
        />
        {!isFrozen && actorField}
        <Failure problem={doing.problem} />
        <div className="row">
          <button className={isFrozen ? "button main" : "button danger"} disabled={doing.isBusy}>
            {isFrozen ? "I say that it may go on" : "Freeze"}
          </button>
          <button type="button" className="button" onClick={onClose}>Leave it</button>
        </div>
      </form>
    </Window>
  );
}
