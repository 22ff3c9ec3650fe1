import test from "node:test";
import assert from "node:assert/strict";
import { leadsToRoot, Proof } from "core/liability";

// As `weir liabilities prove` wrote it of a log with five channels.
const client = "ch-1001001";
const proof: Proof = {
  units: "24250000",
  salt: "1e882b3b76d7104cc5c471557a1d03e66ca543c024af1c201a98fb039e000bda",
  path: [{
    side: "left",
    units: "116400000",
    hash: "c397df28178e384df467f0856e189063188c7afe2456080328b55ed070b4670d",
  }],
  root: "7beb1966c74c6815de9b48cc012be16d7c291fc44a00e84b182d9e387e1c2e74",
  total_units: "140650000",
};

test("does: a proof that the ledger made leads to its root", async () => {
  assert.equal(await leadsToRoot(proof, client), true);
});

test("refuses: a proof with anything in it changed, and one that is none", async () => {
  const step = proof.path[0];
  assert.ok(step);
  const other = (change: Partial<typeof step>): Proof => ({
    ...proof,
    path: [{ side: "left", units: "1", hash: proof.salt, ...step, ...change }],
  });
  const wrong: readonly Proof[] = [
    { ...proof, units: "24250001" },
    { ...proof, units: "24250001", total_units: "140650001" },
    { ...proof, units: "-1" },
    { ...proof, units: "much" },
    { ...proof, salt: proof.root },
    { ...proof, salt: "00" },
    { ...proof, path: [] },
    { ...proof, path: [...proof.path, ...proof.path] },
    { ...proof, root: proof.salt },
    { ...proof, total_units: "140649999" },
    other({ side: "right" }),
    other({ units: "116399999" }),
    other({ units: "-116400000" }),
    other({ hash: proof.salt }),
    other({ hash: "none" }),
  ];
  for (const one of wrong) {
    assert.equal(await leadsToRoot(one, client), false, JSON.stringify(one));
  }
  assert.equal(await leadsToRoot(proof, "ch-1001002"), false);
});
