-- One row per payment that was held, or taken back after it was booked: what people must rule on.
CREATE TABLE held_payments (
  payment TEXT NOT NULL,
  -- NULL where no client could be made out.
  channel TEXT,
  -- held, taken_back, contradicted, booked, refunded, written_off, reversed
  state TEXT NOT NULL,
  -- True while a person is waited for.
  is_waiting BOOLEAN NOT NULL,
  -- Why it was held, in the ledger's word, or what the provider said against it.
  reason TEXT NOT NULL,
  -- What is known to have arrived; NULL where nothing is.
  amount amount_text,
  asset TEXT,
  -- The person's words, and what sent the money back.
  ruling TEXT,
  tx_hash TEXT,
  held_at instant_text NOT NULL,
  -- When it came into this state.
  since instant_text NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (payment)
);

CREATE INDEX held_payments_waiting ON held_payments (is_waiting, held_at);
