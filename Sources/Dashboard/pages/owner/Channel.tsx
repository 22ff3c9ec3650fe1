import { FormEvent, useState } from "react";
import {
  batches as batchesAnswer,
  Channel as ChannelValue,
  channel as channelAnswer,
} from "../../core/answers";
import { ask } from "../../core/api";
import { useDoing, useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { plain } from "../../core/words";
import {
  Amount,
  Badge,
  Copy,
  Empty,
  Failure,
  Note,
  Panel,
  Shown,
  Tile,
  When,
  Window,
} from "../../parts/basics";
import { BatchTable } from "../../parts/BatchTable";
import { TextField } from "../../parts/form";
import { Page } from "../../parts/Shell";
import { Progress } from "./Channels";
import { Liabilities } from "./Liabilities";

/** One channel of the owner's. */
export function Channel({ id }: { id: string }): JSX.Element {
  const path = `/api/channels/${encodeURIComponent(id)}`;
  const loaded = useLoaded(path, channelAnswer);
  const payouts = useLoaded(`${path}/payouts?limit=100`, batchesAnswer);
  const [isClosing, setClosing] = useState(false);
  const value = loaded.value;
  return (
    <Page
      title={value?.open_channel_title ?? "Channel"}
      position={loaded.answer?.position}
      crumbs={<Link to="/channels">Your channels</Link>}
      actions={value && (
        <>
          <Link className="button" to={`/channels/${id}/timeline`}>Timeline</Link>
          {!value.is_closed && (
            <Link className="button main" to={`/channels/${id}/edit`}>Edit</Link>
          )}
        </>
      )}
    >
      <Shown of={loaded}>
        {(channel) => (
          <>
            {channel.is_closed && (
              <Note tone="warn">
                This channel is closed for new orders. What it is owed is still paid out.
              </Note>
            )}
            <HeldChange channel={channel} path={path} />
            <div className="tiles">
              <Tile
                name="Owed"
                value={<Amount value={channel.owed} asset="USDT" />}
                to={`/channels/${id}/timeline`}
              />
              <Tile
                name="In payout now"
                value={<Amount value={channel.reserved_usd} asset="USDT" />}
                to={`/channels/${id}/timeline`}
              />
              <Tile
                name="Payments waiting"
                value={channel.payments_waiting}
                to={`/channels/${id}/timeline`}
              />
            </div>
            <div className="columns">
              <div className="stack">
                <Panel title="Next payout">
                  <Progress channel={channel} />
                  <Waiting channel={channel} />
                </Panel>
                <Panel title="Payouts" flush>
                  <Shown of={payouts}>
                    {(page) =>
                      page.batches.length === 0
                        ? (
                          <Empty icon="payout" title="No payout yet">
                            <p>The first one will stand here, with its receipt.</p>
                          </Empty>
                        )
                        : (
                          <BatchTable
                            batches={page.batches}
                            to={(one) => `/payouts/${one.channel}/${one.batch}`}
                          />
                        )}
                  </Shown>
                </Panel>
                <Liabilities path={path} />
              </div>
              <Settings channel={channel} onClose={() => setClosing(true)} />
            </div>
            {isClosing && (
              <CloseWindow
                channel={channel}
                path={path}
                etag={loaded.answer?.etag ?? null}
                onDone={() => setClosing(false)}
              />
            )}
          </>
        )}
      </Shown>
    </Page>
  );
}

/** Another wallet that waits for its time, and the way to keep the old one. */
function HeldChange(
  { channel, path }: { channel: ChannelValue; path: string },
): JSX.Element | null {
  const doing = useDoing();
  const held = channel.held_payout_change;
  if (!held) return null;
  const cancel = (): void => {
    void doing.run(async () => {
      await ask(`${path}/payout-change`, channelAnswer, { method: "DELETE" });
    });
  };
  return (
    <Note tone="warn">
      <p>
        From <When at={held.effective_at} /> on it is paid out in {held.client_payout_currency} on
        {" "}
        {held.client_payout_network} to <Copy text={held.client_wallet_address} />. Until then
        money goes to your old wallet.
      </p>
      <Failure problem={doing.problem} />
      <div className="row">
        <button type="button" className="button tight" disabled={doing.isBusy} onClick={cancel}>
          Keep the old wallet
        </button>
      </div>
    </Note>
  );
}

function Waiting({ channel }: { channel: ChannelValue }): JSX.Element | null {
  if (channel.waiting.length === 0) return null;
  return (
    <section className="stack tightly">
      <h3>Why is my payout waiting?</h3>
      <ul className="stack tightly">
        {channel.waiting.map((one) => (
          <li key={one.reason}>
            <Note tone={one.reason === "below_threshold" ? "plain" : "info"}>
              <p>{one.text}</p>
            </Note>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Settings(
  { channel, onClose }: { channel: ChannelValue; onClose: () => void },
): JSX.Element {
  return (
    <Panel
      title="Settings"
      footer={!channel.is_closed && (
        <button type="button" className="button danger tight" onClick={onClose}>
          Close the channel
        </button>
      )}
    >
      <dl className="facts">
        <dt>Open channel</dt>
        <dd>
          {channel.open_channel_title}
          <br />
          <Copy text={channel.open_channel_id} brief={false} />
        </dd>
        <dt>Paid channel</dt>
        <dd>
          {channel.closed_channel_title}
          <br />
          <Copy text={channel.closed_channel_id} brief={false} />
        </dd>
        <dt>Tiers</dt>
        <dd>
          {channel.tiers.map((one, index) => (
            <div key={index}>
              <Amount value={one.price} /> USD for {one.days} days
            </div>
          ))}
        </dd>
        <dt>Paid in</dt>
        <dd>
          <Badge tone="info">{channel.client_payout_currency}</Badge> on{" "}
          {channel.client_payout_network}
        </dd>
        <dt>Wallet</dt>
        <dd>
          <Copy text={channel.client_wallet_address} />
        </dd>
        <dt>Payouts</dt>
        <dd>
          {channel.payout_strategy === "threshold" && channel.payout_threshold_usd
            ? (
              <>
                from <Amount value={channel.payout_threshold_usd} /> USD on
              </>
            )
            : plain(channel.payout_strategy)}
        </dd>
      </dl>
    </Panel>
  );
}

function CloseWindow(
  { channel, path, etag, onDone }: {
    channel: ChannelValue;
    path: string;
    etag: string | null;
    onDone: () => void;
  },
): JSX.Element {
  const [typed, setTyped] = useState("");
  const doing = useDoing();
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      await ask(path, channelAnswer, { method: "DELETE", ifMatch: etag ?? "*" });
      onDone();
    });
  };
  return (
    <Window label="Close the channel" onClose={onDone}>
      <form onSubmit={send}>
        <h2>Close {channel.open_channel_title}</h2>
        <p className="soft">
          No new order is taken. Nothing is deleted: your history stays, and what you are owed is
          still paid out.
        </p>
        <TextField
          label={`Type ${channel.open_channel_id} to confirm`}
          value={typed}
          onChange={setTyped}
          className="mono"
          autoComplete="off"
          autoFocus
        />
        <Failure problem={doing.problem} />
        <div className="row">
          <button
            className="button danger"
            disabled={doing.isBusy || typed.trim() !== channel.open_channel_id}
          >
            Close the channel
          </button>
          <button type="button" className="button" onClick={onDone}>Keep it open</button>
        </div>
      </form>
    </Window>
  );
}
