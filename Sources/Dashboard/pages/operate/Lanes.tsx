import { lanes as lanesAnswer } from "../../core/deskAnswers";
import { Decoded } from "../../core/decode";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { plural } from "../../core/words";
import { Badge, Empty, Panel, Shown, When } from "../../parts/basics";
import { Page } from "../../parts/Shell";
import { Table } from "../../parts/Table";

type Lane = Decoded<typeof lanesAnswer>["lanes"][number];

/** What a lane is for; its name is the old platform's queue. */
const jobs: Record<string, string> = {
  "nowpayments-invoice-queue": "Invoices",
  "accumulator-payment-queue": "Rates",
  "gcsplit-usdt-eth-estimate-queue": "Swap estimates",
  "gcsplit-eth-client-swap-queue": "Opening swaps",
  "gchostpay-status-check-queue": "Swap checks before funding",
  "gchostpay-payment-exec-queue": "Signing and sending",
  "gchostpay1-response-queue": "Watching swaps",
  telegram: "Invites and removals",
};

function State({ lane }: { lane: Lane }): JSX.Element {
  if (lane.shut_until !== null) {
    return (
      <>
        <Badge tone="bad">shut</Badge> <span className="faint">until</span>{" "}
        <When at={lane.shut_until} />
      </>
    );
  }
  if (lane.failures > 0) return <Badge tone="warn">failing</Badge>;
  return lane.running + lane.waiting > 0
    ? <Badge tone="info">working</Badge>
    : <Badge tone="good">idle</Badge>;
}

/** The queues of outside calls: each as fast as its other side takes it. */
export function Lanes(): JSX.Element {
  const loaded = useLoaded("/api/admin/lanes", lanesAnswer, 3000);
  return (
    <Page
      title="Lanes"
      position={loaded.value?.position}
      lead="Calls to providers, chain and Telegram wait in lanes. Ten calls without an answer in a
        row shut a lane for half a minute; then one tries."
    >
      <Panel
        title="Lanes"
        flush
        footer={<span className="small soft">A lane is listed from its first call on.</span>}
      >
        <Shown of={loaded}>
          {(value) =>
            value.lanes.length === 0
              ? (
                <Empty icon="clock" title="No call has been made yet">
                  <p>The first invoice or payment will open a lane.</p>
                </Empty>
              )
              : (
                <Table
                  rows={value.lanes}
                  name={(one) => one.lane}
                  columns={[
                    {
                      title: "Lane",
                      cell: (one) => (
                        <>
                          <b>{jobs[one.lane] ?? one.lane}</b>
                          <br />
                          <code className="faint">{one.lane}</code>
                        </>
                      ),
                    },
                    { title: "State", cell: (one) => <State lane={one} /> },
                    {
                      title: "Waiting",
                      isNumber: true,
                      cell: (one) => <Link to="/operate/sagas">{one.waiting}</Link>,
                    },
                    { title: "Under way", isNumber: true, cell: (one) => one.running },
                    {
                      title: "Without answer",
                      isNumber: true,
                      cell: (one) => one.failures === 0 ? "none" : `${one.failures} in a row`,
                    },
                    {
                      title: "Next may leave",
                      cell: (one) =>
                        one.next_at === null
                          ? <span className="faint">nothing waits</span>
                          : <When at={one.next_at} />,
                    },
                    {
                      title: "Limits",
                      cell: (one) => (
                        <span className="small soft">
                          {plural(one.calls_per_second, "call")} a second, {one.at_once}{" "}
                          at once; again after {one.retry_seconds} s
                        </span>
                      ),
                    },
                  ]}
                />
              )}
        </Shown>
      </Panel>
    </Page>
  );
}
