// Which page stands at which address, and who may see it.

import { lazy, Suspense, useEffect } from "react";
import { Live } from "./core/live";
import { Router, useRouting } from "./core/router";
import { pageAt, PageRoute } from "./core/routes";
import { SessionKeeper, useSession } from "./core/session";
import { Landing } from "./pages/entry/Landing";
import { Pay } from "./pages/entry/Pay";
import { Confirm, Forgot, Reset } from "./pages/entry/Recover";
import { OperatorKey, SignIn, SignUp } from "./pages/entry/Sign";
import { Nothing } from "./pages/Nothing";
import { Shell } from "./parts/Shell";

// Nobody loads the pages of the other side.
const ownerPages = (): Promise<typeof import("./pages/owner/Pages")> =>
  import("./pages/owner/Pages");
const operatorPages = (): Promise<typeof import("./pages/operate/Pages")> =>
  import("./pages/operate/Pages");
const keepingPages = (): Promise<typeof import("./pages/operate/Keeping")> =>
  import("./pages/operate/Keeping");
const OwnerPages = lazy(ownerPages);
const OperatorPages = lazy(operatorPages);
const KeepingPages = lazy(keepingPages);

const open: readonly PageRoute[] = [
  ["/login", () => <SignIn />],
  ["/signup", () => <SignUp />],
  ["/forgot-password", () => <Forgot />],
  ["/reset-password", () => <Reset />],
  ["/operator-key", () => <OperatorKey />],
  ["/pay/:order", (found) => <Pay order={found("order")} />],
  [
    "/verify-email",
    () => (
      <Confirm
        title="Confirm your e-mail address"
        lead="One click, and you can add your channels."
        button="Confirm it"
        path="/api/auth/verify-email"
        done="Confirmed. Welcome."
      />
    ),
  ],
  [
    "/confirm-email-change",
    () => (
      <Confirm
        title="Confirm the new address"
        lead="From then on you sign in and get mail with it."
        button="Confirm it"
        path="/api/auth/confirm-email-change"
        done="Your address is changed."
      />
    ),
  ],
];

function Redirect({ to }: { to: string }): null {
  const { go } = useRouting();
  useEffect(() => go(to, true), [go, to]);
  return null;
}

const lies = (path: string, under: string): boolean =>
  path === under || path.startsWith(`${under}/`);
const isDesk = (path: string): boolean => lies(path, "/operate");
const keeping = [
  "payments",
  "reconciliation",
  "inbox",
  "lanes",
  "balance",
  "channels",
  "projections",
  "accounts",
];
const isKeeping = (path: string): boolean =>
  keeping.some((name) => lies(path, `/operate/${name}`));
const isOwn = (path: string): boolean =>
  ["/channels", "/payouts", "/exports", "/account"].some((one) => lies(path, one));

/** Loads the script of a path's pages while it is asked who is signed in. */
export function beginLoading(path: string): void {
  if (isDesk(path)) void (isKeeping(path) ? keepingPages() : operatorPages());
  if (isOwn(path)) void ownerPages();
}

function Place(): JSX.Element | null {
  const { path } = useRouting();
  const session = useSession();
  const free = pageAt(open, path);
  if (free) return free;
  if (!session.isKnown) return null;
  const isSignedIn = session.me !== null || session.hasKey;
  if (path === "/") {
    if (!isSignedIn) return <Landing />;
    return <Redirect to={session.mayLook ? "/operate" : "/channels"} />;
  }
  if (!isDesk(path) && !isOwn(path)) return <Nothing />;
  if (!isSignedIn) return <Redirect to="/login" />;
  return (
    <Live>
      <Shell key={session.me?.user_id ?? "key"}>
        <Suspense fallback={<p className="loading" role="status">Opening…</p>}>
          {isDesk(path) && !session.mayLook && (
            <div className="content">
              <h1>Not for this account</h1>
              <p className="soft">These pages are for operators.</p>
            </div>
          )}
          {isDesk(path) && session.mayLook &&
            (isKeeping(path) ? <KeepingPages /> : <OperatorPages />)}
          {isOwn(path) && <OwnerPages />}
        </Suspense>
      </Shell>
    </Live>
  );
}

/** The whole app. */
export function App(): JSX.Element {
  return (
    <Router>
      <SessionKeeper>
        <Place />
      </SessionKeeper>
    </Router>
  );
}
