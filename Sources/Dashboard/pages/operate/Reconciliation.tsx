import { useState } from "react";
import { comparison, Difference, differences as differencesAnswer } from "../../core/deskAnswers";
import { ask, query } from "../../core/api";
import { anything } from "../../core/decode";
import { useDoing, useLoaded } from "../../core/query";
import { Link, useQueryValue } from "../../core/router";
import { useSession } from "../../core/session";
import { span } from "../../core/time";
import { capital, plain } from "../../core/words";
import { ReasonWindow } from "../../parts/Act";
import { Amount, Badge, Empty, Failure, Note, Panel, Shown, When } from "../../parts/basics";
import { SelectField } from "../../parts/form";
import { Page } from "../../parts/Shell";
import { Table } from "../../parts/Table";

const kinds: Record<string, string> = {
  wallet_short: "The wallet holds less than the books say",
  wallet_over: "The wallet holds more than the books say",
  transfer_missing: "A settled transfer isn't on the chain",
  swap_unknown: "A swap that the provider doesn't know",
  swap_differs: "The provider tells another end of a swap",
  payment_unknown: "Money of a payment that was never told of",
  payment_differs: "The provider tells another sum of a payment",
};

/** Where a difference's subject is looked up. */
function placeOf(one: Difference): string | null {
  if (one.kind.startsWith("payment_")) return `/operate/payments/${one.subject}`;
  if (one.kind.startsWith("wallet_")) return "/operate/balance?account=wallet";
  return null;
}

/** Ledger, chain and providers side by side: in what they differ, and since when. */
export function Reconciliation(): JSX.Element {
  const [which, setWhich] = useQueryValue("which");
  const { mayOperate } = useSession();
  const [asked, setAsked] = useState<number | null>(null);
  const [chosen, setChosen] = useState<Difference | null>(null);
  const doing = useDoing();
  const isAll = which === "all" ? true : null;
  const loaded = useLoaded(`/api/admin/differences${query({ all: isAll })}`, differencesAnswer,
    asked === null ? 0 : 1000);
  const isLooking = asked !== null && (loaded.value?.comparisons ?? 0) < asked;
  const look = (): void =>
    void doing.run(async () => {
      const path = "/api/admin/differences/look";
      setAsked((await ask(path, comparison, { method: "POST" })).value.comparison);
    });
  const standing = loaded.value?.differences.filter((one) => one.explained === null) ?? [];
  return (
    <Page
      title="Reconciliation"
      lead="The ledger is compared with the chain and both providers. A difference stands until it
        is gone, or somebody has explained it."
      actions={mayOperate && (
        <button
          type="button"
          className="button main"
          disabled={doing.isBusy || isLooking}
          onClick={look}
        >
          {isLooking ? "Comparing…" : "Compare now"}
        </button>
      )}
    >
      <Failure problem={doing.problem} />
      <div className="filters">
        <SelectField
          label="Show"
          className="slim"
          value={which ?? ""}
          onChange={setWhich}
          options={[["", "Not explained yet"], ["all", "All that stand"]]}
        />
      </div>
      <Panel
        title="Differences, the oldest first"
        alert={standing.length > 0}
        flush
        footer={loaded.value && (
          <span className="small soft">
            {loaded.value.compared_at === null
              ? "Not compared yet since the service started"
              : (
                <>
                  Compared <When at={loaded.value.compared_at} relative />
                </>
              )}
            {" · "}
            <Link to="/operate/log?name=ledger.difference">All facts of differences</Link>
          </span>
        )}
      >
        <Shown of={loaded}>
          {(value) =>
            value.differences.length === 0
              ? (
                <Empty icon="scales" title="Ledger and outside agree">
                  <p>Two looks with a while between them would have to find a difference.</p>
                </Empty>
              )
              : (
                <Table
                  rows={value.differences}
                  name={(one) => one.difference}
                  columns={[
                    { title: "No.", isNumber: true, cell: (one) => one.difference },
                    { title: "What", cell: (one) => <What of={one} /> },
                    {
                      title: "Amount",
                      isNumber: true,
                      cell: (one) => one.amount && (
                        <Amount value={one.amount.amount} asset={one.amount.asset} exact />
                      ),
                    },
                    { title: "The ledger says", cell: (one) => one.ledger },
                    { title: "Outside", cell: (one) => one.outside },
                    {
                      title: "For",
                      cell: (one) => <span className="nowrap">{span(one.age_seconds * 1000)}</span>,
                    },
                    {
                      title: "Word on it",
                      cell: (one) =>
                        one.explained ?? (mayOperate
                          ? (
                            <button
                              type="button"
                              className="button tight"
                              onClick={() => setChosen(one)}
                            >
                              Explain
                            </button>
                          )
                          : <span className="faint">nobody's yet</span>),
                    },
                  ]}
                />
              )}
        </Shown>
      </Panel>
      {loaded.value && loaded.value.not_compared.length > 0 && (
        <Note tone="warn">
          <b>Couldn't be looked at</b>
          <ul>
            {loaded.value.not_compared.map((one) => (
              <li key={one.name}>{one.name}: {one.why}</li>
            ))}
          </ul>
        </Note>
      )}
      {chosen && (
        <ReasonWindow
          title="Explain the difference"
          lead={
            <p className="soft">
              {kinds[chosen.kind] ?? chosen.kind}: {chosen.ledger} here, {chosen.outside}{" "}
              there. Nothing is booked; what is explained of the wallet is reckoned with from then
              on.
            </p>
          }
          button="Explain it"
          path={`/api/admin/differences/${chosen.difference}/explain`}
          decode={anything}
          onClose={() => setChosen(null)}
          onDone={() => setChosen(null)}
        />
      )}
    </Page>
  );
}

function What({ of: one }: { of: Difference }): JSX.Element {
  const place = placeOf(one);
  const subject = <code className="wrap-any">{one.subject}</code>;
  return (
    <>
      <Badge tone={one.explained === null ? "bad" : "plain"}>{capital(plain(one.kind))}</Badge>
      <br />
      {place ? <Link to={place}>{subject}</Link> : subject}
      <br />
      <span className="small soft">{kinds[one.kind]}</span>
    </>
  );
}
