import { FormEvent, ReactNode, useState } from "react";
import { message } from "../../core/answers";
import { ask } from "../../core/api";
import { anything, Decoder } from "../../core/decode";
import { Doing, useDoing } from "../../core/query";
import { useSession } from "../../core/session";
import { Badge, Failure, Note, Panel, When } from "../../parts/basics";
import { TextField } from "../../parts/form";
import { Page } from "../../parts/Shell";
import { passwordHint } from "../entry/Sign";
import { Keys } from "./AccountKeys";
import { Codes, Sessions } from "./AccountParts";
import { Telegram } from "./AccountTelegram";

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

interface Asked {
  /** The field of the body. */
  readonly name: string;
  readonly label: string;
  readonly type: "password" | "email";
  readonly autoComplete: string;
  readonly minLength?: number;
  readonly hint?: string;
}

const password: Asked = {
  name: "password",
  label: "Your password",
  type: "password",
  autoComplete: "current-password",
};

/** A form whose fields are the body of one request. */
function AskForm(
  { path, decode, fields, after, children, ...around }: {
    title: string;
    button: string;
    done: string;
    danger?: boolean;
    path: string;
    decode: Decoder<unknown>;
    fields: readonly Asked[];
    after?: () => Promise<unknown>;
    children?: ReactNode;
  },
): JSX.Element {
  const doing = useDoing();
  const [values, setValues] = useState<Record<string, string>>({});
  return (
    <Small
      {...around}
      doing={doing}
      onSend={async () => {
        await ask(path, decode, { method: "POST", body: values });
        setValues({});
        await after?.();
      }}
    >
      {children}
      {fields.map(({ name, ...rest }) => (
        <TextField
          key={name}
          {...rest}
          required
          value={values[name] ?? ""}
          onChange={(value) => setValues((before) => ({ ...before, [name]: value }))}
          wrong={doing.problem?.field(name)}
        />
      ))}
    </Small>
  );
}

export function Account(): JSX.Element {
  const { me, reload, signOut } = useSession();
  const mail = useDoing();
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
        <AskForm
          title="Change the password"
          button="Change it"
          done="Changed. All other sessions are closed."
          path="/api/account/change-password"
          decode={anything}
          fields={[
            { ...password, name: "current_password", label: "Current password" },
            {
              name: "new_password",
              label: "New password",
              type: "password",
              autoComplete: "new-password",
              minLength: 8,
              hint: passwordHint,
            },
          ]}
        />
        <AskForm
          title="Change the e-mail address"
          button="Change it"
          done="A link is on its way to the new address."
          path="/api/account/change-email"
          decode={message}
          fields={[
            {
              name: "new_email",
              label: "New e-mail address",
              type: "email",
              autoComplete: "email",
            },
            password,
          ]}
          after={reload}
        />
      </div>
      <Codes />
      <Telegram />
      <Sessions />
      <Keys />
      <AskForm
        title="Close the account"
        button="Close my account"
        danger
        done=""
        path="/api/account/close"
        decode={anything}
        fields={[password]}
        after={signOut}
      >
        <p className="soft">
          You can't sign in any more. Nothing is deleted, and what your channels are owed is still
          paid out.
        </p>
      </AskForm>
    </Page>
  );
}
