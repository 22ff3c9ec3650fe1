import {
  alarms as alarmsAnswer,
  approvals,
  differences,
  heldPayments,
  sagas,
  trialBalance,
} from "../../core/deskAnswers";
import { amount, negated, sum } from "../../core/decimal";
import { Decoded } from "../../core/decode";
import { useHealth } from "../../core/live";
import { Loaded, useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { capital, plain, plural } from "../../core/words";
import { Amount, Badge, Empty, Note, Panel, Position, Shown, Tile, When } from "../../parts/basics";
import { Page } from "../../parts/Shell";
import { Table } from "../../parts/Table";
import { SagaCard } from "./SagaCard";

type Alarms = Decoded<typeof alarmsAnswer>;

/** What needs a person first, then how much money stands where. */
export function Overview(): JSX.Element {
  const stuck = useLoaded("/api/admin/sagas?stuck=true&limit=100", sagas);
  const running = useLoaded("/api/admin/sagas?limit=500", sagas);
  const waiting = useLoaded("/api/admin/approvals", approvals);
  const held = useLoaded("/api/admin/payments?held=true&limit=200", heldPayments);
  const outside = useLoaded("/api/admin/differences", differences);
  const alarms = useLoaded("/api/admin/alarms?limit=12", alarmsAnswer);
  const health = useHealth();
  const parked = stuck.value?.sagas.length ?? 0;

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
      {health?.access && (
        <Note tone={health.access.startsWith("off") ? "plain" : "bad"}>
          <b>Access to channels does not work.</b> {health.access}
        </Note>
      )}
      <div className="tiles">
        <Needed name="Parked" count={parked} of={stuck} to="/operate/sagas" />
        <Needed
          name="Held payments"
          count={held.value?.payments.length}
          of={held}
          to="/operate/payments"
        />
        <Needed
          name="Differences"
          count={outside.value?.differences.length}
          of={outside}
          to="/operate/reconciliation"
        />
        <Needed
          name="Second words"
          count={waiting.value?.transfers.length}
          of={waiting}
          to="/operate/approvals"
        />
        <Tile name="Running" value={running.value?.sagas.length ?? "…"} to="/operate/sagas" />
      </div>
      <div className="columns">
        <LastAlarms of={alarms} />
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
                  <Empty icon="check" title="No process is parked">
                    <p>None waits for a person, and none is late.</p>
                  </Empty>
                )
                : (
                  <div className="stack">
                    {value.sagas.slice(0, 6).map((one) => (
                      <SagaCard key={`${one.kind}${one.id}`} step={one} />
                    ))}
                  </div>
                )}
          </Shown>
        </Panel>
      </div>
      <Money />
    </Page>
  );
}

/** How many things of a kind need a person. */
function Needed(
  { name, count, of, to }: {
    name: string;
    count: number | undefined;
    of: Loaded<unknown>;
    to: string;
  },
): JSX.Element {
  const isRead = of.value !== null && count !== undefined;
  return (
    <Tile
      name={name}
      value={isRead ? count : of.problem ? "not known" : "…"}
      tone={isRead && count === 0 ? "good" : isRead || of.problem ? "bad" : "plain"}
      to={to}
    />
  );
}

function LastAlarms({ of }: { of: Loaded<Alarms> }): JSX.Element {
  return (
    <Panel title="Alarms" flush actions={<span className="faint">newest first</span>}>
      <Shown of={of}>
        {(value) =>
          value.alarms.length === 0
            ? (
              <Empty icon="check" title="No alarm in the log">
                <p>Facts that need a person will be listed here.</p>
              </Empty>
            )
            : (
              <Table
                label="Alarms"
                rows={value.alarms}
                name={(one) => one.position}
                columns={[
                  { title: "Event", cell: (one) => <Position at={one.position} /> },
                  {
                    title: "What",
                    cell: (one) => (
                      <>
                        <Badge tone="bad">{capital(plain(one.kind))}</Badge>
                        <br />
                        <code className="wrap-any">{one.subject}</code>
                      </>
                    ),
                  },
                  { title: "Why", cell: (one) => one.reason },
                  { title: "When", cell: (one) => <When at={one.at} relative /> },
                ]}
              />
            )}
      </Shown>
    </Panel>
  );
}

/** Where the money stands, and how the service is. */
function Money(): JSX.Element {
  const books = useLoaded("/api/admin/trial-balance", trialBalance);
  const health = useHealth();
  const of = (prefix: string): ReturnType<typeof sum> =>
    negated(sum(
      (books.value?.accounts ?? [])
        .filter((one) => one.account.startsWith(prefix) && one.asset === "USDT-ETH")
        .map((one) => amount(one.balance)),
    ));
  return (
    <>
      <div className="tiles">
        {([
          ["Owed, waiting", "payable"],
          ["In payout", "reserved"],
          ["In suspense", "suspense"],
        ] as const).map(([name, account]) => (
          <Tile
            key={account}
            name={name}
            value={<Amount value={of(account)} asset="USDT" />}
            to={`/operate/balance?account=${account}`}
          />
        ))}
      </div>
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
    </>
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
