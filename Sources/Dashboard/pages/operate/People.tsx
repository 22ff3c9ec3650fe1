import { accounts as accountsAnswer, rows as rowsAnswer } from "../../core/deskAnswers";
import { query } from "../../core/api";
import { amount, brief } from "../../core/decimal";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { plural } from "../../core/words";
import { Amount, Badge, Empty, Panel, Position, Shown, When } from "../../parts/basics";
import { Page } from "../../parts/Shell";
import { Column, Table } from "../../parts/Table";

const word = (
  value: unknown,
): string => (value === null || value === undefined ? "" : String(value));

type Row = Record<string, unknown>;

const home = (row: Row): string => `/operate/timeline/${word(row["channel"])}`;
const facts = (wanted: Record<string, string>): string => `/operate/log${query(wanted)}`;

/** A sum in USDT that leads to the facts of its account, or to the client's history. */
const figure = (title: string, name: string, account: string | null): Column<Row> => ({
  title,
  isNumber: true,
  cell: (row) => (
    <Link
      to={account === null
        ? home(row)
        : facts({ account: `${account}:${word(row["channel"])}` })}
    >
      <Amount value={word(row[name])} />
    </Link>
  ),
});

/** Every client on one line: what is owed, what was paid. */
export function Clients(): JSX.Element {
  const loaded = useLoaded("/api/admin/projections/client_views?limit=500", rowsAnswer);
  return (
    <Page
      title="Clients"
      position={loaded.value?.position}
      lead="One line a channel; each leads to its own history."
    >
      <Panel title="Channels" flush>
        <Shown of={loaded}>
          {(value) =>
            value.rows.length === 0
              ? <Empty icon="channel" title="No channel is registered yet" />
              : (
                <Table
                  rows={value.rows}
                  name={(row) => word(row["channel"])}
                  columns={[
                    {
                      title: "Channel",
                      cell: (row) => (
                        <>
                          <Link to={home(row)}>{word(row["open_title"])}</Link>
                          <br />
                          <code className="faint">{word(row["channel"])}</code>
                        </>
                      ),
                    },
                    {
                      title: "Paid in",
                      cell: (row) => (
                        <>
                          {word(row["payout_asset"])}
                          <br />
                          <span className="faint">
                            {row["payout_strategy"] === "instant"
                              ? "at once"
                              : `from ${brief(amount(word(row["threshold_usd"])))} USD`}
                          </span>
                        </>
                      ),
                    },
                    figure("Owed", "payable_usdt", "payable"),
                    figure("In payout", "reserved_usdt", "reserved"),
                    figure("Paid out", "paid_usdt", null),
                    {
                      title: "Payments",
                      isNumber: true,
                      cell: (row) => (
                        <Link to={facts({ channel: word(row["channel"]), name: "payment." })}>
                          {word(row["payments"])}
                        </Link>
                      ),
                    },
                    {
                      title: "Last payment",
                      cell: (row) => (
                        <When
                          at={row["last_payment_at"] === null
                            ? null
                            : word(row["last_payment_at"])}
                        />
                      ),
                    },
                    { title: "Event", cell: (row) => <Position at={Number(row["position"])} /> },
                  ]}
                />
              )}
        </Shown>
      </Panel>
    </Page>
  );
}

/** Who may sign in, and as what. */
export function Accounts(): JSX.Element {
  const loaded = useLoaded("/api/admin/accounts?limit=200", accountsAnswer);
  return (
    <Page
      title="Accounts"
      lead="Roles are given with the operator key alone, and each change is a fact with its reason."
    >
      <Panel title="Accounts" flush>
        <Shown of={loaded}>
          {(value) =>
            value.accounts.length === 0
              ? <Empty icon="people" title="Nobody has signed up yet" />
              : (
                <Table
                  rows={value.accounts}
                  name={(one) => one.user_id}
                  columns={[
                    {
                      title: "Name",
                      cell: (one) => (
                        <>
                          <b>{one.username}</b>
                          <br />
                          <code className="faint">{one.user_id}</code>
                        </>
                      ),
                    },
                    {
                      title: "Roles",
                      cell: (one) => (
                        <span className="row">
                          {one.roles.map((role) => (
                            <Badge key={role} tone={role === "owner" ? "plain" : "info"}>
                              {role}
                            </Badge>
                          ))}
                        </span>
                      ),
                    },
                    {
                      title: "State",
                      cell: (one) =>
                        one.is_closed
                          ? <Badge tone="bad">closed</Badge>
                          : one.email_verified
                          ? <Badge tone="good">verified</Badge>
                          : <Badge tone="warn">e-mail not verified</Badge>,
                    },
                    {
                      title: "Channels",
                      cell: (one) => (
                        <>
                          {one.channels.length === 0 && <span className="faint">none</span>}
                          {one.channels.map((key) => (
                            <div key={key}>
                              <Link to={`/operate/timeline/${key}`}>
                                <code>{key}</code>
                              </Link>
                            </div>
                          ))}
                        </>
                      ),
                    },
                    {
                      title: "Sessions",
                      isNumber: true,
                      cell: (one) => plural(one.sessions, "session"),
                    },
                  ]}
                />
              )}
        </Shown>
      </Panel>
    </Page>
  );
}
