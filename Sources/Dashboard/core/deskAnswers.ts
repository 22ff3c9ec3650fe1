// What operators' pages are told.

import { anything, Decoded, flag, list, maybe, object, or, table, text, whole } from "./decode";
import { money } from "./answers";

export const health = object({
  status: text,
  environment: text,
  position: whole,
  components: table(text),
  recovery: maybe(text),
  frozen: maybe(text),
  access: maybe(text),
});

export const sagaStep = object({
  kind: text,
  id: text,
  channel: text,
  state: text,
  is_ended: flag,
  started_at: text,
  since: text,
  deadline: maybe(text),
  due_at: maybe(text),
  waits_for: maybe(text),
  reason: maybe(text),
  attempt: whole,
  position: whole,
  stuck: flag,
});
export type SagaStep = Decoded<typeof sagaStep>;
export const sagas = object({ sagas: list(sagaStep), next: maybe(whole), position: whole });

const line = object({
  position: maybe(whole),
  at: maybe(text),
  name: text,
  stream: text,
  actor: maybe(text),
  remark: maybe(text),
});
export const saga = object({
  id: text,
  steps: list(sagaStep),
  actions: list(object({ action: text, allowed: flag, why: maybe(text) })),
  events: list(line),
  position: whole,
});
export const outcome = object({ status: text, events: list(line), position: maybe(whole) });
export type Outcome = Decoded<typeof outcome>;

export const freeze = object({
  frozen: flag,
  reason: maybe(text),
  actor: maybe(text),
  since: maybe(text),
  position: maybe(whole),
  approvers: or(list(text), []),
});
export const held = object({
  transfer: text,
  channel: text,
  amount: money,
  purpose: object({ batch: maybe(text), conversion: maybe(text), payment: maybe(text) }),
  wallet: text,
  asset: text,
  reason: text,
  digest: text,
  approvers: list(text),
  needed: whole,
});
export type Held = Decoded<typeof held>;
/** A payment that waits for a person's ruling, or waited. */
export const heldPayment = object({
  payment: text,
  channel: maybe(text),
  state: text,
  is_waiting: flag,
  reason: text,
  amount: maybe(text),
  asset: maybe(text),
  ruling: maybe(text),
  tx_hash: maybe(text),
  held_at: text,
  since: text,
  position: whole,
});
export type HeldPayment = Decoded<typeof heldPayment>;
export const heldPayments = object({
  payments: list(heldPayment),
  next: maybe(whole),
  position: whole,
});
export const payment = object({
  payment: text,
  held: maybe(heldPayment),
  actions: list(object({ action: text, allowed: flag, why: maybe(text) })),
  events: list(line),
  position: whole,
});

export const differences = object({
  differences: list(object({
    difference: whole,
    kind: text,
    subject: text,
    amount: maybe(money),
    ledger: text,
    outside: text,
    since: text,
    age_seconds: whole,
    explained: maybe(text),
  })),
  comparisons: whole,
  compared_at: maybe(text),
  not_compared: list(object({ name: text, why: text })),
});
export type Difference = Decoded<typeof differences>["differences"][number];
export const comparison = object({ comparison: whole });

export const lanes = object({
  lanes: list(object({
    lane: text,
    waiting: whole,
    running: whole,
    failures: whole,
    shut_until: maybe(text),
    next_at: maybe(text),
    calls_per_second: whole,
    at_once: whole,
    retry_seconds: whole,
  })),
  position: whole,
});

const notice = {
  notice: whole,
  at: text,
  from: text,
  signed: text,
  outcome: text,
  reason: maybe(text),
  led_to: maybe(whole),
  bytes: whole,
};
export const notices = object({
  notices: list(object(notice)),
  next: maybe(whole),
  position: whole,
});
export type Notice = Decoded<typeof notices>["notices"][number];
export const noticeAsItCame = object({
  ...notice,
  signature: maybe(text),
  body: text,
  is_cut: flag,
});

export const rebuild = object({
  job: maybe(object({
    kind: text,
    table: text,
    actor: text,
    reason: text,
    began_at: text,
    ended_at: maybe(text),
    state: text,
    why: maybe(text),
    done: whole,
    total: whole,
    facts_per_second: whole,
    report: maybe(object({
      rows: whole,
      digest: text,
      position: whole,
      differing: maybe(whole),
      differences: list(object({
        key: list(text),
        columns: list(object({ column: text, was: maybe(text), is: maybe(text) })),
        positions: list(whole),
      })),
    })),
  })),
  position: whole,
});
export type RebuildJob = NonNullable<Decoded<typeof rebuild>["job"]>;

export const approvals = object({ transfers: list(held) });

export const run = object({
  message: text,
  batches_processed: whole,
  batches: list(
    object({ batch_id: text, client_id: text, total_usdt: text, payment_count: whole }),
  ),
  errors: or(list(object({ client_id: text, error: text })), []),
});

const fact = {
  position: whole,
  at: text,
  name: text,
  stream: text,
  version: whole,
  actor: text,
  command: text,
  caused_by: maybe(whole),
  tags: list(text),
  remark: maybe(text),
};
export const eventLine = object(fact);
export type EventLine = Decoded<typeof eventLine>;
export const events = object({ events: list(eventLine), next: maybe(whole), position: whole });
export const event = object({
  ...fact,
  body: anything,
  hash: text,
  postings: list(object({ account: text, amount: money })),
  cause: maybe(eventLine),
  together: list(eventLine),
  effects: list(eventLine),
});
export type Event = Decoded<typeof event>;

export const alarms = object({
  alarms: list(object({
    kind: text,
    subject: text,
    reason: text,
    position: whole,
    at: text,
    name: text,
  })),
  next: maybe(whole),
  position: whole,
});

export const trialBalance = object({
  accounts: list(object({
    account: text,
    channel: maybe(text),
    asset: text,
    debit: text,
    credit: text,
    balance: text,
    position: whole,
  })),
  totals: list(object({ asset: text, debit: text, credit: text })),
  balanced: flag,
  position: whole,
});

export const tables = object({
  tables: list(object({ table: text, position: whole, lag: whole, stale: flag, rows: whole })),
  position: whole,
});
export const rows = object({
  table: text,
  rows: list(table(anything)),
  next: maybe(whole),
  position: whole,
});

export const accounts = object({
  accounts: list(object({
    user_id: text,
    username: text,
    roles: list(text),
    email_verified: flag,
    is_closed: flag,
    channels: list(text),
    sessions: whole,
  })),
  next: maybe(anything),
});
