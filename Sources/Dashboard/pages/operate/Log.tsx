import { useEffect, useState } from "react";
import { event as eventAnswer, events as eventsAnswer } from "../../core/deskAnswers";
import { query } from "../../core/api";
import { useHealth } from "../../core/live";
import { usePages } from "../../core/pages";
import { useLoaded } from "../../core/query";
import { Link, useQueryValue } from "../../core/router";
import { eventWords } from "../../core/words";
import { Badge, Empty, Panel, Shown, When } from "../../parts/basics";
import { EventParts, EventRows } from "../../parts/Events";
import { SelectField, TextField } from "../../parts/form";
import { Replay } from "../../parts/Replay";
import { Page } from "../../parts/Shell";
import { NoticeOf } from "./RawNotice";

const families = [
  ["", "Every family"],
  ["payment.", "Payments"],
  ["accumulation.", "Accumulations"],
  ["batch.", "Batches"],
  ["split.", "Swaps"],
  ["hostpay.", "Fundings"],
  ["transfer.", "Transfers"],
  ["wallet.", "Wallet"],
  ["conversion.", "Conversions"],
  ["order.", "Orders"],
  ["channel.", "Channels"],
  ["ledger.", "Ledger"],
  ["account.", "Accounts"],
] as const;

const detail = (position: number): string => `/api/admin/events/${position}`;
const link = (position: number): string => `/operate/log/${position}`;

/** The log itself, up to any position. */
export function Log(): JSX.Element {
  const health = useHealth();
  const [asof, setAsOf] = useQueryValue("asof");
  const [name, setName] = useQueryValue("name");
  const [channel, setChannel] = useQueryValue("channel");
  const [account, setAccount] = useQueryValue("account");
  const [opened, setOpened] = useState<number | null>(null);
  const head = health?.position ?? 0;
  const chosen = asof === null ? null : Math.min(Number.parseInt(asof, 10) || 1, head || Infinity);
  const until = chosen ?? head;
  const isFiltered = [name, channel, account].some((one) => (one ?? "") !== "");
  // Unfiltered, a page is the last two hundred; filtered, whatever is found up to a bound.
  const first = isFiltered ? 0 : Math.max(0, until - 200);
  const loaded = usePages({
    name: `log ${until} ${name ?? ""} ${channel ?? ""} ${account ?? ""}`,
    decode: eventsAnswer,
    first,
    most: 6,
    path: until === 0
      ? null
      : (after) =>
        `/api/admin/events${query({ after, until, name, channel, account, limit: 500 })}`,
    items: (page) => page.events,
    next: (page) => page.next,
  });
  useEffect(() => setOpened(null), [name, channel, account]);

  return (
    <Page
      title="Log"
      position={until}
      replayed={chosen !== null}
      lead="Every fact, in the order it became true. Nothing here is ever changed."
    >
      <Panel
        title="Replay"
        actions={chosen === null
          ? <Badge tone="good">following</Badge>
          : <Badge tone="info">replayed</Badge>}
      >
        <Replay
          value={until}
          from={1}
          to={head}
          chosen={chosen}
          onChange={(value) => setAsOf(value === null ? null : String(value))}
        />
      </Panel>
      <div className="filters">
        <SelectField
          label="Family"
          className="slim"
          value={name ?? ""}
          onChange={setName}
          options={families.some(([one]) => one === (name ?? ""))
            ? families
            : [...families, [name ?? "", name ?? ""] as const]}
        />
        <TextField
          label="Channel"
          className="slim"
          value={channel ?? ""}
          onChange={setChannel}
          placeholder="-100… or ch-100…"
        />
        <TextField
          label="Account of the books"
          className="slim"
          value={account ?? ""}
          onChange={setAccount}
          placeholder="payable:ch-100…"
        />
      </div>
      <Panel
        title="Facts, newest first"
        flush
        footer={!isFiltered && first > 0
          ? <Link to={`/operate/log?asof=${first}`}>Older: up to #{first}</Link>
          : undefined}
      >
        <Shown of={loaded}>
          {(value) =>
            value.items.length === 0
              ? <Empty icon="log" title="No such fact up to here" />
              : (
                <EventRows
                  rows={[...value.items].reverse()}
                  opened={opened}
                  onOpen={setOpened}
                  detail={detail}
                  link={link}
                />
              )}
        </Shown>
      </Panel>
    </Page>
  );
}

/** One fact of the log. */
export function LogEvent({ position }: { position: string }): JSX.Element {
  const at = Number.parseInt(position, 10) || 0;
  const loaded = useLoaded(detail(at), eventAnswer);
  return (
    <Page
      title={loaded.value ? eventWords(loaded.value.name) : `Event ${at}`}
      position={at}
      replayed
      crumbs={<Link to={`/operate/log?asof=${at}`}>Log, as of #{at}</Link>}
      lead={loaded.value && (
        <>
          <code>{loaded.value.name}</code> · <When at={loaded.value.at} />
          {loaded.value.remark && ` · ${loaded.value.remark}`}
        </>
      )}
      actions={
        <>
          {at > 1 && <Link className="button" to={link(at - 1)}>Before</Link>}
          <Link className="button" to={link(at + 1)}>After</Link>
        </>
      }
    >
      <Shown of={loaded}>
        {(value) => (
          <>
            <EventParts event={value} link={link} />
            {value.name.startsWith("payment.observed") && <NoticeOf event={value} />}
          </>
        )}
      </Shown>
    </Page>
  );
}
