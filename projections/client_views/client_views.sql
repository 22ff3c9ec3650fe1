-- One row per channel: who it is, how it is paid, what it is owed and was paid.
--
-- USDT sums of payments that came or went in another asset are at the rate they were booked at.
CREATE TABLE client_views (
  channel TEXT NOT NULL,
  open_id TEXT NOT NULL,
  open_title TEXT NOT NULL,
  closed_id TEXT NOT NULL,
  closed_title TEXT NOT NULL,
  payout_asset TEXT NOT NULL,
  payout_wallet TEXT NOT NULL,
  -- instant or threshold
  payout_strategy TEXT NOT NULL,
  threshold_usd amount_text NOT NULL,
  -- Finished payments before the platform's fee, and the fee.
  received_usdt amount_text NOT NULL,
  fees_usdt amount_text NOT NULL,
  -- Behind the threshold; being paid out; delivered; owed back by the client.
  payable_usdt amount_text NOT NULL,
  reserved_usdt amount_text NOT NULL,
  paid_usdt amount_text NOT NULL,
  receivable_usdt amount_text NOT NULL,
  payments INTEGER NOT NULL,
  instant_payments INTEGER NOT NULL,
  threshold_payments INTEGER NOT NULL,
  -- Payments that wait for a person now.
  held_payments INTEGER NOT NULL,
  grants INTEGER NOT NULL,
  -- Payouts delivered, batches and single payments.
  payouts INTEGER NOT NULL,
  -- Batches neither completed nor failed, and failed ones.
  open_batches INTEGER NOT NULL,
  failed_batches INTEGER NOT NULL,
  registered_at instant_text NOT NULL,
  last_payment_at instant_text,
  last_payout_at instant_text,
  position BIGINT NOT NULL,
  PRIMARY KEY (channel)
);
