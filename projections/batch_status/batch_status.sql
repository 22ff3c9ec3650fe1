-- One row per batch: who is paid what, how far it is, and what the outside said.
CREATE TABLE batch_status (
  batch TEXT NOT NULL,
  channel TEXT NOT NULL,
  wallet TEXT NOT NULL,
  asset TEXT NOT NULL,
  members INTEGER NOT NULL,
  total_usdt amount_text NOT NULL,
  -- The threshold it was opened at.
  threshold_usd amount_text NOT NULL,
  -- opened, handed_off, estimating, swapping, funding, delivering, held, completed, failed
  phase TEXT NOT NULL,
  -- Why it is held or failed.
  reason TEXT,
  split TEXT,
  -- Swaps opened for it so far; the last one's id, and the provider's last word on it.
  attempt INTEGER NOT NULL,
  swap TEXT,
  swap_status TEXT,
  transfer TEXT,
  -- Hash of the host wallet's funding transaction, once it is final.
  tx_hash TEXT,
  -- What reached the client's wallet, in its asset.
  delivered amount_text,
  opened_at instant_text NOT NULL,
  handed_off_at instant_text,
  funded_at instant_text,
  -- When it was completed, or failed.
  ended_at instant_text,
  position BIGINT NOT NULL,
  PRIMARY KEY (batch)
);

CREATE INDEX batch_status_channel ON batch_status (channel, opened_at, batch);
CREATE INDEX batch_status_opened ON batch_status (opened_at, batch);
CREATE INDEX batch_status_phase ON batch_status (phase);
