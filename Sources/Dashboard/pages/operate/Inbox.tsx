import { Notice, noticeAsItCame, notices as noticesAnswer } from "../../core/deskAnswers";
import { query } from "../../core/api";
import { useLoaded } from "../../core/query";
import { Link, useQueryValue } from "../../core/router";
import { plain } from "../../core/words";
import { Badge, Copy, Empty, Note, Panel, Position, Shown, Tone, When } from "../../parts/basics";
import { Page } from "../../parts/Shell";
import { Table } from "../../parts/Table";
import { RawNotice } from "./RawNotice";

const outcomes: Record<string, Tone> = {
  accepted: "good",
  replayed: "plain",
  ignored: "plain",
  refused: "warn",
  malformed: "warn",
  forged: "bad",
  unavailable: "bad",
};

function Signed({ notice }: { notice: Notice }): JSX.Element {
  return (
    <Badge tone={notice.signed === "good" ? "good" : "bad"}>signature {notice.signed}</Badge>
  );
}

function Ended({ notice }: { notice: Notice }): JSX.Element {
  return (
    <>
      <Badge tone={outcomes[notice.outcome] ?? "plain"}>{notice.outcome}</Badge>
      {notice.reason && (
        <>
          <br />
          <span className="small soft">{plain(notice.reason)}</span>
        </>
      )}
    </>
  );
}

/** What the payment provider sent, whatever became of it. */
export function Inbox(): JSX.Element {
  const [before, setBefore] = useQueryValue("before");
  const loaded = useLoaded(
    `/api/admin/notices${query({ before, limit: 100 })}`,
    noticesAnswer,
    5000,
  );
  return (
    <Page
      title="Webhook inbox"
      position={loaded.value?.position}
      lead="Every notice of the payment provider with what its signature is worth and what became
        of it."
    >
      <Note>
        <p>
          Kept in memory, some hundreds of them, until the service stops: what was refused is on
          no disk. What was taken is in the log for ever, byte for byte:{" "}
          <Link to="/operate/log?name=payment.observed">all observations</Link>.
        </p>
      </Note>
      <Panel
        title="Notices, newest first"
        flush
        footer={loaded.value && (loaded.value.next !== null || before) && (
          <span className="row">
            {before && (
              <button type="button" className="button tight" onClick={() => setBefore(null)}>
                Newest
              </button>
            )}
            {loaded.value.next !== null && (
              <button
                type="button"
                className="button tight"
                onClick={() => setBefore(String(loaded.value?.next))}
              >
                Older
              </button>
            )}
          </span>
        )}
      >
        <Shown of={loaded}>
          {(value) =>
            value.notices.length === 0
              ? (
                <Empty icon="inbox" title="No notice since the service started">
                  <p>The provider sends one whenever a payment changes.</p>
                </Empty>
              )
              : (
                <Table
                  rows={value.notices}
                  name={(one) => one.notice}
                  columns={[
                    {
                      title: "Notice",
                      cell: (one) => (
                        <Link className="nowrap" to={`/operate/inbox/${one.notice}`}>
                          No. {one.notice}
                        </Link>
                      ),
                    },
                    { title: "Received", cell: (one) => <When at={one.at} /> },
                    { title: "Signature", cell: (one) => <Signed notice={one} /> },
                    { title: "Outcome", cell: (one) => <Ended notice={one} /> },
                    {
                      title: "Led to",
                      cell: (one) =>
                        one.led_to === null
                          ? <span className="faint">nothing</span>
                          : <Position at={one.led_to} />,
                    },
                    {
                      title: "From",
                      cell: (one) => (
                        <>
                          <code>{one.from}</code>
                          <br />
                          <span className="faint">{one.bytes} bytes</span>
                        </>
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

/** One notice as it came. */
export function NoticePage({ number }: { number: string }): JSX.Element {
  const loaded = useLoaded(`/api/admin/notices/${encodeURIComponent(number)}`, noticeAsItCame);
  return (
    <Page
      title={`Notice ${number}`}
      crumbs={<Link to="/operate/inbox">Webhook inbox</Link>}
    >
      <Shown of={loaded}>
        {(value) => (
          <>
            <Panel title="What became of it" actions={<Signed notice={value} />}>
              <dl className="facts">
                <dt>Received</dt>
                <dd>
                  <When at={value.at} />, from <code>{value.from}</code>
                </dd>
                <dt>Outcome</dt>
                <dd>
                  <Ended notice={value} />
                </dd>
                <dt>Led to</dt>
                <dd>{value.led_to === null ? "nothing" : <Position at={value.led_to} />}</dd>
                <dt>Signature</dt>
                <dd>
                  {value.signature === null
                    ? "none"
                    : <Copy text={value.signature} brief={false} />}
                </dd>
              </dl>
            </Panel>
            <RawNotice raw={value.body} isCut={value.is_cut} />
          </>
        )}
      </Shown>
    </Page>
  );
}
