import { useState } from "react";
import { Outcome, saga as sagaAnswer } from "../../core/deskAnswers";
import { useLoaded } from "../../core/query";
import { Link } from "../../core/router";
import { useSession } from "../../core/session";
import { plain } from "../../core/words";
import { actionHelp, actionWords, ActWindow, Allowed, DoneNote } from "../../parts/Act";
import { Badge, Panel, Position, Shown, When } from "../../parts/basics";
import { Happened } from "../../parts/Events";
import { Page } from "../../parts/Shell";
import { Table } from "../../parts/Table";
import { kindWords, waitWords } from "./SagaCard";

/** One process: where it stands, what may be done and why not, everything that happened. */
export function Saga({ id }: { id: string }): JSX.Element {
  const loaded = useLoaded(`/api/admin/sagas/${encodeURIComponent(id)}`, sagaAnswer);
  const { mayOperate } = useSession();
  const [action, setAction] = useState<string | null>(null);
  const [done, setDone] = useState<Outcome | null>(null);

  return (
    <Page
      title="Process"
      position={loaded.value?.position}
      crumbs={<Link to="/operate/sagas">Saga board</Link>}
      lead={<code className="wrap-any">{id}</code>}
    >
      {done && <DoneNote done={done} />}
      <Shown of={loaded}>
        {(value) => (
          <>
            <Panel title="Where it stands" flush>
              <Table
                label="Steps"
                rows={value.steps}
                name={(one) => one.kind}
                columns={[
                  { title: "Step", cell: (one) => <b>{kindWords(one.kind)}</b> },
                  {
                    title: "State",
                    cell: (one) => (
                      <>
                        <Badge tone={one.stuck ? "bad" : one.is_ended ? "good" : "info"}>
                          {plain(one.state)}
                        </Badge>
                        <br />
                        <span className="faint">
                          since <When at={one.since} relative />
                        </span>
                      </>
                    ),
                  },
                  {
                    title: "Waits for",
                    cell: (one) => (
                      <>
                        {one.waits_for ? waitWords(one.waits_for) : "nothing"}
                        {one.reason && (
                          <>
                            <br />
                            <b>{one.reason}</b>
                          </>
                        )}
                      </>
                    ),
                  },
                  {
                    title: "Due",
                    cell: (one) =>
                      one.due_at ? <When at={one.due_at} /> : <span className="faint">ended</span>,
                  },
                  { title: "Tries", isNumber: true, cell: (one) => one.attempt },
                  { title: "Event", cell: (one) => <Position at={one.position} /> },
                ]}
              />
            </Panel>
            <Allowed
              actions={value.actions}
              words={actionWords}
              mayOperate={mayOperate}
              onChoose={setAction}
            />
            <Happened events={value.events} />
          </>
        )}
      </Shown>
      {action && (
        <ActWindow
          subject={id}
          word={actionWords[action] ?? action}
          help={actionHelp[action] ?? ""}
          path={`/api/admin/sagas/${encodeURIComponent(id)}/${action}`}
          isDanger={action === "cancel"}
          onClose={() => setAction(null)}
          onDone={(outcome) => {
            setDone(outcome);
            setAction(null);
          }}
        />
      )}
    </Page>
  );
}
