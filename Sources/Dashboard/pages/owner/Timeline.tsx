import { useMemo, useState } from "react";
import { balance as balanceAnswer, timeline as timelineAnswer } from "../../core/answers";
import { query } from "../../core/api";
import { amount } from "../../core/decimal";
import { usePages } from "../../core/pages";
import { useLoaded } from "../../core/query";
import { Link, useQueryValue } from "../../core/router";
import { Amount, Badge, Empty, Note, Panel, Shown, Tile, When } from "../../parts/basics";
import { Step, StepChart } from "../../parts/Chart";
import { EventRows } from "../../parts/Events";
import { Replay } from "../../parts/Replay";
import { Page } from "../../parts/Shell";

/** A client's history, replayed to any position: the address holds it, so it can be sent on. */
export function Timeline(
  { id, crumbs, eventLink, factsOf }: {
    id: string;
    crumbs: JSX.Element;
    eventLink?: (position: number) => string;
    /** Where the facts of a family are; below, for whoever sees this client alone. */
    factsOf?: (family: string, until: number | null) => string;
  },
): JSX.Element {
  const path = `/api/channels/${encodeURIComponent(id)}`;
  const [asof, setAsOf] = useQueryValue("asof");
  const [opened, setOpened] = useState<number | null>(null);
  const [isAll, setAll] = useState(false);
  const chosen = asof === null ? null : Number.parseInt(asof, 10) || 0;
  const loaded = usePages({
    name: `timeline ${id}`,
    decode: timelineAnswer,
    most: 10,
    path: (after) => `${path}/timeline${query({ after, limit: 1000 })}`,
    items: (page) => page.entries,
    next: (page) => page.next,
  });
  const balance = useLoaded(`${path}/balance${query({ asof: chosen })}`, balanceAnswer);

  const entries = useMemo(() => loaded.value?.items ?? [], [loaded.value]);
  const steps = useMemo<readonly Step[]>(() =>
    entries.map((one) => ({
      at: one.position,
      value: amount(one.balance.find((sum) => sum.asset === "USDT-ETH")?.amount ?? "0"),
    })), [entries]);
  const first = entries[0]?.position ?? 1;
  const last = entries[entries.length - 1]?.position ?? 1;
  const until = chosen ?? last;
  const shown = entries.filter((one) => one.position <= until).reverse();
  const moment = shown[0]?.at ?? null;
  const link = eventLink ?? ((position: number) => `/channels/${id}/timeline?asof=${position}`);
  const usdt = balance.value?.balances.find((one) => one.asset === "USDT-ETH");

  return (
    <Page
      title="Timeline"
      crumbs={crumbs}
      position={balance.value?.as_of ?? last}
      replayed={chosen !== null}
      lead={moment && (
        <>
          {chosen === null ? "Up to now" : "As it was"}: <When at={moment} />
        </>
      )}
    >
      <div className="tiles">
        {([
          ["Waiting", usdt?.waiting, "accumulation."],
          ["In payout", usdt?.in_payout, "batch."],
          ["On its way", usdt?.in_transit, "transfer."],
          ["Paid out so far", usdt?.paid, "accumulation.paid"],
        ] as const).map(([name, value, family]) => (
          <Tile
            key={name}
            name={name}
            value={<Amount value={value ?? "0"} asset="USDT" />}
            tone={name === "Paid out so far" ? "good" : "plain"}
            to={factsOf ? factsOf(family, chosen) : "#facts"}
          />
        ))}
      </div>
      <Panel
        title="What you were owed, step by step"
        actions={
          <Badge tone={chosen === null ? "good" : "info"}>
            {chosen === null ? "now" : `replayed to #${until}`}
          </Badge>
        }
      >
        <StepChart
          steps={steps}
          end={last}
          cursor={chosen === null ? null : until}
          label={`Owed in USDT from event ${first} to ${last}`}
        />
        <Replay
          value={until}
          from={first}
          to={last}
          chosen={chosen}
          onChange={(value) => {
            setAsOf(value === null ? null : String(value));
            setOpened(null);
          }}
        />
      </Panel>
      <Panel
        id="facts"
        title={`Facts up to #${until}, newest first`}
        flush
        footer={shown.length > 60 && !isAll
          ? (
            <button
              type="button"
              className="button tight"
              onClick={() => setAll(true)}
            >
              Show all {shown.length}
            </button>
          )
          : undefined}
      >
        <Shown of={loaded}>
          {(value) => (
            <>
              {value.isCut && (
                <Note tone="warn">Only the first {value.items.length} facts are shown.</Note>
              )}
              {shown.length === 0
                ? <Empty icon="clock" title="Nothing had happened by then" />
                : (
                  <EventRows
                    rows={isAll ? shown : shown.slice(0, 60)}
                    opened={opened}
                    onOpen={setOpened}
                    link={link}
                    detail={(position) => `${path}/events/${position}`}
                  />
                )}
            </>
          )}
        </Shown>
      </Panel>
    </Page>
  );
}

export function OwnerTimeline({ id }: { id: string }): JSX.Element {
  const crumbs = (
    <>
      <Link to="/channels">Your channels</Link> / <Link to={`/channels/${id}`}>Channel</Link>
    </>
  );
  return <Timeline id={id} crumbs={crumbs} />;
}

export function ClientTimeline({ id }: { id: string }): JSX.Element {
  const crumbs = (
    <>
      <Link to="/operate/channels">Clients</Link> / <code>{id}</code>
    </>
  );
  return (
    <Timeline
      id={id}
      crumbs={crumbs}
      eventLink={(position) => `/operate/log/${position}`}
      factsOf={(name, asof) => `/operate/log${query({ channel: id, name, asof })}`}
    />
  );
}
