import { useEffect, useState } from "react";
import { Event, Outcome, outcome } from "../../core/deskAnswers";
import { ask, Problem } from "../../core/api";
import { DryRun } from "../../parts/Act";
import { Copy, Note, Panel } from "../../parts/basics";

/** The notice that an observation of the log keeps; nothing where it is none. */
export function NoticeOf({ event }: { event: Event }): JSX.Element | null {
  const body = event.body as Record<string, unknown> | null;
  const raw = body?.["raw"];
  // In the log a person's data bears the number of its key before it; 0 is none.
  if (typeof raw !== "string" || !raw.startsWith("p0:")) return null;
  return <RawNotice raw={raw.slice(3)} isCut={false} />;
}

/** A notice's bytes, and what they would do now. */
export function RawNotice({ raw, isCut }: { raw: string; isCut: boolean }): JSX.Element {
  const [dry, setDry] = useState<Outcome | Problem | null>(null);
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    if (!isAsked) return undefined;
    let isWanted = true;
    ask("/api/admin/notices/replay", outcome, { method: "POST", body: { raw } })
      .then(({ value }) => isWanted && setDry(value))
      .catch((error: unknown) => isWanted && error instanceof Problem && setDry(error));
    return () => {
      isWanted = false;
    };
  }, [isAsked, raw]);
  return (
    <Panel
      title="The notice as it came"
      actions={!isCut && (
        <button
          type="button"
          className="button tight"
          disabled={isAsked}
          onClick={() => setAsked(true)}
        >
          Replay, dry
        </button>
      )}
    >
      {isAsked && <DryRun dry={dry} />}
      {isCut && <Note tone="warn">Only its first 16 KiB are kept.</Note>}
      <pre className="secret">{raw}</pre>
      <div>
        <Copy text={raw} />
      </div>
    </Panel>
  );
}
