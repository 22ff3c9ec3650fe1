// The frame of every signed-in page: where one can go, who is signed in, as of which position.

import { ReactNode, useEffect, useState } from "react";
import { useHealth, useIsLive } from "../core/live";
import { Link, useRouting } from "../core/router";
import { useSession } from "../core/session";
import { theme, turnTheme } from "../core/theme";
import { Icon, IconName, Mark } from "./icons";

type Place = readonly [to: string, text: string, icon: IconName];

const owner: readonly Place[] = [
  ["/channels", "Channels", "channel"],
  ["/payouts", "Payouts", "payout"],
  ["/exports", "Exports", "export"],
  ["/account", "Account", "account"],
];

const operator: readonly Place[] = [
  ["/operate", "Overview", "overview"],
  ["/operate/sagas", "Saga board", "saga"],
  ["/operate/batches", "Batches", "batch"],
  ["/operate/transfers", "Transfers", "transfer"],
  ["/operate/approvals", "Approvals", "approve"],
  ["/operate/payments", "Held payments", "coin"],
  ["/operate/reconciliation", "Reconciliation", "even"],
  ["/operate/inbox", "Webhook inbox", "inbox"],
  ["/operate/lanes", "Lanes", "lanes"],
  ["/operate/log", "Log", "log"],
  ["/operate/balance", "Trial balance", "scales"],
  ["/operate/channels", "Clients", "channel"],
  ["/operate/projections", "Projections", "tables"],
  ["/operate/accounts", "Accounts", "people"],
];

export function ThemeButton(): JSX.Element {
  // What stands in the page before the script runs is told the theme here.
  const [now, setNow] = useState<ReturnType<typeof theme>>("light");
  useEffect(() => setNow(theme()), []);
  const next = now === "dark" ? "light" : "dark";
  return (
    <button type="button" className="button quiet tight" onClick={() => setNow(turnTheme())}>
      <Icon name={now === "dark" ? "sun" : "moon"} />
      <span>{next === "dark" ? "Dark" : "Light"}</span>
    </button>
  );
}

function Places({ title, all }: { title: string; all: readonly Place[] }): JSX.Element {
  // A client's timeline lies behind the list of clients.
  const path = useRouting().path.replace("/operate/timeline", "/operate/channels");
  // The longest address that the path lies under.
  const current = all
    .filter(([to]) => path === to || path.startsWith(`${to}/`))
    .sort((a, b) => b[0].length - a[0].length)[0]?.[0];
  return (
    <nav aria-label={title}>
      <p className="label">{title}</p>
      {all.map(([to, text, icon]) => (
        <Link key={to} to={to} aria-current={current === to ? "page" : undefined}>
          <Icon name={icon} />
          {text}
        </Link>
      ))}
    </nav>
  );
}

function Who(): JSX.Element {
  const session = useSession();
  const { go } = useRouting();
  const name = session.me?.username ?? "Operator key";
  const role = session.hasKey ? "with the service's key" : session.me?.email ?? "";
  const leave = (): void => void session.signOut().then(() => go("/login"));
  return (
    <footer>
      <div className="row between">
        <ThemeButton />
        <button type="button" className="button quiet tight" onClick={leave}>
          <Icon name="out" />Sign out
        </button>
      </div>
      <div className="who">
        <span className="face" aria-hidden="true">{name.charAt(0).toUpperCase()}</span>
        <p>
          <b>{name}</b>
          <br />
          <span className="faint">{role}</span>
        </p>
      </div>
    </footer>
  );
}

export function Shell({ children }: { children: ReactNode }): JSX.Element {
  const session = useSession();
  const { path } = useRouting();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  return (
    <>
      <a className="skip" href="#content">Skip to the page</a>
      <header className="top">
        <button
          type="button"
          className="button quiet tight"
          aria-expanded={isOpen}
          aria-controls="side"
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="menu" />
          <span className="unseen">Menu</span>
        </button>
        <Link to="/" className="brand">
          <Mark />Weir
        </Link>
      </header>
      <div className="frame">
        {isOpen && (
          <button
            type="button"
            className="shade"
            aria-label="Close the menu"
            onClick={() => setOpen(false)}
          />
        )}
        <aside id="side" aria-label="Weir" className={isOpen ? "side open" : "side"}>
          <Link to="/" className="brand">
            <Mark />Weir
          </Link>
          {session.mayLook && <Places title="Operate" all={operator} />}
          {session.me && <Places title="Your channels" all={owner} />}
          <Who />
        </aside>
        <main id="content" className="page" tabIndex={-1}>{children}</main>
      </div>
    </>
  );
}

/** One page: its head, its content, and as of which position all of it is. */
export function Page(
  { title, lead, crumbs, actions, position, replayed = false, children }: {
    title: string;
    lead?: ReactNode;
    crumbs?: ReactNode;
    actions?: ReactNode;
    /** What the page's figures speak of. */
    position?: number | null | undefined;
    /** Whether that is a chosen position, not the newest. */
    replayed?: boolean;
    children: ReactNode;
  },
): JSX.Element {
  const health = useHealth();
  const isLive = useIsLive();
  useEffect(() => {
    document.title = `${title} · Weir`;
  }, [title]);
  const behind = health && position ? Math.max(0, health.position - position) : 0;
  return (
    <>
      <div className="content">
        <div className="head">
          <div>
            {crumbs && <p className="crumbs">{crumbs}</p>}
            <h1>{title}</h1>
            {lead && <p className="lead">{lead}</p>}
          </div>
          {actions && <div className="actions">{actions}</div>}
        </div>
        {children}
      </div>
      <div className="asof">
        <span>
          As of position <b>{position ?? health?.position ?? "…"}</b>
          {replayed ? ", replayed" : behind > 0 ? `, ${behind} behind the log` : ", the newest"}
        </span>
        {health && (
          <span>
            The log stands at <b>{health.position}</b>
          </span>
        )}
        {health && <span>{health.environment} · {health.status}</span>}
        <span>{isLive ? "following the log" : "asking every few seconds"}</span>
      </div>
    </>
  );
}
