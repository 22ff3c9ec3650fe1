import { FormEvent, ReactNode, useState } from "react";
import { message } from "../../core/answers";
import { ask } from "../../core/api";
import { anything } from "../../core/decode";
import { Doing, useDoing } from "../../core/query";
import { useSession } from "../../core/session";
import { Badge, Failure, Note, Panel, When } from "../../parts/basics";
import { TextField } from "../../parts/form";
import { Page } from "../../parts/Shell";
import { Keys } from "./AccountKeys";
import { Codes, Sessions } from "./AccountParts";

/** A small form: fields, its own problem, its own success. */
export function Small(
  { title, button, done, doing, onSend, danger = false, children }: {
    title: string;
    button: string;
    done: string;
    doing: Doing;
    danger?: boolean;
    onSend: () => Promise<void>;
    children: ReactNode;
  },
): JSX.Element {
  const [isDone, setDone] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setDone(false);
    void doing.run(onSend).then(setDone);
  };
  return (
    <Panel title={title}>
      <form className="stack" onSubmit={send}>
        {children}
        {isDone && (
          <Note tone="good">
            <p role="status">{done}</p>
          </Note>
        )}
        <Failure problem={doing.problem} />
        <div>
          <button className={danger ? "button danger" : "button"} disabled={doing.isBusy}>
            {doing.isBusy ? "Writing…" : button}
          </button>
        </div>
      </form>
    </Panel>
  );
}

export function Account(): JSX.Element {
  const { me, reload, signOut } = useSession();
  const mail = useDoing();
  const change = useDoing();
  const secret = useDoing();
  const leave = useDoing();
  const [newMail, setNewMail] = useState("");
  const [mailPassword, setMailPassword] = useState("");
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [closing, setClosing] = useState("");
  if (!me) {
    return (
      <Page title="Account">
        <Note>An operator key has no account of its own.</Note>
      </Page>
    );
  }
  return (
    <Page title="Account">
      <Panel
        title={me.username}
        actions={
          <Badge tone={me.email_verified ? "good" : "warn"}>
            {me.email_verified ? "verified" : "e-mail not verified"}
          </Badge>
        }
      >
        <dl className="facts">
          <dt>E-mail</dt>
          <dd>
            {me.email}
            {me.pending_email && (
              <>
                <br />
                <span className="soft">will be {me.pending_email} once confirmed</span>
              </>
            )}
          </dd>
          <dt>Member since</dt>
          <dd>
            <When at={me.created_at} />
          </dd>
          <dt>Last sign-in</dt>
          <dd>
            <When at={me.last_login} />
          </dd>
          <dt>Channels</dt>
          <dd>{me.channels} of {me.max_channels}</dd>
        </dl>
        <div className="row">
          {!me.email_verified && (
            <button
              type="button"
              className="button main"
              disabled={mail.isBusy}
              onClick={() =>
                void mail.run(async () =>
                  void await ask("/api/account/resend-verification", message, { method: "POST" })
                )}
            >
              Send the confirmation again
            </button>
          )}
          {me.pending_email && (
            <button
              type="button"
              className="button"
              disabled={mail.isBusy}
              onClick={() =>
                void mail.run(async () => {
                  await ask("/api/account/cancel-email-change", anything, { method: "POST" });
                  await reload();
                })}
            >
              Keep {me.email}
            </button>
          )}
        </div>
        <Failure problem={mail.problem} />
      </Panel>
      <div className="grid">
        <Small
          title="Change the password"
          button="Change it"
          done="Changed. All other sessions are closed."
          doing={secret}
          onSend={async () => {
            await ask("/api/account/change-password", anything, {
              method: "POST",
              body: { current_password: current, new_password: next },
            });
            setCurrent("");
            setNext("");
          }}
        >
          <TextField
            label="Current password"
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={setCurrent}
            required
            wrong={secret.problem?.field("current_password")}
          />
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            value={next}
            onChange={setNext}
            required
            minLength={8}
            wrong={secret.problem?.field("new_password")}
            hint="At least 8 characters, with an upper-case letter, a lower-case letter and a
              digit."
          />
        </Small>
        <Small
          title="Change the e-mail address"
          button="Change it"
          done="A link is on its way to the new address."
          doing={change}
          onSend={async () => {
            await ask("/api/account/change-email", message, {
              method: "POST",
              body: { new_email: newMail.trim(), password: mailPassword },
            });
            setNewMail("");
            setMailPassword("");
            await reload();
          }}
        >
          <TextField
            label="New e-mail address"
            type="email"
            autoComplete="email"
            value={newMail}
            onChange={setNewMail}
            required
            wrong={change.problem?.field("new_email")}
          />
          <TextField
            label="Your password"
            type="password"
            autoComplete="current-password"
            value={mailPassword}
            onChange={setMailPassword}
            required
            wrong={change.problem?.field("password")}
          />
        </Small>
      </div>
      <Codes />
      <Sessions />
      <Keys />
      <Small
        title="Close the account"
        button="Close my account"
        danger
        done=""
        doing={leave}
        onSend={async () => {
          await ask("/api/account/close", anything, {
            method: "POST",
            body: { password: closing },
          });
          await signOut();
        }}
      >
        <p className="soft">
          You can't sign in any more. Nothing is deleted, and what your channels are owed is still
          paid out.
        </p>
        <TextField
          label="Your password"
          type="password"
          autoComplete="current-password"
          value={closing}
          onChange={setClosing}
          required
          wrong={leave.problem?.field("password")}
        />
      </Small>
    </Page>
  );
}
