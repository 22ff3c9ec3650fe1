import { FormEvent, useState } from "react";
import { session as sessionAnswer } from "../../core/answers";
import { ask } from "../../core/api";
import { useDoing } from "../../core/query";
import { Link, useRouting } from "../../core/router";
import { useSession } from "../../core/session";
import { Failure, Note } from "../../parts/basics";
import { TextField } from "../../parts/form";
import { Door } from "./Door";

export const passwordHint =
  "At least 8 characters, with an upper-case letter, a lower-case letter and a digit.";

export function SignIn(): JSX.Element {
  const { reload } = useSession();
  const { go } = useRouting();
  const doing = useDoing();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const asksCode = doing.problem?.code === "code_needed" ||
    doing.problem?.code === "code_invalid" || code !== "";
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      const body = {
        username: name.trim(),
        password,
        session: "cookie",
        ...(code.trim() === "" ? {} : { code: code.trim() }),
      };
      await ask("/api/auth/login", sessionAnswer, { method: "POST", body });
      if (await reload()) go("/", true);
    });
  };
  return (
    <Door title="Sign in">
      <form onSubmit={send}>
        <TextField
          label="Name or e-mail"
          value={name}
          onChange={setName}
          autoComplete="username"
          autoCapitalize="none"
          required
          autoFocus
        />
        <TextField
          label="Password"
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          required
        />
        {asksCode && (
          <TextField
            label="Code"
            value={code}
            onChange={setCode}
            autoComplete="one-time-code"
            hint="Six digits from your app, or a recovery code"
            required
          />
        )}
        {doing.problem?.code === "code_needed"
          ? (
            <Note tone="info">
              <p>Now the code from your phone.</p>
            </Note>
          )
          : <Failure problem={doing.problem} />}
        <button className="button main wide" disabled={doing.isBusy}>
          {doing.isBusy ? "Signing in…" : "Sign in"}
        </button>
      </form>
      <p className="row between small">
        <Link to="/forgot-password">Forgot the password?</Link>
        <Link to="/signup">Create an account</Link>
      </p>
      <p className="small faint">
        An operator without an account? <Link to="/operator-key">Use the operator key</Link>
      </p>
    </Door>
  );
}

export function SignUp(): JSX.Element {
  const { reload } = useSession();
  const { go } = useRouting();
  const doing = useDoing();
  const [name, setName] = useState("");
  const [mail, setMail] = useState("");
  const [password, setPassword] = useState("");
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      const body = { username: name.trim(), email: mail.trim(), password, session: "cookie" };
      await ask("/api/auth/signup", sessionAnswer, { method: "POST", body });
      if (await reload()) go("/channels", true);
    });
  };
  return (
    <Door
      title="Create an account"
      lead="Free. You pay a share of what arrives, and nothing before."
    >
      <form onSubmit={send}>
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          autoComplete="username"
          autoCapitalize="none"
          required
          minLength={3}
          maxLength={50}
          pattern="[A-Za-z0-9_]+"
          title="letters, digits and _"
          hint="3 to 50 letters, digits and _"
          wrong={doing.problem?.field("username")}
          autoFocus
        />
        <TextField
          label="E-mail"
          type="email"
          value={mail}
          onChange={setMail}
          autoComplete="email"
          required
          wrong={doing.problem?.field("email")}
        />
        <TextField
          label="Password"
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          required
          minLength={8}
          hint={passwordHint}
          wrong={doing.problem?.field("password")}
        />
        <Failure problem={doing.problem} />
        <button className="button main wide" disabled={doing.isBusy}>
          {doing.isBusy ? "Creating…" : "Create the account"}
        </button>
      </form>
      <p className="small">
        Here before? <Link to="/login">Sign in</Link>
      </p>
    </Door>
  );
}

/** An operator with the service's own key; it is kept in this page's memory and nowhere else. */
export function OperatorKey(): JSX.Element {
  const { takeKey } = useSession();
  const { go } = useRouting();
  const [key, setKey] = useState("");
  const send = (event: FormEvent): void => {
    event.preventDefault();
    takeKey(key.trim());
    go("/operate", true);
  };
  return (
    <Door
      title="Operator key"
      lead="The operators' key of the service's settings. This page keeps it in memory alone:
        reloading forgets it. It approves nothing: that takes two people, each with an account."
    >
      <form onSubmit={send}>
        <TextField
          label="Key"
          type="password"
          value={key}
          onChange={setKey}
          autoComplete="off"
          required
          autoFocus
        />
        <button className="button main wide">Open the operators' pages</button>
      </form>
      <p className="small">
        <Link to="/login">Sign in with an account instead</Link>
      </p>
    </Door>
  );
}
