import { ReactNode, useEffect } from "react";
import { Link } from "../../core/router";
import { Mark } from "../../parts/icons";
import { ThemeButton } from "../../parts/Shell";

/** The frame of pages that nobody need be signed in for. */
export function Entry({ children }: { children: ReactNode }): JSX.Element {
  return (
    <div className="entry">
      <a className="skip" href="#content">Skip to the page</a>
      <header>
        <Link to="/" className="brand">
          <Mark />Weir
        </Link>
        <span className="row">
          <ThemeButton />
          <Link to="/login" className="button tight">Sign in</Link>
        </span>
      </header>
      <main id="content" tabIndex={-1}>{children}</main>
      <footer>
        <span>Weir, a payout ledger</span>
        <span>Every number can be traced to the facts that make it.</span>
      </footer>
    </div>
  );
}

export function Door(
  { title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode },
): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Weir`;
  }, [title]);
  return (
    <Entry>
      <div className="door">
        <section className="panel">
          <div>
            <h1>{title}</h1>
            {lead && <p className="soft">{lead}</p>}
          </div>
          {children}
        </section>
      </div>
    </Entry>
  );
}
