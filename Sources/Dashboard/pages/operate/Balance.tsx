import { trialBalance } from "../../core/deskAnswers";
import { query } from "../../core/api";
import { amount, written } from "../../core/decimal";
import { Decoded } from "../../core/decode";
import { useLoaded } from "../../core/query";
import { Link, useQueryValue } from "../../core/router";
import { Amount, Badge, Empty, Panel, Position, Shown, Tile } from "../../parts/basics";
import { TextField } from "../../parts/form";
import { useReplay } from "../../parts/Replay";
import { Page } from "../../parts/Shell";
import { Table } from "../../parts/Table";

/** Debits and credits of every account, now or as of any position. */
export function Balance(): JSX.Element {
  const { asof, replay } = useReplay();
  const [account, setAccount] = useQueryValue("account");
  const loaded = useLoaded(`/api/admin/trial-balance${query({ asof })}`, trialBalance);
  return (
    <Page
      title="Trial balance"
      position={loaded.value?.position}
      replayed={asof !== null}
      lead="From the double entry of the facts themselves: per asset, debits equal credits after
        every one."
      actions={loaded.value && (
        <Badge tone={loaded.value.balanced ? "good" : "bad"}>
          {loaded.value.balanced ? "balanced" : "out of balance"}
        </Badge>
      )}
    >
      {replay}
      <Shown of={loaded}>
        {(value) => (
          <>
            <div className="tiles">
              {value.totals.map((one) => (
                <Tile
                  key={one.asset}
                  name={one.asset}
                  value={written(amount(one.debit))}
                  note={`debits; credits ${
                    one.debit === one.credit ? "are equal" : written(amount(one.credit))
                  }`}
                  to={`/operate/log${query({ asof })}`}
                />
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
                  <Table
                    rows={value.accounts.filter((one) => one.account.includes(account ?? ""))}
                    name={(one) => `${one.account} ${one.asset}`}
                    columns={[
                      { title: "Account", cell: (one) => <AccountName line={one} /> },
                      { title: "Asset", cell: (one) => one.asset },
                      {
                        title: "Debit",
                        isNumber: true,
                        cell: (one) => <Amount value={one.debit} exact />,
                      },
                      {
                        title: "Credit",
                        isNumber: true,
                        cell: (one) => <Amount value={one.credit} exact />,
                      },
                      {
                        title: "Balance",
                        isNumber: true,
                        cell: (one) => (
                          <Link to={`/operate/log${query({ account: one.account, asof })}`}>
                            <Amount value={one.balance} exact />
                          </Link>
                        ),
                      },
                      { title: "Last changed", cell: (one) => <Position at={one.position} /> },
                    ]}
                  />
                )}
            </Panel>
          </>
        )}
      </Shown>
    </Page>
  );
}

function AccountName(
  { line }: { line: Decoded<typeof trialBalance>["accounts"][number] },
): JSX.Element {
  if (line.channel === null) return <span className="wrap-any">{line.account}</span>;
  return (
    <span className="wrap-any">
      {line.account.split(":")[0]}{" "}
      <Link to={`/operate/timeline/${line.channel}`}>
        <code>{line.channel}</code>
      </Link>
    </span>
  );
}
