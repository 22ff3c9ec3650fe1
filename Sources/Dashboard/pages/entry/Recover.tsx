import { FormEvent, useState } from "react";
import { message } from "../../core/answers";
import { ask } from "../../core/api";
import { useDoing } from "../../core/query";
import { Link, useRouting } from "../../core/router";
import { useSession } from "../../core/session";
import { Failure, Note } from "../../parts/basics";
import { TextField } from "../../parts/form";
import { Door } from "./Door";
import { passwordHint } from "./Sign";

export function Forgot(): JSX.Element {
  const doing = useDoing();
  const [mail, setMail] = useState("");
  const [isSent, setSent] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      await ask("/api/auth/forgot-password", message, {
        method: "POST",
        body: { email: mail.trim() },
      });
      setSent(true);
    });
  };
  return (
    <Door title="Reset your password" lead="If an account has this address, a link is sent to it.">
      {isSent
        ? (
          <Note tone="good">
            <p role="status">Look into your inbox. The link holds for an hour.</p>
          </Note>
        )
        : (
          <form onSubmit={send}>
            <TextField
              label="E-mail"
              type="email"
              value={mail}
              onChange={setMail}
              autoComplete="email"
              required
              autoFocus
            />
            <Failure problem={doing.problem} />
            <button className="button main wide" disabled={doing.isBusy}>Send the link</button>
          </form>
        )}
      <p className="small">
        <Link to="/login">Back to sign in</Link>
      </p>
    </Door>
  );
}

export function Reset(): JSX.Element {
  const { query } = useRouting();
  const doing = useDoing();
  const [password, setPassword] = useState("");
  const [isDone, setDone] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      const body = { token: query.get("token") ?? "", new_password: password };
      await ask("/api/auth/reset-password", message, { method: "POST", body });
      setDone(true);
    });
  };
  return (
    <Door title="A new password">
      {isDone
        ? (
          <>
            <Note tone="good">
              <p role="status">Changed. Every session was closed.</p>
            </Note>
            <Link to="/login" className="button main wide">Sign in</Link>
          </>
        )
        : (
          <form onSubmit={send}>
            <TextField
              label="New password"
              type="password"
              value={password}
              onChange={setPassword}
              autoComplete="new-password"
              required
              minLength={8}
              hint={passwordHint}
              wrong={doing.problem?.field("new_password")}
              autoFocus
            />
            <Failure problem={doing.problem} />
            <button className="button main wide" disabled={doing.isBusy}>Set it</button>
          </form>
        )}
    </Door>
  );
}

/** The page a mail's link leads to: its button, not the link, does it. */
export function Confirm(
  { title, lead, button, path, done }: {
    title: string;
    lead: string;
    button: string;
    path: string;
    done: string;
  },
): JSX.Element {
  const { query } = useRouting();
  const { reload } = useSession();
  const doing = useDoing();
  const [isDone, setDone] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      await ask(path, message, { method: "POST", body: { token: query.get("token") ?? "" } });
      setDone(true);
      await reload();
    });
  };
  return (
    <Door title={title} lead={lead}>
      {isDone
        ? (
          <>
            <Note tone="good">
              <p role="status">{done}</p>
            </Note>
            <Link to="/" className="button main wide">Go on</Link>
          </>
        )
        : (
          <form onSubmit={send}>
            <Failure problem={doing.problem} />
            <button className="button main wide" disabled={doing.isBusy}>{button}</button>
          </form>
        )}
    </Door>
  );
}
