import { Batch, batches as batchesAnswer, channels as channelsAnswer } from "../../core/answers";
import { query } from "../../core/api";
import { amount, sum } from "../../core/decimal";
import { usePages } from "../../core/pages";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { plural } from "../../core/words";
import { Amount, Copy, Empty, Note, Panel, Shown, Tile, When } from "../../parts/basics";
import { BatchStatus, BatchTable } from "../../parts/BatchTable";
import { Page } from "../../parts/Shell";

/** Every payout of the account's channels. */
export function Payouts(): JSX.Element {
  const own = useLoaded("/api/channels", channelsAnswer);
  const loaded = usePages({
    name: "own payouts",
    decode: batchesAnswer,
    path: (after) => `/api/batches${query({ after, limit: 500 })}`,
    items: (page) => page.batches,
    next: (page) => page.next,
  });
  const titles = new Map(
    (own.value?.channels ?? []).map((one) => [one.channel_key, one.open_channel_title]),
  );
  const done = (loaded.value?.items ?? []).filter((one) => one.status === "completed");
  return (
    <Page
      title="Payouts"
      position={loaded.value?.position}
      lead="Each payout is one batch of payments, one swap and one transaction. Its receipt lists
        them all."
      actions={<Link to="/exports" className="button">Export</Link>}
    >
      <div className="tiles">
        <Tile
          name="Paid out"
          tone="good"
          value={<Amount value={sum(done.map((one) => amount(one.total_usdt)))} asset="USDT" />}
          to="#payouts"
        />
        <Tile name="Payouts delivered" value={done.length} to="#payouts" />
        <Tile
          name="Owed now"
          value={
            <Amount
              value={sum((own.value?.channels ?? []).map((one) => amount(one.owed)))}
              asset="USDT"
            />
          }
          to="/channels"
        />
      </div>
      <Panel id="payouts" title="All payouts" flush>
        <Shown of={loaded}>
          {(value) =>
            value.items.length === 0
              ? (
                <Empty icon="payout" title="No payout yet">
                  <p>Once a channel crosses its threshold, its payout stands here.</p>
                </Empty>
              )
              : (
                <BatchTable
                  batches={value.items}
                  to={(one) => `/payouts/${one.channel}/${one.batch}`}
                  client={(one) => (
                    <Link to={`/channels/${one.channel}`}>
                      {titles.get(one.channel) ?? one.channel}
                    </Link>
                  )}
                />
              )}
        </Shown>
      </Panel>
    </Page>
  );
}

/** One payout, from the payments in it to the coins that arrived. */
export function Receipt({ channel, batch }: { channel: string; batch: string }): JSX.Element {
  const loaded = useLoaded(
    `/api/channels/${encodeURIComponent(channel)}/payouts?limit=500`,
    batchesAnswer,
  );
  return (
    <Page
      title="Receipt"
      position={loaded.value?.position}
      crumbs={
        <>
          <Link to="/payouts">Payouts</Link> / <code>{batch}</code>
        </>
      }
      actions={<button type="button" className="button" onClick={() => print()}>Print</button>}
    >
      <Shown of={loaded}>
        {(value) => {
          const found = value.batches.find((one) => one.batch === batch);
          return found
            ? <ReceiptOf batch={found} />
            : <Note tone="bad">There is no such payout of this channel.</Note>;
        }}
      </Shown>
    </Page>
  );
}

function ReceiptOf({ batch }: { batch: Batch }): JSX.Element {
  const coin = batch.asset.split("-")[0] ?? batch.asset;
  const at = (position: number): string => `/channels/${batch.channel}/timeline?asof=${position}`;
  return (
    <>
      <div className="tiles">
        <Tile
          name="Value of the payments"
          value={<Amount value={batch.total_usdt} asset="USDT" />}
          note={plural(batch.members, "payment")}
          to={at(batch.position)}
        />
        <Tile
          name="Delivered"
          tone="good"
          value={batch.delivered
            ? <Amount value={batch.delivered} asset={coin} exact />
            : "not yet"}
        />
        <Tile name="State" value={<BatchStatus batch={batch} />} note={batch.reason ?? undefined} />
      </div>
      <Panel title="How it went">
        <dl className="facts">
          <dt>Opened</dt>
          <dd>
            <When at={batch.opened_at} />
          </dd>
          <dt>Handed to the swap</dt>
          <dd>
            <When at={batch.handed_off_at} />
          </dd>
          <dt>Sent</dt>
          <dd>
            <When at={batch.funded_at} />
          </dd>
          <dt>Ended</dt>
          <dd>
            <When at={batch.ended_at} />
          </dd>
          <dt>Swap</dt>
          <dd>{batch.swap ? <Copy text={batch.swap} brief={false} /> : "not opened"}</dd>
          <dt>Transaction</dt>
          <dd>{batch.tx_hash ? <Copy text={batch.tx_hash} brief={false} /> : "not signed"}</dd>
          <dt>To wallet</dt>
          <dd>
            <Copy text={batch.wallet} brief={false} />
          </dd>
          <dt>Log position</dt>
          <dd>
            <Link to={at(batch.position)}>#{batch.position}, replayed</Link>
          </dd>
        </dl>
      </Panel>
    </>
  );
}
