// The app: which page stands at which address, and who may see it.

import { lazy, Suspense, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { Live } from "./core/live";
import { Router, useRouting } from "./core/router";
import { pageAt, PageRoute } from "./core/routes";
import { SessionKeeper, useSession } from "./core/session";
import { showTheme } from "./core/theme";
import { Landing } from "./pages/entry/Landing";
import { Pay } from "./pages/entry/Pay";
import { Confirm, Forgot, Reset } from "./pages/entry/Recover";
import { OperatorKey, SignIn, SignUp } from "./pages/entry/Sign";
import { Nothing } from "./pages/Nothing";
import { Shell } from "./parts/Shell";

// Nobody loads the pages of the other side.
const OwnerPages = lazy(() => import("./pages/owner/Pages"));
const OperatorPages = lazy(() => import("./pages/operate/Pages"));

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

function App(): JSX.Element | null {
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
  const isDesk = lies(path, "/operate");
  const isOwn = ["/channels", "/payouts", "/exports", "/account"].some((one) => lies(path, one));
  if (!isDesk && !isOwn) return <Nothing />;
  if (!isSignedIn) return <Redirect to="/login" />;
  return (
    <Live>
      <Shell key={session.me?.user_id ?? "key"}>
        <Suspense fallback={<p className="loading" role="status">Opening…</p>}>
          {isDesk && !session.mayLook && (
            <div className="content">
              <h1>Not for this account</h1>
              <p className="soft">These pages are for operators.</p>
            </div>
          )}
          {isDesk && session.mayLook && <OperatorPages />}
          {isOwn && <OwnerPages />}
        </Suspense>
      </Shell>
    </Live>
  );
}

showTheme();
const root = document.getElementById("app");
if (!root) throw new Error("index.html has no #app");
createRoot(root).render(
  <Router>
    <SessionKeeper>
      <App />
    </SessionKeeper>
  </Router>,
);
