import { SagaStep } from "../../core/deskAnswers";
import { Link } from "../../core/router";
import { capital, plain } from "../../core/words";
import { Badge, When } from "../../parts/basics";

const kinds: Record<string, string> = {
  batch: "Payout batch",
  conversion: "Conversion",
  split: "Swap",
  hostpay: "Funding",
  transfer: "Transfer",
};

export const kindWords = (kind: string): string => kinds[kind] ?? capital(kind);

/** What a step waits for; the command line's advice is for the command line. */
export const waitWords = (text: string): string => text.split(": weir ")[0] ?? text;

/** What names the process in the API: funding is asked for by its swap's id, as the swap is. */
export function SagaCard({ step }: { step: SagaStep }): JSX.Element {
  return (
    <Link
      to={`/operate/sagas/${encodeURIComponent(step.id)}`}
      className={step.stuck ? "card stuck" : "card"}
    >
      <span className="row between">
        <b>{kindWords(step.kind)}</b>
        <Badge tone={step.stuck ? "bad" : step.is_ended ? "good" : "info"}>
          {plain(step.state)}
        </Badge>
      </span>
      <code className="wrap-any">{step.id}</code>
      {(step.waits_for ?? step.reason) !== null && (
        <span className="small">
          {step.waits_for && <>Waits for {waitWords(step.waits_for)}.{" "}</>}
          {step.reason && <b>{step.reason}</b>}
        </span>
      )}
      <span className="row between faint">
        <span>{step.attempt > 1 ? `try ${step.attempt}` : "first try"}</span>
        <span>
          since <When at={step.since} relative />
        </span>
      </span>
    </Link>
  );
}
