-- One row per payment that went behind a threshold: the seeds' table, and its later columns.
CREATE TABLE payout_accumulation (
  -- Log position of the lock.
  id BIGINT NOT NULL,
  -- The open channel, as text; the closed one beside it isn't of the seeds.
  client_id TEXT NOT NULL,
  closed_channel_id TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  -- `private_channel_users_database.id`; NULL where the payment gave no access.
  subscription_id BIGINT,
  -- What arrived, in US dollars, before the fee.
  payment_amount_usd amount_text NOT NULL,
  payment_currency TEXT NOT NULL,
  payment_timestamp instant_text NOT NULL,
  -- Locked once, net of the fee; never changes.
  accumulated_amount_usdt amount_text NOT NULL,
  -- USDT for one of what arrived, when it was locked.
  eth_to_usdt_rate amount_text NOT NULL,
  -- When what arrived was USDT, or had become it.
  conversion_timestamp instant_text,
  -- Hash of the transaction that funded the conversion; NULL where nothing had to be swapped.
  conversion_tx_hash TEXT,
  client_wallet_address TEXT NOT NULL,
  client_payout_currency TEXT NOT NULL,
  client_payout_network TEXT NOT NULL,
  -- True only when the batch's transfer is final and its swap finished.
  is_paid_out BOOLEAN NOT NULL,
  -- The batch that holds or paid it; NULL again where that one failed.
  payout_batch_id TEXT,
  paid_out_at instant_text,
  created_at instant_text NOT NULL,
  updated_at instant_text NOT NULL,
  -- pending, swapping, completed, failed
  conversion_status TEXT NOT NULL,
  -- Conversions asked for; swaps opened in vain are the split's.
  conversion_attempts INTEGER NOT NULL,
  last_conversion_attempt instant_text,
  batch_conversion_id TEXT,
  nowpayments_payment_id TEXT NOT NULL,
  nowpayments_pay_address TEXT,
  nowpayments_outcome_amount amount_text,
  -- Never filled by the seeds, and no fact carries them: always NULL.
  nowpayments_network_fee TEXT,
  payment_fee_usd TEXT,
  is_conversion_complete BOOLEAN NOT NULL,
  -- Not of the seeds: the client's key.
  channel TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (nowpayments_payment_id)
);

CREATE INDEX idx_client_pending ON payout_accumulation (client_id, is_paid_out);
CREATE INDEX idx_payout_batch ON payout_accumulation (payout_batch_id);
CREATE INDEX idx_user ON payout_accumulation (user_id);
CREATE INDEX idx_payment_timestamp ON payout_accumulation (payment_timestamp);
CREATE INDEX idx_conversion_status ON payout_accumulation (conversion_status);
