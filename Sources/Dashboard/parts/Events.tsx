// Events as rows; each opens to its cause, its effects, its double entry and its body.

import { useState } from "react";
import { Event, event as eventAnswer } from "../core/deskAnswers";
import { amount, brief } from "../core/decimal";
import { useLoaded } from "../core/query";
import { eventWords, plain } from "../core/words";
import { Amount, Copy, Panel, Position, Scroll, Shown, When } from "./basics";
import { Table } from "./Table";

export interface Row {
  readonly position: number;
  readonly at: string;
  readonly name: string;
  readonly amount?: { amount: string; asset: string } | null;
  readonly remark: string | null;
  readonly stream: string;
}

interface Reading {
  /** Where one event can be read. */
  detail(position: number): string;
  /** The page that shows a position. */
  link(position: number): string;
}

export function EventRows(
  { rows, opened, onOpen, ...reading }: {
    rows: readonly Row[];
    opened: number | null;
    onOpen: (position: number | null) => void;
  } & Reading,
): JSX.Element {
  return (
    <ul className="events">
      {rows.map((row) => {
        const isOpen = opened === row.position;
        return (
          <li key={row.position}>
            <button
              type="button"
              className="event"
              aria-expanded={isOpen}
              onClick={() => onOpen(isOpen ? null : row.position)}
            >
              <span className="at">#{row.position}</span>
              <span className="what">{eventWords(row.name)}</span>
              <span className="number">
                {row.amount && (
                  <>
                    {brief(amount(row.amount.amount))}{" "}
                    <span className="faint">{row.amount.asset}</span>
                  </>
                )}
              </span>
              <span className="rest">
                <When at={row.at} />
                {row.remark ? ` · ${row.remark}` : ""}
              </span>
            </button>
            {isOpen && <OpenEvent path={reading.detail(row.position)} link={reading.link} />}
          </li>
        );
      })}
    </ul>
  );
}

function OpenEvent({ path, link }: { path: string; link: Reading["link"] }): JSX.Element {
  const loaded = useLoaded(path, eventAnswer);
  return (
    <div className="detail">
      <Shown of={loaded}>{(value) => <EventParts event={value} link={link} />}</Shown>
    </div>
  );
}

/** Everything known of one event. */
export function EventParts(
  { event, link }: { event: Event; link: Reading["link"] },
): JSX.Element {
  const [isRaw, setRaw] = useState(false);
  return (
    <>
      <Panel title="Cause and effect">
        <dl className="facts">
          <dt>Caused by</dt>
          <dd>
            {event.cause
              ? (
                <>
                  <Position at={event.cause.position} to={link(event.cause.position)} />{" "}
                  {eventWords(event.cause.name)}
                </>
              )
              : event.caused_by !== null
              ? <>#{event.caused_by}</>
              : `came from outside, by ${event.actor}`}
          </dd>
          {event.together.length > 0 && <dt>Written with</dt>}
          {event.together.length > 0 && (
            <dd>
              {event.together.map((one) => (
                <div key={one.position}>
                  <Position at={one.position} to={link(one.position)} /> {eventWords(one.name)}
                </div>
              ))}
            </dd>
          )}
          <dt>Led to</dt>
          <dd>
            {event.effects.length === 0 && "nothing yet"}
            {event.effects.map((one) => (
              <div key={one.position}>
                <Position at={one.position} to={link(one.position)} /> {eventWords(one.name)}
              </div>
            ))}
          </dd>
          <dt>Actor</dt>
          <dd>{event.actor}</dd>
          <dt>Stream</dt>
          <dd>
            <code>{event.stream}</code>, version {event.version}
          </dd>
          <dt>Chain hash</dt>
          <dd>
            <Copy text={event.hash} />
          </dd>
        </dl>
      </Panel>
      {event.postings.length > 0 && (
        <Panel title="Double entry" flush>
          <Scroll label="Double entry" slim>
            <table>
              <thead>
                <tr>
                  <th>Account</th>
                  <th className="number">Debit</th>
                  <th className="number">Credit</th>
                </tr>
              </thead>
              <tbody>
                {event.postings.map((one, index) => {
                  const isCredit = one.amount.amount.startsWith("-");
                  const size = one.amount.amount.replace("-", "");
                  const shown = <Amount value={size} asset={one.amount.asset} exact />;
                  return (
                    <tr key={index}>
                      <td className="wrap-any">{plain(one.account)}</td>
                      <td className="number">{isCredit ? "" : shown}</td>
                      <td className="number">{isCredit ? shown : ""}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </Scroll>
        </Panel>
      )}
      {event.body !== null && event.body !== undefined && (
        <div>
          <button
            type="button"
            className="button tight"
            aria-expanded={isRaw}
            onClick={() => setRaw(!isRaw)}
          >
            {isRaw ? "Hide the stored body" : "Show the stored body"}
          </button>
          {isRaw && <pre className="secret">{JSON.stringify(event.body, null, 2)}</pre>}
        </div>
      )}
    </>
  );
}

/** The events of one process or payment, oldest first, each leading to its page. */
export function Happened(
  { events }: {
    events: readonly {
      position: number | null;
      at: string | null;
      name: string;
      actor: string | null;
      remark: string | null;
    }[];
  },
): JSX.Element {
  return (
    <Panel title="What happened" flush>
      <Table
        label="Events"
        rows={events}
        name={(one, index) => one.position ?? index}
        columns={[
          {
            title: "Event",
            cell: (one) => one.position !== null && <Position at={one.position} />,
          },
          { title: "When", cell: (one) => <When at={one.at} /> },
          {
            title: "What",
            cell: (one) => (
              <>
                {eventWords(one.name)}
                {one.remark && (
                  <>
                    <br />
                    <span className="faint wrap-any">{one.remark}</span>
                  </>
                )}
              </>
            ),
          },
          { title: "By", cell: (one) => one.actor },
        ]}
      />
    </Panel>
  );
}
