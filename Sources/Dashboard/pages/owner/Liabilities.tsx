import { useEffect, useState } from "react";
import { liabilities as answer, LiabilityProof } from "../../core/answers";
import { leadsToRoot } from "../../core/liability";
import { useLoaded } from "../../core/query";
import { Amount, Badge, Note, Panel } from "../../parts/basics";

/** The channel in the sums that were published of all that is owed; nothing where none were. */
export function Liabilities({ path }: { path: string }): JSX.Element | null {
  const { value } = useLoaded(`${path}/liabilities`, answer);
  if (!value || value.proofs.length === 0) return null;
  return (
    <Panel title="In what is owed to everybody">
      <p className="soft">
        What we owed to all owners together on {value.day} was published. Your browser checks that
        your part is in it; compare the root with the one that everybody was told.
      </p>
      {value.proofs.map((proof) => (
        <Checked key={proof.amount.asset} proof={proof} client={value.client} />
      ))}
    </Panel>
  );
}

function Checked({ proof, client }: { proof: LiabilityProof; client: string }): JSX.Element {
  const [holds, setHolds] = useState<boolean | null>(null);
  useEffect(() => {
    let isGone = false;
    void leadsToRoot(proof, client).then((found) => {
      if (!isGone) setHolds(found);
    });
    return () => {
      isGone = true;
    };
  }, [proof, client]);
  return (
    <>
      <p className="row between">
        <span>
          <Amount value={proof.amount.amount} /> of{" "}
          <Amount value={proof.total.amount} asset={proof.total.asset} />
        </span>
        {holds !== null && (
          <Badge tone={holds ? "good" : "bad"}>{holds ? "in the sum" : "not in the sum"}</Badge>
        )}
      </p>
      <p className="small faint">
        Root <code className="wrap-any">{proof.root}</code>
      </p>
      {holds === false && (
        <Note tone="bad">
          <p>The proof doesn't lead to the root. Keep this page, and ask the operator.</p>
        </Note>
      )}
    </>
  );
}
