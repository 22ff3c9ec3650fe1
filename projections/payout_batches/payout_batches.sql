-- One row per batch payout: the seeds' table.
CREATE TABLE payout_batches (
  batch_id TEXT NOT NULL,
  -- The open channel, as text; the closed one beside it isn't of the seeds.
  client_id TEXT NOT NULL,
  closed_channel_id TEXT NOT NULL,
  client_wallet_address TEXT NOT NULL,
  client_payout_currency TEXT NOT NULL,
  client_payout_network TEXT NOT NULL,
  total_amount_usdt amount_text NOT NULL,
  total_payments_count INTEGER NOT NULL,
  -- What reached the client's wallet, and how much of it one USDT became.
  payout_amount_crypto amount_text,
  usdt_to_crypto_rate amount_text,
  -- The provider's deposit fee in USDT by the last estimate.
  conversion_fee amount_text,
  cn_api_id TEXT,
  cn_payin_address TEXT,
  -- The host wallet's funding transaction: pending once signed, success when final.
  tx_hash TEXT,
  tx_status TEXT,
  -- pending, processing, completed, failed
  status TEXT NOT NULL,
  created_at instant_text NOT NULL,
  processing_started_at instant_text,
  completed_at instant_text,
  -- Not of the seeds: the client's key.
  channel TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (batch_id)
);

CREATE INDEX idx_client_batch ON payout_batches (client_id);
CREATE INDEX idx_status_batch ON payout_batches (status);
CREATE INDEX idx_created_batch ON payout_batches (created_at);
