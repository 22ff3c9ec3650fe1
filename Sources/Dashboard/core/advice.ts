// What another threshold would have meant, from the client's own payments.

import { add, compare, Decimal, minus, zero } from "./decimal";

export interface Payment {
  readonly at: number;
  readonly value: Decimal;
}

export interface Advice {
  readonly threshold: Decimal;
  readonly payouts: number;
  /** Payouts of thirty days, at this pace. */
  readonly monthly: number;
  /** Milliseconds a payment waited on average. */
  readonly wait: number;
  /** Of what was paid out, in hundredths of a percent. */
  readonly feeShare: number;
  /** What would still wait now. */
  readonly left: Decimal;
}

/** Replays payments against a threshold; `fee` is what one payout costs. */
export function advise(
  payments: readonly Payment[],
  threshold: Decimal,
  fee: Decimal,
  now: number,
): Advice {
  let held = zero;
  let paid = zero;
  let payouts = 0;
  let waited = 0;
  let settled = 0;
  let waiting: number[] = [];
  for (const payment of payments) {
    held = add(held, payment.value);
    waiting.push(payment.at);
    if (compare(held, threshold) < 0) continue;
    payouts += 1;
    paid = add(paid, held);
    held = zero;
    for (const at of waiting) waited += payment.at - at;
    settled += waiting.length;
    waiting = [];
  }
  const first = payments[0]?.at ?? now;
  const days = Math.max(1, (now - first) / 86_400_000);
  const scale = Math.max(fee.scale, paid.scale);
  const at = (value: Decimal): bigint => value.units * 10n ** BigInt(scale - value.scale);
  const cost = at(fee) * BigInt(payouts);
  const whole = at(paid);
  return {
    threshold,
    payouts,
    monthly: (payouts * 30) / days,
    wait: settled === 0 ? 0 : waited / settled,
    feeShare: whole === 0n ? 0 : Number((cost * 10_000n) / whole),
    left: minus(add(held, zero), zero),
  };
}
