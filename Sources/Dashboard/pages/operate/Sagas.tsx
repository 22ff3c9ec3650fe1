import { sagas as sagasAnswer } from "../../core/deskAnswers";
import { query } from "../../core/api";
import { useLoaded } from "../../core/query";
import { useQueryValue } from "../../core/router";
import { Badge, Empty, Shown } from "../../parts/basics";
import { SelectField, TextField } from "../../parts/form";
import { useReplay } from "../../parts/Replay";
import { Page } from "../../parts/Shell";
import { SagaCard } from "./SagaCard";

const kinds = [
  ["", "Every kind"],
  ["batch", "Payout batches"],
  ["conversion", "Conversions"],
  ["split", "Swaps"],
  ["hostpay", "Fundings"],
  ["transfer", "Transfers"],
] as const;

/** Every process: parked, running, ended. */
export function Sagas(): JSX.Element {
  const [kind, setKind] = useQueryValue("kind");
  const [channel, setChannel] = useQueryValue("channel");
  const { asof, replay } = useReplay();
  const path = `/api/admin/sagas${query({ all: true, limit: 500, kind, channel, asof })}`;
  const loaded = useLoaded(path, sagasAnswer);

  return (
    <Page
      title="Saga board"
      position={loaded.value?.position}
      replayed={asof !== null}
      lead="A process is parked when it waits for a person, or for longer than its step may take."
    >
      {replay}
      <div className="filters">
        <SelectField
          label="Kind"
          className="slim"
          value={kind ?? ""}
          onChange={setKind}
          options={kinds}
        />
        <TextField
          label="Channel key"
          className="slim"
          value={channel ?? ""}
          onChange={setChannel}
          placeholder="ch-100…"
        />
      </div>
      <Shown of={loaded}>
        {(value) => {
          const stuck = value.sagas.filter((one) => one.stuck);
          const running = value.sagas.filter((one) => !one.stuck && !one.is_ended);
          const ended = value.sagas.filter((one) => one.is_ended)
            .sort((a, b) => b.position - a.position);
          return (
            <div className="board">
              <Lane title="Parked" tone="bad" steps={stuck} none="Nothing waits for a person." />
              <Lane title="Running" tone="info" steps={running} none="Nothing is under way." />
              <Lane
                title="Ended"
                tone="good"
                steps={ended.slice(0, 40)}
                count={ended.length}
                none="Nothing has ended yet."
              />
            </div>
          );
        }}
      </Shown>
    </Page>
  );
}

function Lane(
  { title, tone, steps, count = steps.length, none }: {
    title: string;
    tone: "bad" | "info" | "good";
    count?: number;
    none: string;
    steps: readonly Parameters<typeof SagaCard>[0]["step"][];
  },
): JSX.Element {
  return (
    <section className="lane" aria-label={title}>
      <h2>
        {title} <Badge tone={count > 0 ? tone : "plain"}>{count}</Badge>
      </h2>
      {steps.length === 0
        ? (
          <div className="card">
            <Empty icon="check" title={none} />
          </div>
        )
        : steps.map((one) => <SagaCard key={`${one.kind} ${one.id}`} step={one} />)}
    </section>
  );
}
