import { sagas as sagasAnswer } from "../../core/deskAnswers";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { plain } from "../../core/words";
import { Badge, Empty, Panel, Position, Shown, When } from "../../parts/basics";
import { Page } from "../../parts/Shell";
import { Table } from "../../parts/Table";

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
                <Table
                  rows={[...value.sagas].sort((a, b) =>
                    Number(b.stuck) - Number(a.stuck) || b.position - a.position
                  )}
                  name={(one) => one.id}
                  columns={[
                    {
                      title: "Transfer",
                      cell: (one) => (
                        <Link to={`/operate/sagas/${encodeURIComponent(one.id)}`}>
                          <code>{one.id}</code>
                        </Link>
                      ),
                    },
                    {
                      title: "State",
                      cell: (one) => (
                        <>
                          <Badge tone={one.stuck ? "bad" : one.is_ended ? "good" : "info"}>
                            {plain(one.state)}
                          </Badge>
                          {one.reason && (
                            <>
                              <br />
                              <span className="small">{one.reason}</span>
                            </>
                          )}
                        </>
                      ),
                    },
                    {
                      title: "Client",
                      cell: (one) => (
                        <Link to={`/operate/timeline/${one.channel}`}>
                          <code>{one.channel}</code>
                        </Link>
                      ),
                    },
                    { title: "Signatures", isNumber: true, cell: (one) => one.attempt },
                    { title: "Since", cell: (one) => <When at={one.since} /> },
                    { title: "Event", cell: (one) => <Position at={one.position} /> },
                  ]}
                />
              )}
        </Shown>
      </Panel>
    </Page>
  );
}
