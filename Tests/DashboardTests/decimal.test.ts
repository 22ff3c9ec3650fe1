import test from "node:test";
import assert from "node:assert/strict";
import { add, amount, brief, compare, decimal, minus, share, sum, written } from "core/decimal";

// Chance that comes again: a small generator with a fixed seed.
let seed = 7;
const chance = (most: number): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % most;
};
const anAmount = (): string => {
  const scale = chance(19);
  const digits = Array.from({ length: 1 + chance(12) }, () => chance(10)).join("");
  const fraction = Array.from({ length: scale }, () => chance(10)).join("");
  return `${chance(2) === 0 ? "-" : ""}${digits}${fraction === "" ? "" : `.${fraction}`}`;
};
const at18 = (text: string): bigint => {
  const value = amount(text);
  return value.units * 10n ** BigInt(18 - value.scale);
};

test("does: sums and comparisons are exact, whatever the scales", () => {
  for (let round = 0; round < 2_000; round += 1) {
    const [a, b] = [anAmount(), anAmount()];
    const total = add(amount(a), amount(b));
    assert.equal(total.units * 10n ** BigInt(18 - total.scale), at18(a) + at18(b), `${a} + ${b}`);
    const sign = at18(a) < at18(b) ? -1 : at18(a) > at18(b) ? 1 : 0;
    assert.equal(compare(amount(a), amount(b)), sign, `${a} <=> ${b}`);
    assert.equal(minus(amount(a), amount(a)).units, 0n);
  }
  assert.equal(written(sum([amount("0.1"), amount("0.2")])), "0.30");
});

test("refuses: what is no decimal number", () => {
  for (const text of ["", "1e5", "0x10", "1.", ".5", "1,5", "--1", "NaN", "Infinity", "1 2"]) {
    assert.equal(decimal(text), null, text);
  }
});

test("does: amounts are written whole, grouped, with two decimals at least", () => {
  const cases: [string, string][] = [
    ["0", "0.00"],
    ["-0.5", "\u22120.50"],
    ["1234567.1", "1\u202f234\u202f567.10"],
    ["0.00007309680", "0.0000730968"],
    ["999.999000", "999.999"],
    ["123456789012345678.25", "123\u202f456\u202f789\u202f012\u202f345\u202f678.25"],
  ];
  for (const [text, wanted] of cases) assert.equal(written(amount(text)), wanted);
});

test("does: a short amount never claims more than there is", () => {
  assert.equal(brief(amount("99.999")), "99.99");
  assert.equal(brief(amount("-0.009")), "0.00");
  assert.equal(brief(amount("100")), "100.00");
});

test("does: a share lies between nothing and all, also where there is nothing", () => {
  assert.equal(share(amount("340.50"), amount("500")), 0.681);
  assert.equal(share(amount("600"), amount("500")), 1);
  assert.equal(share(amount("-1"), amount("500")), 0);
  assert.equal(share(amount("1"), amount("0")), 0);
});
