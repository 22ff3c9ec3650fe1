// The service's answers, as far as pages use them; schemas/openapi.json has them whole.

import { Decoded, anything, flag, list, maybe, object, or, table, text, whole } from "./decode";

export const money = object({ amount: text, asset: text });

// Accounts.

const member = {
  user_id: text, username: text, email: text, email_verified: flag, roles: or(list(text), []),
};
export const session = object(member);
export const me = object({
  ...member, pending_email: maybe(text), created_at: maybe(text), last_login: maybe(text),
  channels: or(whole, 0), max_channels: or(whole, 10), totp_enabled: or(flag, false),
  recovery_codes_left: maybe(whole),
});
export type Me = Decoded<typeof me>;

export const message = object({ message: maybe(text), email: maybe(text) });
export const sessions = object({
  sessions: list(object({
    session_id: text, opened: text, expires: text, last_used: maybe(text), device: maybe(text),
    address: maybe(text), is_current: flag,
  })),
});
export const keys = object({
  keys: list(object({
    key_id: text, label: text, scopes: list(text), issued: text, expires: maybe(text),
  })),
});
export const newKey = object({ key_id: text, key: text });
export const enrolment = object({ secret: text, uri: text, enrolment: text });
export const recoveryCodes = object({ recovery_codes: list(text) });

// Channels.

export const channel = object({
  channel_key: text, open_channel_id: text, open_channel_title: text,
  open_channel_description: or(text, ""), closed_channel_id: text, closed_channel_title: text,
  closed_channel_description: or(text, ""), closed_channel_donation_message: maybe(text),
  tier_count: whole, tiers: list(object({ price: text, days: whole })),
  client_wallet_address: text, client_payout_currency: text, client_payout_network: text,
  payout_strategy: text, payout_threshold_usd: maybe(text), notification_status: or(flag, false),
  notification_id: anything, is_closed: or(flag, false), version: whole, created_at: maybe(text),
  owed: text, accumulated_usd: or(text, "0"), reserved_usd: or(text, "0"),
  progress: maybe(object({ waiting: text, threshold: text, percent: text })),
  payments_waiting: or(whole, 0), waiting: or(list(object({ reason: text, text })), []),
});
export type Channel = Decoded<typeof channel>;
export const channels = object({
  channels: list(channel), count: whole, max_channels: whole, position: maybe(whole),
});
export const registered = object({ channel_id: text, channel_key: text });

export const mappings = object({
  network_to_currencies: table(list(object({ currency: text, currency_name: maybe(text) }))),
  networks_with_names: table(text), currencies_with_names: table(text),
});
export type Mappings = Decoded<typeof mappings>;

const entry = object({
  position: whole, at: text, name: text, stream: text, amount: maybe(money),
  balance: list(money), remark: maybe(text),
});
export type Entry = Decoded<typeof entry>;
export const timeline = object({
  channel: text, as_of: whole, entries: list(entry), next: maybe(whole),
});
export const balance = object({
  channel: text, as_of: whole,
  balances: list(object({
    asset: text, waiting: text, in_payout: text, in_transit: text, owed: text, paid: text,
  })),
});

export const batch = object({
  status: text, batch: text, channel: text, wallet: text, asset: text, members: whole,
  total_usdt: text, threshold_usd: maybe(text), phase: text, reason: maybe(text),
  split: maybe(text), attempt: maybe(whole), swap: maybe(text), transfer: maybe(text),
  tx_hash: maybe(text), delivered: maybe(text), opened_at: text, handed_off_at: maybe(text),
  funded_at: maybe(text), ended_at: maybe(text), position: whole,
});
export type Batch = Decoded<typeof batch>;
export const batches = object({
  batches: list(batch), next: maybe(whole), position: or(whole, 0),
});

// Operators.

export const health = object({
  status: text, environment: text, position: whole, components: table(text),
  recovery: maybe(text), frozen: maybe(text),
});

export const sagaStep = object({
  kind: text, id: text, channel: text, state: text, is_ended: flag, started_at: text, since: text,
  deadline: maybe(text), due_at: maybe(text), waits_for: maybe(text), reason: maybe(text),
  attempt: whole, position: whole, stuck: flag,
});
export type SagaStep = Decoded<typeof sagaStep>;
export const sagas = object({ sagas: list(sagaStep), next: maybe(whole), position: whole });

const line = object({
  position: maybe(whole), at: maybe(text), name: text, stream: text, actor: maybe(text),
  remark: maybe(text),
});
export const saga = object({
  id: text, steps: list(sagaStep),
  actions: list(object({ action: text, allowed: flag, why: maybe(text) })),
  events: list(line), position: whole,
});
export const outcome = object({ status: text, events: list(line), position: maybe(whole) });
export type Outcome = Decoded<typeof outcome>;

export const freeze = object({
  frozen: flag, reason: maybe(text), actor: maybe(text), since: maybe(text),
  position: maybe(whole),
});
export const held = object({
  transfer: text, channel: text, amount: money,
  purpose: object({ batch: maybe(text), conversion: maybe(text), payment: maybe(text) }),
  wallet: text, asset: text, reason: text, digest: text, approvers: list(text), needed: whole,
});
export type Held = Decoded<typeof held>;
export const approvals = object({ transfers: list(held) });

export const run = object({
  message: text, batches_processed: whole,
  batches: list(object({ batch_id: text, client_id: text, total_usdt: text, payment_count: whole })),
  errors: or(list(object({ client_id: text, error: text })), []),
});

const fact = {
  position: whole, at: text, name: text, stream: text, version: whole, actor: text,
  command: text, caused_by: maybe(whole), tags: list(text), remark: maybe(text),
};
export const eventLine = object(fact);
export type EventLine = Decoded<typeof eventLine>;
export const events = object({ events: list(eventLine), next: maybe(whole), position: whole });
export const event = object({
  ...fact, body: anything, hash: text,
  postings: list(object({ account: text, amount: money })), cause: maybe(eventLine),
  together: list(eventLine), effects: list(eventLine),
});
export type Event = Decoded<typeof event>;

export const alarms = object({
  alarms: list(object({
    kind: text, subject: text, reason: text, position: whole, at: text, name: text,
  })),
  next: maybe(whole), position: whole,
});

export const trialBalance = object({
  accounts: list(object({
    account: text, channel: maybe(text), asset: text, debit: text, credit: text, balance: text,
    position: whole,
  })),
  totals: list(object({ asset: text, debit: text, credit: text })), balanced: flag,
  position: whole,
});

export const tables = object({
  tables: list(object({ table: text, position: whole, lag: whole, stale: flag, rows: whole })),
  position: whole,
});
export const rows = object({
  table: text, rows: list(table(anything)), next: maybe(whole), position: whole,
});

export const accounts = object({
  accounts: list(object({
    user_id: text, username: text, roles: list(text), email_verified: flag, is_closed: flag,
    channels: list(text), sessions: whole,
  })),
  next: maybe(anything),
});

// Subscribers.

export const payment = object({
  order_id: text, kind: text, price: money, days: whole, status: text, invoice_url: maybe(text),
  expires_at: maybe(text), title: maybe(text), paid: flag,
});
