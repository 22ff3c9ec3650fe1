// Tables made anew from the log, from the page: compared first, then switched in, and back again.

import { useState } from "react";
import { rebuild as rebuildAnswer, RebuildJob } from "../../core/deskAnswers";
import { anything } from "../../core/decode";
import { useLoaded } from "../../core/query";
import { useSession } from "../../core/session";
import { span } from "../../core/time";
import { plural } from "../../core/words";
import { ReasonWindow } from "../../parts/Act";
import { Badge, Bar, Note, Panel, Position, Tone, When } from "../../parts/basics";
import { Table } from "../../parts/Table";

type Kind = "compare" | "rebuild" | "restore";

const titles: Record<Kind, string> = {
  compare: "Compare",
  rebuild: "Rebuild and switch",
  restore: "Switch back",
};

const help: Record<Kind, string> = {
  compare: "Makes the table anew beside the live one and tells every row that differs. Nothing " +
    "is changed.",
  rebuild: "Makes the table anew beside the live one, tells what differs, and switches it in. " +
    "The service goes on meanwhile, and the table before is kept.",
  restore: "Brings back the table that the last rebuild replaced. It takes in what it missed.",
};

const states: Record<string, readonly [word: string, tone: Tone]> = {
  running: ["running", "info"],
  done: ["done", "good"],
  failed: ["failed", "bad"],
};

/** What may be done with one table, and how the last work on any of them went. */
export function Rebuild({ table }: { table: string }): JSX.Element {
  const { mayOperate } = useSession();
  const [kind, setKind] = useState<Kind | null>(null);
  const [isWatched, setWatched] = useState(true);
  const { value } = useLoaded("/api/admin/rebuild", rebuildAnswer, isWatched ? 1000 : 0);
  const job = value?.job ?? null;
  const isRunning = job?.state === "running";
  if (value && isWatched !== isRunning) setWatched(isRunning);
  return (
    <>
      <Panel
        title="Made anew from the log"
        actions={mayOperate && (
          <span className="row">
            {(["compare", "rebuild", "restore"] as const).map((one) => (
              <button
                key={one}
                type="button"
                className={one === "compare" ? "button tight main" : "button tight"}
                disabled={isRunning}
                onClick={() => setKind(one)}
              >
                {titles[one]}
              </button>
            ))}
          </span>
        )}
      >
        {job
          ? <Job job={job} />
          : (
            <p className="soft">
              A table is a fold over the log: it can be thrown away and made again at any time.
              Compare first; nothing is changed by it.
            </p>
          )}
      </Panel>
      {kind && (
        <ReasonWindow
          title={`${titles[kind]}: ${table}`}
          lead={<p className="soft">{help[kind]}</p>}
          button={titles[kind]}
          path={`/api/admin/projections/${encodeURIComponent(table)}/${kind}`}
          decode={anything}
          onClose={() => setKind(null)}
          onDone={() => {
            setKind(null);
            setWatched(true);
          }}
        />
      )}
    </>
  );
}

function Job({ job }: { job: RebuildJob }): JSX.Element {
  const [word, tone] = states[job.state] ?? [job.state, "plain"];
  const of = (count: number) => ({ units: BigInt(count), scale: 0 });
  const left = job.facts_per_second > 0
    ? span(((job.total - job.done) / job.facts_per_second) * 1000)
    : null;
  return (
    <div className="stack">
      <div className="row between">
        <span>
          <b>{titles[job.kind as Kind] ?? job.kind}</b> <code>{job.table}</code>
        </span>
        <Badge tone={tone}>{word}</Badge>
      </div>
      {job.kind !== "restore" && (
        <Bar part={of(job.done)} whole={of(Math.max(1, job.total))} label="Facts taken in" />
      )}
      <p className="small soft">
        {job.done} of {plural(job.total, "fact")}
        {job.facts_per_second > 0 && `, ${job.facts_per_second} a second`}
        {job.state === "running" && left !== null && `, about ${left} left`}
        {" · "}
        {job.actor}, <When at={job.began_at} />: {job.reason}
      </p>
      {job.why && <Note tone="bad">{job.why}</Note>}
      {job.report && <Report job={job} report={job.report} />}
    </div>
  );
}

function Report(
  { job, report }: { job: RebuildJob; report: NonNullable<RebuildJob["report"]> },
): JSX.Element {
  const isSame = report.differing === 0;
  return (
    <>
      <Note tone={isSame ? "good" : "warn"}>
        <b>
          {report.differing === null
            ? "The old table had another shape"
            : isSame
            ? "Every row is what the log says"
            : `${plural(report.differing, "row was", "rows were")} not what the log says`}
        </b>
        <p>
          {plural(report.rows, "row")} as of <Position at={report.position} />
          {job.kind === "rebuild" && ", switched in"}
        </p>
        <p>
          Digest <code className="wrap-any">{report.digest}</code>
        </p>
      </Note>
      {report.differences.length > 0 && (
        <Table
          label="Rows that differ"
          rows={report.differences}
          name={(one) => one.key.join(" ")}
          columns={[
            { title: "Row", cell: (one) => <code>{one.key.join(", ")}</code> },
            {
              title: "Was, and is by the log",
              cell: (one) =>
                one.columns.map((change) => (
                  <div key={change.column}>
                    <span className="faint">{change.column}</span>{" "}
                    <span className="wrap-any">
                      {change.was ?? "nothing"} → <b>{change.is ?? "nothing"}</b>
                    </span>
                  </div>
                )),
            },
            {
              title: "Because of",
              cell: (one) =>
                one.positions.map((at) => (
                  <div key={at}>
                    <Position at={at} />
                  </div>
                )),
            },
          ]}
        />
      )}
    </>
  );
}
