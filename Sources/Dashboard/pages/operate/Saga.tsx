import { useState } from "react";
import { Outcome, saga as sagaAnswer } from "../../core/deskAnswers";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { useSession } from "../../core/session";
import { eventWords, plain } from "../../core/words";
import { actionWords, ActWindow } from "../../parts/Act";
import { Badge, Note, Panel, Position, Scroll, Shown, When } from "../../parts/basics";
import { Page } from "../../parts/Shell";
import { kindWords, waitWords } from "./SagaCard";

/** One process: where it stands, what may be done and why not, everything that happened. */
export function Saga({ id }: { id: string }): JSX.Element {
  const loaded = useLoaded(`/api/admin/sagas/${encodeURIComponent(id)}`, sagaAnswer);
  const { mayOperate } = useSession();
  const [action, setAction] = useState<string | null>(null);
  const [done, setDone] = useState<Outcome | null>(null);

  return (
    <Page
      title="Process"
      position={loaded.value?.position}
      crumbs={<Link to="/operate/sagas">Saga board</Link>}
      lead={<code className="wrap-any">{id}</code>}
    >
      {done && (
        <Note tone="good">
          Done: {done.events.length === 0
            ? "it was so already"
            : done.events.map((one) => eventWords(one.name)).join(", ")}.
        </Note>
      )}
      <Shown of={loaded}>
        {(value) => (
          <>
            <Panel title="Where it stands" flush>
              <Scroll label="Steps">
                <table>
                  <thead>
                    <tr>
                      <th>Step</th>
                      <th>State</th>
                      <th>Waits for</th>
                      <th>Due</th>
                      <th className="number">Tries</th>
                      <th>Event</th>
                    </tr>
                  </thead>
                  <tbody>
                    {value.steps.map((one) => (
                      <tr key={one.kind}>
                        <td>
                          <b>{kindWords(one.kind)}</b>
                        </td>
                        <td>
                          <Badge tone={one.stuck ? "bad" : one.is_ended ? "good" : "info"}>
                            {plain(one.state)}
                          </Badge>
                          <br />
                          <span className="faint">
                            since <When at={one.since} relative />
                          </span>
                        </td>
                        <td>
                          {one.waits_for ? waitWords(one.waits_for) : "nothing"}
                          {one.reason && (
                            <>
                              <br />
                              <b>{one.reason}</b>
                            </>
                          )}
                        </td>
                        <td>
                          {one.due_at
                            ? <When at={one.due_at} />
                            : <span className="faint">ended</span>}
                        </td>
                        <td className="number">{one.attempt}</td>
                        <td>
                          <Position at={one.position} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scroll>
            </Panel>
            <Panel title="What may be done">
              <div className="row">
                {value.actions.map((one) => (
                  <button
                    key={one.action}
                    type="button"
                    title={one.why ?? undefined}
                    className={one.allowed ? "button main" : "button"}
                    disabled={!one.allowed || !mayOperate}
                    onClick={() => setAction(one.action)}
                  >
                    {actionWords[one.action] ?? one.action}
                  </button>
                ))}
              </div>
              <ul className="small soft stack tightly">
                {value.actions.filter((one) => !one.allowed).map((one) => (
                  <li key={one.action}>
                    <b>{actionWords[one.action] ?? one.action}</b>: not now, {one.why}
                  </li>
                ))}
                {!mayOperate && <li>Your role may look, and not act.</li>}
              </ul>
            </Panel>
            <Panel title="What happened" flush>
              <Scroll label="Events">
                <table>
                  <thead>
                    <tr>
                      <th>Event</th>
                      <th>When</th>
                      <th>What</th>
                      <th>By</th>
                    </tr>
                  </thead>
                  <tbody>
                    {value.events.map((one, index) => (
                      <tr key={one.position ?? index}>
                        <td>{one.position !== null && <Position at={one.position} />}</td>
                        <td>
                          <When at={one.at} />
                        </td>
                        <td>
                          {eventWords(one.name)}
                          {one.remark && (
                            <>
                              <br />
                              <span className="faint wrap-any">{one.remark}</span>
                            </>
                          )}
                        </td>
                        <td>{one.actor}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scroll>
            </Panel>
          </>
        )}
      </Shown>
      {action && (
        <ActWindow
          subject={id}
          action={action}
          onClose={() => setAction(null)}
          onDone={(outcome) => {
            setDone(outcome);
            setAction(null);
          }}
        />
      )}
    </Page>
  );
}
