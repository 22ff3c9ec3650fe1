import test from "node:test";
import assert from "node:assert/strict";
import { positionsIn } from "core/stream";
import { Entry } from "core/answers";
import { advise } from "core/advice";
import { amount, compare } from "core/decimal";
import { DecodeError, list, maybe, object, text, whole } from "core/decode";
import { journal, timelineCSV } from "core/export";
import { solve, zeros } from "core/human";
import { match } from "core/router";
import { networksOf, secretIn } from "core/wallet";
import { blank, changes, problems, registration } from "pages/owner/form";

const monero =
  "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A";

test("does: an address tells its networks, the most specific form first", () => {
  const cases: [string, string[]][] = [
    [monero, ["XMR"]],
    ["LdP8Qox1VAhCzLJNqrr74YovaWYyNBUWvL", ["LTC"]],
    ["0x55EBCF86609ED3ee39C11667bC3d864273238C87", ["ETH", "BSC", "MATIC", "BASE", "AVAX"]],
    ["bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", ["BTC"]],
    ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ["BTC"]],
    ["TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", ["TRX"]],
    ["nonsense", []],
    ["", []],
  ];
  for (const [address, networks] of cases) {
    assert.deepEqual([...networksOf(address)], networks, address);
  }
});

test("refuses: private keys and seed phrases are known before anything is sent", () => {
  const secrets = [
    `S${"A".repeat(55)}`,
    `5${"J".repeat(50)}`,
    `K${"w".repeat(51)}`,
    "ab".repeat(32),
    `0x${"AB".repeat(32)}`,
    ` ${"ab".repeat(32)} `,
    Array(12).fill("abandon").join(" "),
    Array(24).fill("legal").join("  "),
  ];
  for (const secret of secrets) {
    assert.ok(secretIn(secret) !== null, secret);
    const found = problems({ ...blank, wallet: secret }, true, "50");
    assert.ok(/never share/i.test(found["client_wallet_address"] ?? ""), secret);
  }
  for (const fine of [monero, "0x55EBCF86609ED3ee39C11667bC3d864273238C87", "", "some words"]) {
    assert.equal(secretIn(fine), null, fine);
  }
});

test("does: an edit sends what was changed, with what goes together, and nothing else", () => {
  const before = { ...blank, openTitle: "A", wallet: monero, network: "XMR", currency: "XMR" };
  assert.deepEqual(changes(before, { ...before }), {});
  assert.deepEqual(changes(before, { ...before, openTitle: "B" }), { open_channel_title: "B" });
  assert.deepEqual(
    Object.keys(changes(before, { ...before, wallet: "LdP8Qox1VAhCzLJNqrr74YovaWYyNBUWvL" }))
      .sort(),
    ["client_payout_currency", "client_payout_network", "client_wallet_address"],
  );
  assert.deepEqual(changes(before, { ...before, strategy: "instant" }), {
    payout_strategy: "instant",
  });
  assert.equal(registration(before)["payout_threshold_usd"], "100");
});

test("refuses: a form that the service would refuse", () => {
  const found = problems(
    { ...blank, openId: "-1001234567890", closedId: "-1001234567890" },
    true,
    "50",
  );
  assert.ok(found["closed_channel_id"]);
  for (const price of ["0", "-1", "9.999", "x", ""]) {
    const tiers = [{ price, days: "30" }];
    assert.ok(problems({ ...blank, tiers }, true, "50")["sub_1_price"], price);
  }
  assert.ok(problems({ ...blank, threshold: "49.99" }, true, "50")["payout_threshold_usd"]);
  assert.equal(
    problems({ ...blank, threshold: "50" }, true, "50")["payout_threshold_usd"],
    undefined,
  );
});

test("refuses: an answer of another shape, by the path of what is wrong", () => {
  const shape = object({ items: list(object({ at: whole, note: maybe(text) })) });
  assert.deepEqual(shape({ items: [{ at: 1 }] }, ""), { items: [{ at: 1, note: null }] });
  const bad: [unknown, RegExp][] = [
    [{ items: [{ at: "1" }] }, /items\[0\]\.at is not a whole number/],
    [{ items: [{ at: 1.5 }] }, /items\[0\]\.at/],
    [{ items: {} }, /items is not a list/],
    [null, /the answer is not an object/],
  ];
  for (const [value, words] of bad) {
    assert.throws(() => shape(value, ""), words);
    assert.throws(() => {
      try {
        shape(value, "");
      } catch (error) {
        assert.ok(error instanceof DecodeError);
        throw error;
      }
    });
  }
});

const entry = (position: number, name: string, owed: string, remark: string | null): Entry => ({
  position,
  at: `2026-11-0${position}T10:00:00.000000Z`,
  name,
  stream: "payment-1",
  remark,
  amount: { amount: "1.00", asset: "USDT-ETH" },
  balance: [{ amount: owed, asset: "USDT-ETH" }],
});

test("does: CSV keeps every text whole, and starts no formula", () => {
  const rows = timelineCSV("ch-1", [
    entry(1, "accumulation.locked.v1", "24.25", "=cmd|' /C calc'!A0"),
    entry(2, "batch.failed.v1", "24.25", 'says "no", again'),
    entry(3, "split.completed.v1", "-0.5", "-1+cmd|' /C calc'!A0"),
  ]).split("\r\n");
  assert.ok(rows[1]?.includes("'=cmd|' /C calc'!A0"));
  assert.ok(rows[2]?.includes('"says ""no"", again"'));
  assert.ok(rows[3]?.includes(",-0.5,'-1+cmd"), rows[3] ?? "");
  assert.equal(rows.length, 5);
});

test("does: a journal asserts what is owed after each change, and nothing else", () => {
  const said = journal("ch-1", [
    entry(1, "payment.observed.v1", "0", null),
    entry(2, "accumulation.locked.v1", "24.25", null),
    entry(3, "order.placed.v1", "24.25", null),
    entry(4, "split.completed.v1", "0.00", null),
  ]);
  assert.equal(said.match(/= 24\.25 USDT/g)?.length, 1);
  assert.equal(said.match(/= 0\.00 USDT/g)?.length, 1);
  assert.equal(said.match(/^2026-/gm)?.length, 2);
});

test("does: the adviser pays out what a threshold would have, and no cent more", () => {
  const day = 86_400_000;
  const payments = Array.from(
    { length: 30 },
    (_, index) => ({ at: index * day, value: amount("24.25") }),
  );
  const told = advise(payments, amount("100"), amount("3"), 30 * day);
  assert.equal(told.payouts, 6);
  assert.equal(compare(told.left, amount("0")), 0);
  assert.equal(told.wait, 2 * day);
  // 18 USD of fees for 727.50 paid out.
  assert.equal(told.feeShare, 247);
  assert.equal(advise([], amount("100"), amount("3"), 0).payouts, 0);
});

test("does: addresses are matched whole, decoded, and never by a part", () => {
  assert.deepEqual(match("/channels/:id", "/channels/ch-1001"), { id: "ch-1001" });
  assert.deepEqual(match("/a/:b", "/a/x%2Fy/"), { b: "x/y" });
  assert.equal(match("/channels/:id", "/channels/a/b"), null);
  assert.equal(match("/a/:b", "/a/%"), null);
});

test("does: positions are read from events however they are cut", () => {
  const whole = "retry: 2000\n\nevent: position\nid: 7\ndata: 7\n\n:\n\n" +
    "event: position\nid: 9\ndata: 9\n\n";
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const [first, rest] = positionsIn(whole.slice(0, cut));
    const [second, left] = positionsIn(rest + whole.slice(cut));
    assert.deepEqual([...first, ...second], [7, 9], `cut at ${cut}`);
    assert.equal(left, "");
  }
});

test("refuses: events that tell no position", () => {
  for (const text of ["data: 7", "event: other\ndata: 7", "event: position\ndata: x", ":", ""]) {
    assert.deepEqual(positionsIn(`${text}\n\n`)[0], [], text);
  }
  assert.deepEqual(positionsIn("event: position\ndata: 7"), [[], "event: position\ndata: 7"]);
});

test("does: the first number whose hash begins with enough zeros solves a challenge", async () => {
  assert.equal(zeros(Uint8Array.of(0, 0x10, 0)), 11);
  assert.equal(zeros(Uint8Array.of(0x80)), 0);
  assert.equal(zeros(Uint8Array.of(0, 0)), 16);
  // Counted by another program, as the service counts them.
  const counted: [number, string][] = [[1, "1"], [5, "38"], [10, "309"]];
  for (const [bits, number] of counted) assert.equal(await solve("x", bits), number);
});
