import { accounts as accountsAnswer, rows as rowsAnswer } from "../../core/deskAnswers";
import { amount, brief } from "../../core/decimal";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { plural } from "../../core/words";
import { Amount, Badge, Empty, Panel, Position, Scroll, Shown, When } from "../../parts/basics";
import { Page } from "../../parts/Shell";

const word = (
  value: unknown,
): string => (value === null || value === undefined ? "" : String(value));

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
                <Scroll label="Table">
                  <table>
                    <thead>
                      <tr>
                        <th>Channel</th>
                        <th>Paid in</th>
                        <th className="number">Owed</th>
                        <th className="number">In payout</th>
                        <th className="number">Paid out</th>
                        <th className="number">Payments</th>
                        <th>Last payment</th>
                        <th>Event</th>
                      </tr>
                    </thead>
                    <tbody>
                      {value.rows.map((row) => (
                        <tr key={word(row["channel"])}>
                          <td>
                            <Link to={`/operate/timeline/${word(row["channel"])}`}>
                              {word(row["open_title"])}
                            </Link>
                            <br />
                            <code className="faint">{word(row["channel"])}</code>
                          </td>
                          <td>
                            {word(row["payout_asset"])}
                            <br />
                            <span className="faint">
                              {row["payout_strategy"] === "instant"
                                ? "at once"
                                : `from ${brief(amount(word(row["threshold_usd"])))} USD`}
                            </span>
                          </td>
                          <td className="number">
                            <Amount value={word(row["payable_usdt"])} />
                          </td>
                          <td className="number">
                            <Amount value={word(row["reserved_usdt"])} />
                          </td>
                          <td className="number">
                            <Amount value={word(row["paid_usdt"])} />
                          </td>
                          <td className="number">{word(row["payments"])}</td>
                          <td>
                            <When
                              at={row["last_payment_at"] === null
                                ? null
                                : word(row["last_payment_at"])}
                            />
                          </td>
                          <td>
                            <Position at={Number(row["position"])} />
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </Scroll>
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
                <Scroll label="Table">
                  <table>
                    <thead>
                      <tr>
                        <th>Name</th>
                        <th>Roles</th>
                        <th>State</th>
                        <th>Channels</th>
                        <th className="number">Sessions</th>
                      </tr>
                    </thead>
                    <tbody>
                      {value.accounts.map((one) => (
                        <tr key={one.user_id}>
                          <td>
                            <b>{one.username}</b>
                            <br />
                            <code className="faint">{one.user_id}</code>
                          </td>
                          <td>
                            <span className="row">
                              {one.roles.map((role) => (
                                <Badge key={role} tone={role === "owner" ? "plain" : "info"}>
                                  {role}
                                </Badge>
                              ))}
                            </span>
                          </td>
                          <td>
                            {one.is_closed
                              ? <Badge tone="bad">closed</Badge>
                              : one.email_verified
                              ? <Badge tone="good">verified</Badge>
                              : <Badge tone="warn">e-mail not verified</Badge>}
                          </td>
                          <td>
                            {one.channels.length === 0 && <span className="faint">none</span>}
                            {one.channels.map((key) => (
                              <div key={key}>
                                <Link to={`/operate/timeline/${key}`}>
                                  <code>{key}</code>
                                </Link>
                              </div>
                            ))}
                          </td>
                          <td className="number">{plural(one.sessions, "session")}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </Scroll>
              )}
        </Shown>
      </Panel>
    </Page>
  );
}
