import { Batch } from "../core/answers";
import { Link } from "../core/router";
import { short } from "../core/words";
import { Amount, Badge, Scroll, Tone, When } from "./basics";

const tones: Record<string, Tone> = {
  pending: "info",
  processing: "info",
  completed: "good",
  failed: "bad",
};

export function BatchStatus({ batch }: { batch: Batch }): JSX.Element {
  return <Badge tone={tones[batch.status] ?? "plain"}>{batch.status}</Badge>;
}

/** Payout batches, newest first. */
export function BatchTable(
  { batches, to, client }: {
    batches: readonly Batch[];
    to: (batch: Batch) => string;
    client?: (batch: Batch) => JSX.Element;
  },
): JSX.Element {
  return (
    <Scroll label="Table">
      <table>
        <thead>
          <tr>
            <th>Payout</th>
            {client && <th>Client</th>}
            <th>State</th>
            <th className="number">Value</th>
            <th className="number">Delivered</th>
            <th>Opened</th>
            <th className="number">Payments</th>
          </tr>
        </thead>
        <tbody>
          {[...batches].reverse().map((one) => (
            <tr key={one.batch}>
              <td>
                <Link to={to(one)}>{one.batch.replace(/^.*-b/, "Payout ")}</Link>
                <br />
                <span className="faint">
                  to <code title={one.wallet}>{short(one.wallet)}</code>
                </span>
              </td>
              {client && <td>{client(one)}</td>}
              <td>
                <BatchStatus batch={one} />
                {one.reason && (
                  <>
                    <br />
                    <span className="small">{one.reason}</span>
                  </>
                )}
              </td>
              <td className="number">
                <Link to={to(one)}>
                  <Amount value={one.total_usdt} asset="USDT" />
                </Link>
              </td>
              <td className="number">
                {one.delivered
                  ? (
                    <Amount
                      value={one.delivered}
                      asset={one.asset.split("-")[0] ?? one.asset}
                      exact
                    />
                  )
                  : <span className="faint">not yet</span>}
              </td>
              <td>
                <When at={one.opened_at} />
              </td>
              <td className="number">{one.members}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
