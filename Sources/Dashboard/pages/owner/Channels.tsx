import { Channel, channels as channelsAnswer } from "../../core/answers";
import { amount, brief, compare, minus, sum, zero } from "../../core/decimal";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { useSession } from "../../core/session";
import { plural, short } from "../../core/words";
import { Amount, Badge, Bar, Empty, Note, Shown, Tile } from "../../parts/basics";
import { Icon } from "../../parts/icons";
import { Page } from "../../parts/Shell";

/** Home: how much, how far, where it goes, and why not yet. */
export function Channels(): JSX.Element {
  const loaded = useLoaded("/api/channels", channelsAnswer);
  const { me } = useSession();
  const all = loaded.value?.channels ?? [];
  const isFull = loaded.value !== null && loaded.value.count >= loaded.value.max_channels;
  return (
    <Page
      title="Your channels"
      position={loaded.value?.position ?? loaded.answer?.position}
      actions={me?.email_verified && !isFull && (
        <Link to="/channels/new" className="button main">
          <Icon name="plus" />Add a channel
        </Link>
      )}
    >
      {me && !me.email_verified && (
        <Note tone="warn">
          <b>Confirm your e-mail address</b>
          <p>
            The link is in your inbox. Channels can be added once it is confirmed.{" "}
            <Link to="/account">Send it again</Link>
          </p>
        </Note>
      )}
      <Shown of={loaded}>
        {(value) =>
          value.channels.length === 0
            ? (
              <div className="panel">
                <Empty icon="channel" title="No channel yet">
                  <p>
                    Add your paid channel, its prices and your wallet. Subscribers pay in any coin;
                    you are paid in yours.
                  </p>
                  {me?.email_verified && (
                    <Link to="/channels/new" className="button main">Add your first channel</Link>
                  )}
                </Empty>
              </div>
            )
            : (
              <>
                <div className="tiles">
                  <Tile
                    name="Owed to you"
                    value={<Amount value={sum(all.map((one) => amount(one.owed)))} asset="USDT" />}
                    to="/payouts"
                  />
                  <Tile
                    name="Payments waiting"
                    value={all.reduce((count, one) => count + one.payments_waiting, 0)}
                    to="#channels"
                  />
                  <Tile
                    name="Channels"
                    value={
                      <>
                        {value.count} <small>of {value.max_channels}</small>
                      </>
                    }
                  />
                </div>
                <div className="grid" id="channels">
                  {value.channels.map((one) => <ChannelCard key={one.channel_key} channel={one} />)}
                </div>
              </>
            )}
      </Shown>
    </Page>
  );
}

/** Where the client's progress stands, in one line and one bar. */
export function Progress({ channel }: { channel: Channel }): JSX.Element {
  const progress = channel.progress;
  if (progress === null) return <p className="soft">Every payment is paid out at once.</p>;
  const waiting = amount(progress.waiting);
  const threshold = amount(progress.threshold);
  const left = minus(threshold, waiting);
  return (
    <div className="stack tightly">
      <div className="row between">
        <span>
          <b>
            <Link to={`/channels/${channel.channel_key}/timeline`}>
              <Amount value={waiting} />
            </Link>
          </b>{" "}
          <span className="soft">of {brief(threshold)} USD</span>
        </span>
        <span className="faint figures">{progress.percent}%</span>
      </div>
      <Bar
        part={waiting}
        whole={threshold}
        label={`${channel.open_channel_title}: on the way to the next payout`}
      />
      <p className="faint">
        {compare(left, zero) > 0
          ? `${brief(left)} USD to the next payout`
          : "The next payout is due"}
      </p>
    </div>
  );
}

function ChannelCard({ channel }: { channel: Channel }): JSX.Element {
  const home = `/channels/${channel.channel_key}`;
  return (
    <section className="panel" aria-label={channel.open_channel_title}>
      <header>
        <h2>
          <Link to={home}>{channel.open_channel_title}</Link>
        </h2>
        <Badge tone={channel.is_closed ? "plain" : "good"}>
          {channel.is_closed ? "closed" : "active"}
        </Badge>
      </header>
      <div className="inside">
        <Progress channel={channel} />
        {channel.waiting[0] && (
          <Note>
            <b>Why it waits</b>
            <p>{channel.waiting[0].text}</p>
          </Note>
        )}
        <dl className="facts">
          <dt>Paid in</dt>
          <dd>{channel.client_payout_currency} on {channel.client_payout_network}</dd>
          <dt>To</dt>
          <dd>
            <code title={channel.client_wallet_address}>
              {short(channel.client_wallet_address, 8, 6)}
            </code>
          </dd>
          <dt>Waiting</dt>
          <dd>
            <Link to={`${home}/timeline`}>{plural(channel.payments_waiting, "payment")}</Link>
          </dd>
        </dl>
      </div>
      <footer>
        <Link to={`${home}/timeline`} className="button tight">Timeline</Link>
        <Link to={home} className="button tight">Details</Link>
      </footer>
    </section>
  );
}
