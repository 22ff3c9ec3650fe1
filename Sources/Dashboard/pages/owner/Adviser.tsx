import { useMemo, useState } from "react";
import { timeline as timelineAnswer } from "../../core/answers";
import { advise } from "../../core/advice";
import { query } from "../../core/api";
import { amount, brief, decimal } from "../../core/decimal";
import { usePages } from "../../core/pages";
import { span } from "../../core/time";
import { Panel, Scroll, Shown } from "../../parts/basics";
import { TextField } from "../../parts/form";

const choices = ["50", "100", "200", "350", "500", "1000"].map((one) => amount(one));

/** Replays the client's own payments against other thresholds. */
export function Adviser(
  { id, onChoose }: { id: string; onChoose: (threshold: string) => void },
): JSX.Element {
  const [fee, setFee] = useState("3");
  const loaded = usePages({
    name: `adviser ${id}`,
    decode: timelineAnswer,
    most: 10,
    path: (after) =>
      `/api/channels/${encodeURIComponent(id)}/timeline${query({ after, limit: 1000 })}`,
    items: (page) => page.entries,
    next: (page) => page.next,
  });
  const payments = useMemo(() =>
    (loaded.value?.items ?? [])
      .filter((one) =>
        one.name.startsWith("accumulation.locked") && one.amount?.asset === "USDT-ETH"
      )
      .map((one) => ({ at: Date.parse(one.at), value: amount(one.amount?.amount ?? "0") })), [
    loaded.value,
  ]);
  const cost = decimal(fee) ?? amount("0");
  const now = Date.now();
  return (
    <Panel
      title="What would another threshold have meant?"
      actions={
        <TextField
          label="Fees of one payout, in USD"
          className="slim"
          value={fee}
          onChange={setFee}
          inputMode="decimal"
        />
      }
      flush
    >
      <Shown of={loaded}>
        {() =>
          payments.length < 3
            ? (
              <div className="inside soft">
                Once a few payments have arrived, your own history is replayed here against other
                thresholds.
              </div>
            )
            : (
              <Scroll label="Table">
                <table>
                  <thead>
                    <tr>
                      <th>Threshold</th>
                      <th className="number">Payouts so far</th>
                      <th className="number">A month</th>
                      <th className="number">Wait on average</th>
                      <th className="number">Fees</th>
                      <th className="number">Waiting now</th>
                      <th>
                        <span className="unseen">Choose</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {choices.map((threshold) => {
                      const told = advise(payments, threshold, cost, now);
                      return (
                        <tr key={String(threshold.units)}>
                          <td>{brief(threshold)} USD</td>
                          <td className="number">{told.payouts}</td>
                          <td className="number">{told.monthly.toFixed(1)}</td>
                          <td className="number">{told.payouts === 0 ? "–" : span(told.wait)}</td>
                          <td className="number">
                            {told.payouts === 0 ? "–" : `${(told.feeShare / 100).toFixed(2)}%`}
                          </td>
                          <td className="number">{brief(told.left)}</td>
                          <td>
                            <button
                              type="button"
                              className="button tight"
                              onClick={() => onChoose(String(threshold.units))}
                            >
                              Use
                            </button>
                          </td>
                        </tr>
                      );
                    })}
                  </tbody>
                </table>
              </Scroll>
            )}
      </Shown>
    </Panel>
  );
}
