// The service's answers, as far as pages use them; schemas/openapi.json has them whole.

import { anything, Decoded, flag, list, maybe, object, or, table, text, whole } from "./decode";

export const money = object({ amount: text, asset: text });

// Accounts.

const member = {
  user_id: text,
  username: text,
  email: text,
  email_verified: flag,
  roles: or(list(text), []),
};
export const session = object(member);
export const me = object({
  ...member,
  pending_email: maybe(text),
  created_at: maybe(text),
  last_login: maybe(text),
  channels: or(whole, 0),
  max_channels: or(whole, 10),
  totp_enabled: or(flag, false),
  recovery_codes_left: maybe(whole),
  telegram_user: maybe(text),
});
export const telegramLink = object({ say: text, expires: text });
export type Me = Decoded<typeof me>;

export const message = object({ message: maybe(text), email: maybe(text) });
export const sessions = object({
  sessions: list(object({
    session_id: text,
    opened: text,
    expires: text,
    last_used: maybe(text),
    device: maybe(text),
    address: maybe(text),
    is_current: flag,
  })),
});
export const keys = object({
  keys: list(object({
    key_id: text,
    label: text,
    scopes: list(text),
    issued: text,
    expires: maybe(text),
  })),
});
export const newKey = object({ key_id: text, key: text });
export const enrolment = object({ secret: text, uri: text, enrolment: text });
export const recoveryCodes = object({ recovery_codes: list(text) });

// Channels.

export const channel = object({
  channel_key: text,
  open_channel_id: text,
  open_channel_title: text,
  open_channel_description: or(text, ""),
  closed_channel_id: text,
  closed_channel_title: text,
  closed_channel_description: or(text, ""),
  closed_channel_donation_message: maybe(text),
  tier_count: whole,
  tiers: list(object({ price: text, days: whole })),
  client_wallet_address: text,
  client_payout_currency: text,
  client_payout_network: text,
  payout_strategy: text,
  payout_threshold_usd: maybe(text),
  notification_status: or(flag, false),
  notification_id: anything,
  held_payout_change: maybe(object({
    client_wallet_address: text,
    client_payout_currency: text,
    client_payout_network: text,
    effective_at: text,
  })),
  is_closed: or(flag, false),
  version: whole,
  created_at: maybe(text),
  owed: text,
  accumulated_usd: or(text, "0"),
  reserved_usd: or(text, "0"),
  progress: maybe(object({ waiting: text, threshold: text, percent: text })),
  payments_waiting: or(whole, 0),
  waiting: or(list(object({ reason: text, text })), []),
});
export type Channel = Decoded<typeof channel>;
export const channels = object({
  channels: list(channel),
  count: whole,
  max_channels: whole,
  position: maybe(whole),
});
const liabilityProof = object({
  amount: money,
  units: text,
  salt: text,
  path: list(object({ side: text, units: text, hash: text })),
  root: text,
  total: money,
  total_units: text,
});
export type LiabilityProof = Decoded<typeof liabilityProof>;
export const liabilities = object({
  day: maybe(text),
  client: text,
  proofs: list(liabilityProof),
});
export const registered = object({ channel_id: text, channel_key: text });

export const mappings = object({
  network_to_currencies: table(list(object({ currency: text, currency_name: maybe(text) }))),
  networks_with_names: table(text),
  currencies_with_names: table(text),
});
export type Mappings = Decoded<typeof mappings>;

const entry = object({
  position: whole,
  at: text,
  name: text,
  stream: text,
  amount: maybe(money),
  balance: list(money),
  remark: maybe(text),
});
export type Entry = Decoded<typeof entry>;
export const timeline = object({
  channel: text,
  as_of: whole,
  entries: list(entry),
  next: maybe(whole),
});
export const balance = object({
  channel: text,
  as_of: whole,
  balances: list(object({
    asset: text,
    waiting: text,
    in_payout: text,
    in_transit: text,
    owed: text,
    paid: text,
  })),
});

export const batch = object({
  status: text,
  batch: text,
  channel: text,
  wallet: text,
  asset: text,
  members: whole,
  total_usdt: text,
  threshold_usd: maybe(text),
  phase: text,
  reason: maybe(text),
  split: maybe(text),
  attempt: maybe(whole),
  swap: maybe(text),
  transfer: maybe(text),
  tx_hash: maybe(text),
  delivered: maybe(text),
  opened_at: text,
  handed_off_at: maybe(text),
  funded_at: maybe(text),
  ended_at: maybe(text),
  position: whole,
});
export type Batch = Decoded<typeof batch>;
export const batches = object({
  batches: list(batch),
  next: maybe(whole),
  position: or(whole, 0),
});

// Subscribers.

export const payment = object({
  order_id: text,
  kind: text,
  price: money,
  days: whole,
  status: text,
  invoice_url: maybe(text),
  expires_at: maybe(text),
  title: maybe(text),
  paid: flag,
});
