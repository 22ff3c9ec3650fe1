import { useState } from "react";
import {
  Batch,
  batches as batchesAnswer,
  Channel,
  channels as channelsAnswer,
  Entry,
  timeline as timelineAnswer,
} from "../../core/answers";
import { ask, query } from "../../core/api";
import { journal, payoutsCSV, save, timelineCSV } from "../../core/export";
import { useDoing, useLoaded } from "../../core/query";
import { Empty, Failure, Note, Panel, Shown } from "../../parts/basics";
import { Page } from "../../parts/Shell";

async function readTimeline(channel: string): Promise<{ entries: Entry[]; asOf: number }> {
  const entries: Entry[] = [];
  let after: number | null = 0;
  let asOf: number | null = null;
  while (after !== null) {
    const path: string = `/api/channels/${channel}/timeline${
      query({ after, asof: asOf, limit: 1000 })
    }`;
    const { value }: { value: { entries: Entry[]; as_of: number; next: number | null } } =
      await ask(path, timelineAnswer);
    entries.push(...value.entries);
    // Every further page speaks of the same position as the first.
    asOf ??= value.as_of;
    after = value.next;
  }
  return { entries, asOf: asOf ?? 0 };
}

async function readPayouts(channel: string): Promise<Batch[]> {
  const all: Batch[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const path: string = `/api/channels/${channel}/payouts${query({ after, limit: 500 })}`;
    const { value }: { value: { batches: Batch[]; next: number | null } } = await ask(
      path,
      batchesAnswer,
    );
    all.push(...value.batches);
    after = value.next;
  }
  return all;
}

/** Files for accountants, made from the ledger as it stands. */
export function Exports(): JSX.Element {
  const loaded = useLoaded("/api/channels", channelsAnswer);
  return (
    <Page
      title="Exports"
      position={loaded.value?.position ?? loaded.answer?.position}
      lead="Amounts are exact and times are UTC. Each row names its position in the log, so that
        it can be proved."
    >
      <Shown of={loaded}>
        {(value) =>
          value.channels.length === 0
            ? (
              <div className="panel">
                <Empty icon="export" title="Nothing to export yet" />
              </div>
            )
            : (
              <div className="grid">
                {value.channels.map((one) => <Files key={one.channel_key} channel={one} />)}
              </div>
            )}
      </Shown>
    </Page>
  );
}

function Files({ channel }: { channel: Channel }): JSX.Element {
  const doing = useDoing();
  const [said, setSaid] = useState("");
  const key = channel.channel_key;
  const make = (work: () => Promise<string>) => () => {
    setSaid("");
    void doing.run(async () => setSaid(await work()));
  };
  const timeline = (kind: "csv" | "json" | "journal") =>
    make(async () => {
      const { entries, asOf } = await readTimeline(key);
      const name = `${key}-as-of-${asOf}`;
      if (kind === "csv") save(`${name}.csv`, "text/csv", timelineCSV(key, entries));
      if (kind === "json") {
        save(`${name}.json`, "application/json", JSON.stringify(entries, null, 2));
      }
      if (kind === "journal") save(`${name}.journal`, "text/plain", journal(key, entries));
      return `${entries.length} facts, as of position ${asOf}.`;
    });
  const payouts = make(async () => {
    const all = await readPayouts(key);
    save(`${key}-payouts.csv`, "text/csv", payoutsCSV(all));
    return `${all.length} payouts.`;
  });
  return (
    <Panel title={channel.open_channel_title}>
      <p className="soft">Everything that happened, or the payouts alone.</p>
      <div className="row">
        <button type="button" className="button" disabled={doing.isBusy} onClick={timeline("csv")}>
          Timeline, CSV
        </button>
        <button type="button" className="button" disabled={doing.isBusy} onClick={payouts}>
          Payouts, CSV
        </button>
        <button
          type="button"
          className="button"
          disabled={doing.isBusy}
          onClick={timeline("journal")}
        >
          Journal, hledger
        </button>
        <button type="button" className="button" disabled={doing.isBusy} onClick={timeline("json")}>
          Timeline, JSON
        </button>
      </div>
      <Failure problem={doing.problem} />
      {said && (
        <Note tone="good">
          <p role="status">{said}</p>
        </Note>
      )}
    </Panel>
  );
}
