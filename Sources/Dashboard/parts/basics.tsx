// The small parts every page is made of.

import { ReactNode, useEffect, useRef, useState } from "react";
import { Problem } from "../core/api";
import { amount, brief, Decimal, share, written } from "../core/decimal";
import { Loaded } from "../core/query";
import { Link } from "../core/router";
import { ago, moment } from "../core/time";
import { short } from "../core/words";
import { Icon, IconName } from "./icons";

export type Tone = "plain" | "good" | "warn" | "bad" | "info";

/** A word with a colour; the word alone says it. */
export function Badge(
  { tone = "plain", children }: { tone?: Tone; children: ReactNode },
): JSX.Element {
  return <span className={`badge ${tone === "plain" ? "" : tone}`}>{children}</span>;
}

export function Panel(
  { id, title, actions, alert = false, flush = false, children, footer }: {
    /** What a link on the same page leads to. */
    id?: string;
    title?: ReactNode;
    actions?: ReactNode;
    alert?: boolean;
    flush?: boolean;
    children: ReactNode;
    footer?: ReactNode;
  },
): JSX.Element {
  return (
    <section id={id} className={alert ? "panel alert" : "panel"}>
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {actions}
        </header>
      )}
      {flush ? children : <div className="inside">{children}</div>}
      {footer !== undefined && <footer>{footer}</footer>}
    </section>
  );
}

export function Note(
  { tone = "plain", children }: { tone?: Tone; children: ReactNode },
): JSX.Element {
  return (
    <div className={`note ${tone}`} role={tone === "bad" ? "alert" : undefined}>{children}</div>
  );
}

export function Failure({ problem }: { problem: Problem | null }): JSX.Element | null {
  if (!problem) return null;
  const wait = problem.retryAfter;
  return (
    <Note tone="bad">
      <p>{problem.message}</p>
      {problem.status === 429 && wait !== null && <p>Try again in {Math.ceil(wait)} s.</p>}
      {problem.fields.length > 0 && (
        <ul>{problem.fields.map((one) => <li key={one.field}>{one.field}: {one.problem}</li>)}</ul>
      )}
    </Note>
  );
}

export function Empty(
  { icon = "empty", title, children }: { icon?: IconName; title: string; children?: ReactNode },
): JSX.Element {
  return (
    <div className="empty">
      <Icon name={icon} />
      <p className="title">{title}</p>
      {children}
    </div>
  );
}

/** What was asked for, or why it isn't there: the same three states everywhere. */
export function Shown<T>(
  { of, children }: { of: Loaded<T>; children: (value: T) => ReactNode },
): JSX.Element {
  if (of.value !== null) {
    return (
      <>
        {of.problem && (
          <Note tone="warn">
            <p>Shown as last read. {of.problem.message}</p>
          </Note>
        )}
        {children(of.value)}
      </>
    );
  }
  if (of.problem) {
    return (
      <Note tone="bad">
        <p>{of.problem.status === 404 ? "There is no such thing here." : of.problem.message}</p>
        <p>
          <button type="button" className="link-button" onClick={of.reload}>Try again</button>
        </p>
      </Note>
    );
  }
  return <p className="loading" role="status">Reading the ledger…</p>;
}

/** An amount to two decimals, exact in its title. */
export function Amount(
  { value, asset, exact = false }: { value: string | Decimal; asset?: string; exact?: boolean },
): JSX.Element {
  const number = typeof value === "string" ? amount(value) : value;
  const whole = written(number);
  return (
    <span className="figures nowrap" title={asset ? `${whole} ${asset}` : whole}>
      {exact ? whole : brief(number)}
      {asset && <small className="faint">{` ${asset.replace("-ETH", "")}`}</small>}
    </span>
  );
}

/** A position of the log, leading to the event. */
export function Position({ at, to }: { at: number; to?: string }): JSX.Element {
  return <Link className="figures" to={to ?? `/operate/log/${at}`}>#{at}</Link>;
}

export function When(
  { at, relative = false }: { at: string | null; relative?: boolean },
): JSX.Element {
  if (at === null) return <span className="faint">never</span>;
  return (
    <time dateTime={at} title={at} className="figures nowrap">
      {relative ? ago(at) : moment(at)}
    </time>
  );
}

export function Bar(
  { part, whole, label }: { part: Decimal; whole: Decimal; label: string },
): JSX.Element {
  const along = share(part, whole);
  const percent = Math.floor(along * 100);
  return (
    <div
      className={along >= 1 ? "bar full" : "bar"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${brief(part)} of ${brief(whole)}`}
    >
      <svg aria-hidden="true">
        <rect width={`${along * 100}%`} height="100%" />
      </svg>
    </div>
  );
}

export function Copy(
  { text, brief: isBrief = true }: { text: string; brief?: boolean },
): JSX.Element {
  const [done, setDone] = useState(false);
  const copy = (): void => {
    void navigator.clipboard?.writeText(text).then(() => {
      setDone(true);
      setTimeout(() => setDone(false), 1500);
    });
  };
  return (
    <span className={isBrief ? "nowrap" : "wrap-any"}>
      <code title={text} className={isBrief ? "" : "wrap-any"}>
        {isBrief ? short(text, 8, 6) : text}
      </code>{" "}
      <button
        type="button"
        className="link-button small"
        onClick={copy}
        aria-label={`Copy ${short(text)}`}
      >
        {done ? "copied" : "copy"}
      </button>
    </span>
  );
}

export function Tile(
  { name, value, note, to, tone = "plain" }: {
    name: string;
    value: ReactNode;
    note?: ReactNode;
    to?: string;
    tone?: "plain" | "good" | "bad";
  },
): JSX.Element {
  const inside = (
    <>
      <span className="name">{name}</span>
      <span className="value">{value}</span>
      {note !== undefined && <span className="more">{note}</span>}
    </>
  );
  const kind = `tile ${tone}`;
  return to ? <Link to={to} className={kind}>{inside}</Link> : <div className={kind}>{inside}</div>;
}

/** What may be wider than the page scrolls by itself, by keyboard too. */
export function Scroll(
  { label, slim = false, children }: { label: string; slim?: boolean; children: ReactNode },
): JSX.Element {
  const own = useRef<HTMLDivElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const box = own.current;
    if (!box) return;
    const look = (): void => setWide(box.scrollWidth > box.clientWidth);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box);
    return () => observer.disconnect();
  }, [children]);
  const kind = slim ? "scroll slim" : "scroll";
  return isWide
    ? <div ref={own} className={kind} tabIndex={0} role="region" aria-label={label}>{children}</div>
    : <div ref={own} className={kind}>{children}</div>;
}

/** A window over the page; Escape and the backdrop close it. */
export function Window(
  { label, onClose, children }: { label: string; onClose: () => void; children: ReactNode },
): JSX.Element {
  const own = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = own.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={own}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === own.current && onClose()}
    >
      {children}
    </dialog>
  );
}
