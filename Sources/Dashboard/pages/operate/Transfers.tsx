import { sagas as sagasAnswer } from "../../core/deskAnswers";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { plain } from "../../core/words";
import { Badge, Empty, Panel, Position, Scroll, Shown, When } from "../../parts/basics";
import { Page } from "../../parts/Shell";

/** Every transfer the host wallet was asked for, what needs a person first. */
export function Transfers(): JSX.Element {
  const loaded = useLoaded("/api/admin/sagas?kind=transfer&all=true&limit=500", sagasAnswer);
  return (
    <Page
      title="Transfers"
      position={loaded.value?.position}
      lead="One nonce, one payment at most: whatever was signed for a nonce, only one of it can
        count."
    >
      <Panel title="All transfers" flush>
        <Shown of={loaded}>
          {(value) =>
            value.sagas.length === 0
              ? (
                <Empty title="No transfer yet">
                  <p>The first payout will make one.</p>
                </Empty>
              )
              : (
                <Scroll label="Table">
                  <table>
                    <thead>
                      <tr>
                        <th>Transfer</th>
                        <th>State</th>
                        <th>Client</th>
                        <th className="number">Signatures</th>
                        <th>Since</th>
                        <th>Event</th>
                      </tr>
                    </thead>
                    <tbody>
                      {[...value.sagas]
                        .sort((a, b) =>
                          Number(b.stuck) - Number(a.stuck) || b.position - a.position
                        )
                        .map((one) => (
                          <tr key={one.id}>
                            <td>
                              <Link to={`/operate/sagas/${encodeURIComponent(one.id)}`}>
                                <code>{one.id}</code>
                              </Link>
                            </td>
                            <td>
                              <Badge tone={one.stuck ? "bad" : one.is_ended ? "good" : "info"}>
                                {plain(one.state)}
                              </Badge>
                              {one.reason && (
                                <>
                                  <br />
                                  <span className="small">{one.reason}</span>
                                </>
                              )}
                            </td>
                            <td>
                              <Link to={`/operate/timeline/${one.channel}`}>
                                <code>{one.channel}</code>
                              </Link>
                            </td>
                            <td className="number">{one.attempt}</td>
                            <td>
                              <When at={one.since} />
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
        </Shown>
      </Panel>
    </Page>
  );
}
