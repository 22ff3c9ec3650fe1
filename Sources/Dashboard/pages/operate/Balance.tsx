import { trialBalance } from "../../core/deskAnswers";
import { amount, written } from "../../core/decimal";
import { useHealth } from "../../core/live";
import { useLoaded } from "../../core/query";
import { Link, useQueryValue } from "../../core/router";
import { Amount, Badge, Empty, Panel, Position, Scroll, Shown } from "../../parts/basics";
import { TextField } from "../../parts/form";
import { Replay } from "../../parts/Replay";
import { Page } from "../../parts/Shell";

/** Debits and credits of every account, now or as of any position. */
export function Balance(): JSX.Element {
  const health = useHealth();
  const [asof, setAsOf] = useQueryValue("asof");
  const [account, setAccount] = useQueryValue("account");
  const head = health?.position ?? 0;
  const chosen = asof === null ? null : Number.parseInt(asof, 10) || 0;
  const loaded = useLoaded(
    `/api/admin/trial-balance${chosen === null ? "" : `?asof=${chosen}`}`,
    trialBalance,
  );
  return (
    <Page
      title="Trial balance"
      position={loaded.value?.position}
      replayed={chosen !== null}
      lead="From the double entry of the facts themselves: per asset, debits equal credits after
        every one."
      actions={loaded.value && (
        <Badge tone={loaded.value.balanced ? "good" : "bad"}>
          {loaded.value.balanced ? "balanced" : "out of balance"}
        </Badge>
      )}
    >
      <Panel title="Replay">
        <Replay
          value={chosen ?? head}
          from={1}
          to={head}
          chosen={chosen}
          onChange={(value) => setAsOf(value === null ? null : String(value))}
        />
      </Panel>
      <Shown of={loaded}>
        {(value) => (
          <>
            <div className="tiles">
              {value.totals.map((one) => (
                <div className="tile" key={one.asset}>
                  <span className="name">{one.asset}</span>
                  <span className="value">{written(amount(one.debit))}</span>
                  <span className="note">
                    debits; credits{" "}
                    {one.debit === one.credit ? "are equal" : written(amount(one.credit))}
                  </span>
                </div>
              ))}
            </div>
            <Panel
              title="Accounts"
              flush
              actions={
                <TextField
                  label="Only accounts with"
                  className="slim"
                  value={account ?? ""}
                  onChange={setAccount}
                />
              }
            >
              {value.accounts.length === 0
                ? <Empty icon="scales" title="No money had moved by then" />
                : (
                  <Scroll label="Table">
                    <table>
                      <thead>
                        <tr>
                          <th>Account</th>
                          <th>Asset</th>
                          <th className="number">Debit</th>
                          <th className="number">Credit</th>
                          <th className="number">Balance</th>
                          <th>Last changed</th>
                        </tr>
                      </thead>
                      <tbody>
                        {value.accounts.filter((one) => one.account.includes(account ?? "")).map((
                          one,
                        ) => (
                          <tr key={`${one.account} ${one.asset}`}>
                            <td className="wrap-any">
                              {one.channel
                                ? (
                                  <>
                                    {one.account.split(":")[0]}{" "}
                                    <Link to={`/operate/timeline/${one.channel}`}>
                                      <code>{one.channel}</code>
                                    </Link>
                                  </>
                                )
                                : one.account}
                            </td>
                            <td>{one.asset}</td>
                            <td className="number">
                              <Amount value={one.debit} exact />
                            </td>
                            <td className="number">
                              <Amount value={one.credit} exact />
                            </td>
                            <td className="number">
                              <b>
                                <Amount value={one.balance} exact />
                              </b>
                            </td>
                            <td>
                              <Position at={one.position} />
                            </td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </Scroll>
                )}
            </Panel>
          </>
        )}
      </Shown>
    </Page>
  );
}
