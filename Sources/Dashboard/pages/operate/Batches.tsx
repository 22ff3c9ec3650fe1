import { FormEvent, useEffect, useState } from "react";
import { Batch, batches as batchesAnswer } from "../../core/answers";
import { run as runAnswer } from "../../core/deskAnswers";
import { ask, Problem, query } from "../../core/api";
import { Decoded } from "../../core/decode";
import { usePages } from "../../core/pages";
import { useDoing } from "../../core/query";
import { Link, useQueryValue } from "../../core/router";
import { useSession } from "../../core/session";
import { plural } from "../../core/words";
import { Empty, Failure, Note, Panel, Shown, Window } from "../../parts/basics";
import { BatchTable } from "../../parts/BatchTable";
import { SelectField } from "../../parts/form";
import { useReplay } from "../../parts/Replay";
import { Page } from "../../parts/Shell";

const states = [
  ["", "Every state"],
  ["pending", "Pending"],
  ["processing", "Processing"],
  ["completed", "Completed"],
  ["failed", "Failed"],
] as const;

/** Every payout batch, and the run that opens what is due. */
export function Batches(): JSX.Element {
  const [status, setStatus] = useQueryValue("status");
  const [isRunning, setRunning] = useState(false);
  const { mayOperate } = useSession();
  const { asof, replay } = useReplay();
  const loaded = usePages({
    name: `batches ${status ?? ""} ${asof ?? ""}`,
    decode: batchesAnswer,
    path: (after) => `/api/batches${query({ status, after, limit: 500, asof })}`,
    items: (page) => page.batches,
    next: (page) => page.next,
  });
  const client = (batch: Batch): JSX.Element => (
    <Link to={`/operate/timeline/${batch.channel}`}>
      <code>{batch.channel}</code>
    </Link>
  );
  return (
    <Page
      title="Batches"
      position={loaded.value?.position}
      replayed={asof !== null}
      lead="A batch is opened when what a client is owed crosses the threshold; its members can't
        change any more."
      actions={mayOperate && (
        <button
          type="button"
          className="button main"
          onClick={() => setRunning(true)}
        >
          Open what is due
        </button>
      )}
    >
      {replay}
      <div className="filters">
        <SelectField
          label="State"
          className="slim"
          value={status ?? ""}
          onChange={setStatus}
          options={states}
        />
      </div>
      <Panel title="Batches" flush>
        <Shown of={loaded}>
          {(value) =>
            value.items.length === 0
              ? (
                <Empty icon="batch" title="No batch here">
                  <p>Nothing crossed its threshold yet, or nothing is in this state.</p>
                </Empty>
              )
              : (
                <BatchTable
                  batches={value.items}
                  client={client}
                  to={(one) => `/operate/sagas/${one.batch}`}
                />
              )}
        </Shown>
      </Panel>
      {isRunning && <RunWindow onClose={() => setRunning(false)} />}
    </Page>
  );
}

type Run = Decoded<typeof runAnswer>;

/** What a run opened, or would. */
function RunNote(
  { run, none, verb, isDry = false }: { run: Run; none: string; verb: string; isDry?: boolean },
): JSX.Element {
  return (
    <Note tone={run.errors.length > 0 ? "warn" : isDry ? "info" : "good"}>
      <b>
        {run.batches_processed === 0
          ? none
          : `${plural(run.batches_processed, "batch", "batches")} ${verb}`}
      </b>
      <ul>
        {run.batches.map((one) => (
          <li key={one.batch_id}>
            {one.batch_id}: {one.total_usdt} USDT of {plural(one.payment_count, "payment")}
          </li>
        ))}
        {run.errors.map((one) => <li key={one.client_id}>{one.client_id}: {one.error}</li>)}
      </ul>
    </Note>
  );
}

function RunWindow({ onClose }: { onClose: () => void }): JSX.Element {
  const [retries, setRetries] = useState(false);
  const [done, setDone] = useState<Run | null>(null);
  const [dry, setDry] = useState<Run | Problem | null>(null);
  const doing = useDoing();
  // What it would open is shown before anything is opened.
  useEffect(() => {
    let isWanted = true;
    setDry(null);
    const body = { retry: retries, dry_run: true };
    ask("/api/admin/batches/run", runAnswer, { method: "POST", body })
      .then(({ value }) => isWanted && setDry(value))
      .catch((error: unknown) => isWanted && error instanceof Problem && setDry(error));
    return () => {
      isWanted = false;
    };
  }, [retries, done]);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void doing.run(async () => {
      const body = { retry: retries };
      setDone((await ask("/api/admin/batches/run", runAnswer, { method: "POST", body })).value);
    });
  };
  return (
    <Window label="Open what is due" onClose={onClose}>
      <form onSubmit={send}>
        <h2>Open what is due</h2>
        <p className="soft">
          Opens a batch for every client at or over the threshold. Running it twice opens nothing
          twice.
        </p>
        <label className="check">
          <input
            type="checkbox"
            checked={retries}
            onChange={(event) => setRetries(event.target.checked)}
          />
          <span>Also clients whose last batch failed at the same sum</span>
        </label>
        {done
          ? <RunNote run={done} none="Nothing was due" verb="opened" />
          : dry instanceof Problem
          ? <Failure problem={dry} />
          : dry
          ? <RunNote run={dry} none="Dry run: nothing is due" verb="would be opened" isDry />
          : <Note>Asking what is due…</Note>}
        <Failure problem={doing.problem} />
        <div className="row">
          <button className="button main" disabled={doing.isBusy}>
            {doing.isBusy ? "Running…" : "Run"}
          </button>
          <button type="button" className="button" onClick={onClose}>Close</button>
        </div>
      </form>
    </Window>
  );
}
