-- One row per executed transfer of the host wallet: the seeds' table. A row appears after success;
-- what is on its way is in `sagas`.
CREATE TABLE hostpay_transactions (
  -- Log position of the success.
  id BIGINT NOT NULL,
  -- The payout request's id.
  unique_id TEXT NOT NULL,
  -- NULL where the client's wallet was paid directly.
  cn_api_id TEXT,
  from_currency TEXT NOT NULL,
  from_network TEXT NOT NULL,
  from_amount amount_text NOT NULL,
  -- The swap's deposit address, or the client's wallet.
  payin_address TEXT NOT NULL,
  is_complete BOOLEAN NOT NULL,
  tx_hash TEXT NOT NULL,
  tx_status TEXT NOT NULL,
  gas_used INTEGER,
  block_number INTEGER,
  -- ETH that was sent; 0 where a token was.
  actual_eth_amount amount_text NOT NULL,
  -- When the transfer was asked for, and when it was final.
  created_at instant_text NOT NULL,
  updated_at instant_text NOT NULL,
  -- Not of the seeds: the client's key.
  channel TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (unique_id)
);

CREATE INDEX hostpay_transactions_hash ON hostpay_transactions (tx_hash);
CREATE INDEX hostpay_transactions_swap ON hostpay_transactions (cn_api_id);
