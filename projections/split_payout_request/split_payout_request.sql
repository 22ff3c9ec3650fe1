-- One row per payout request (split): the seeds' table.
CREATE TABLE split_payout_request (
  unique_id TEXT NOT NULL,
  -- The payer of an instant payment; 0 for a batch or a conversion.
  user_id BIGINT NOT NULL,
  closed_channel_id TEXT NOT NULL,
  from_currency TEXT NOT NULL,
  to_currency TEXT NOT NULL,
  from_network TEXT NOT NULL,
  to_network TEXT NOT NULL,
  -- After the fee, in the currency that is swapped or sent.
  from_amount amount_text NOT NULL,
  -- Pure market value by the last estimate: for the books, never a swap's input. NULL before it.
  to_amount amount_text,
  client_wallet_address TEXT NOT NULL,
  -- Refunds go to the host wallet by configuration; no fact names it per request: always NULL.
  refund_address TEXT,
  -- standard or fixed-rate
  flow TEXT NOT NULL,
  -- direct, the seeds' default: the sum sent is fixed, not the sum received.
  type TEXT NOT NULL,
  -- ETH that arrived for it; 0 where another coin did.
  actual_eth_amount amount_text NOT NULL,
  created_at instant_text NOT NULL,
  updated_at instant_text NOT NULL,
  -- Not of the seeds: the client's key.
  channel TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (unique_id)
);

CREATE INDEX split_payout_request_channel ON split_payout_request (channel);
