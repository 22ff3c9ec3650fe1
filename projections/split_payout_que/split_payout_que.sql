-- One row per exchange at the swap provider: the seeds' table, keyed by the provider's id, since
-- one request may open several.
CREATE TABLE split_payout_que (
  unique_id TEXT NOT NULL,
  cn_api_id TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  closed_channel_id TEXT NOT NULL,
  from_currency TEXT NOT NULL,
  to_currency TEXT NOT NULL,
  from_network TEXT NOT NULL,
  to_network TEXT NOT NULL,
  -- The provider's own figures; the second is what was delivered once the swap finished.
  from_amount amount_text NOT NULL,
  to_amount amount_text,
  payin_address TEXT NOT NULL,
  payout_address TEXT NOT NULL,
  client_wallet_address TEXT NOT NULL,
  -- Refunds go to the host wallet by configuration; no fact names it per swap: always NULL.
  refund_address TEXT,
  flow TEXT NOT NULL,
  type TEXT NOT NULL,
  actual_eth_amount amount_text NOT NULL,
  created_at instant_text NOT NULL,
  updated_at instant_text NOT NULL,
  -- Not of the seeds: the client's key.
  channel TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (cn_api_id)
);

CREATE INDEX split_payout_que_request ON split_payout_que (unique_id);
