import { alarms as alarmsAnswer, approvals, sagas, trialBalance } from "../../core/deskAnswers";
import { amount, negated, sum } from "../../core/decimal";
import { useHealth } from "../../core/live";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { capital, plain, plural } from "../../core/words";
import {
  Amount,
  Badge,
  Empty,
  Note,
  Panel,
  Position,
  Scroll,
  Shown,
  Tile,
  When,
} from "../../parts/basics";
import { Page } from "../../parts/Shell";
import { SagaCard } from "./SagaCard";

/** What needs a person first, then how much money stands where. */
export function Overview(): JSX.Element {
  const stuck = useLoaded("/api/admin/sagas?stuck=true&limit=100", sagas);
  const running = useLoaded("/api/admin/sagas?limit=500", sagas);
  const waiting = useLoaded("/api/admin/approvals", approvals);
  const alarms = useLoaded("/api/admin/alarms?limit=12", alarmsAnswer);
  const books = useLoaded("/api/admin/trial-balance", trialBalance);
  const health = useHealth();

  const held = (prefix: string): ReturnType<typeof sum> =>
    negated(sum(
      (books.value?.accounts ?? [])
        .filter((one) => one.account.startsWith(prefix) && one.asset === "USDT-ETH")
        .map((one) => amount(one.balance)),
    ));
  const parked = stuck.value?.sagas.length ?? 0;
  const asked = waiting.value?.transfers.length ?? 0;

  return (
    <Page
      title="Overview"
      position={stuck.value?.position}
      lead="What needs a person comes first. Everything else works by itself."
    >
      {health?.recovery && (
        <Note tone="bad">
          <b>Recovery is not done.</b> Nothing is signed until it is: {health.recovery}
        </Note>
      )}
      {health?.frozen && (
        <Note tone="bad">
          <b>Signing is frozen.</b> {health.frozen}.{" "}
          <Link to="/operate/approvals">See who froze it</Link>
        </Note>
      )}
      <Panel
        alert={parked > 0}
        title={parked > 0
          ? `${plural(parked, "process waits", "processes wait")} for a person`
          : "Parked work"}
        actions={<Link to="/operate/sagas" className="small">The whole board</Link>}
      >
        <Shown of={stuck}>
          {(value) =>
            value.sagas.length === 0
              ? (
                <Empty icon="check" title="Nothing is parked">
                  <p>No process waits for a person, and none is late.</p>
                </Empty>
              )
              : (
                <div className="board">
                  {value.sagas.slice(0, 6).map((one) => (
                    <SagaCard key={`${one.kind}${one.id}`} step={one} />
                  ))}
                </div>
              )}
        </Shown>
      </Panel>
      <div className="tiles">
        <Tile name="Parked" value={parked} tone={parked > 0 ? "bad" : "good"} to="/operate/sagas" />
        <Tile
          name="Second words needed"
          value={asked}
          tone={asked > 0 ? "bad" : "plain"}
          to="/operate/approvals"
        />
        <Tile name="Running" value={running.value?.sagas.length ?? "…"} to="/operate/sagas" />
        <Tile
          name="Owed, waiting"
          value={<Amount value={held("payable:")} asset="USDT" />}
          to="/operate/balance?account=payable"
        />
        <Tile
          name="In payout"
          value={<Amount value={held("reserved:")} asset="USDT" />}
          to="/operate/balance?account=reserved"
        />
        <Tile
          name="In suspense"
          value={<Amount value={held("suspense")} asset="USDT" />}
          to="/operate/balance?account=suspense"
        />
      </div>
      <div className="columns">
        <Panel title="Alarms" flush actions={<span className="faint">newest first</span>}>
          <Shown of={alarms}>
            {(value) =>
              value.alarms.length === 0
                ? (
                  <Empty icon="check" title="No alarm in the log">
                    <p>Facts that need a person will be listed here.</p>
                  </Empty>
                )
                : (
                  <Scroll label="Table">
                    <table>
                      <thead>
                        <tr>
                          <th>Event</th>
                          <th>What</th>
                          <th>Why</th>
                          <th>When</th>
                        </tr>
                      </thead>
                      <tbody>
                        {value.alarms.map((one) => (
                          <tr key={one.position}>
                            <td>
                              <Position at={one.position} />
                            </td>
                            <td>
                              <Badge tone="bad">{capital(plain(one.kind))}</Badge>
                              <br />
                              <code className="wrap-any">{one.subject}</code>
                            </td>
                            <td>{one.reason}</td>
                            <td>
                              <When at={one.at} relative />
                            </td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </Scroll>
                )}
          </Shown>
        </Panel>
        <Panel title="The service">
          <dl className="facts">
            <dt>State</dt>
            <dd>
              <Badge tone={health?.status === "healthy" ? "good" : "bad"}>
                {health?.status ?? "not known"}
              </Badge>
            </dd>
            {Object.entries(health?.components ?? {}).map(([name, state]) => (
              <ComponentState key={name} name={name} state={state} />
            ))}
            <dt>Books</dt>
            <dd>
              {books.value && (
                <Badge tone={books.value.balanced ? "good" : "bad"}>
                  {books.value.balanced ? "balanced" : "out of balance"}
                </Badge>
              )}
            </dd>
            <dt>Environment</dt>
            <dd>{health?.environment}</dd>
          </dl>
        </Panel>
      </div>
    </Page>
  );
}

function ComponentState({ name, state }: { name: string; state: string }): JSX.Element {
  return (
    <>
      <dt>{capital(plain(name))}</dt>
      <dd>
        <Badge tone={state === "healthy" ? "good" : "bad"}>{state}</Badge>
      </dd>
    </>
  );
}
