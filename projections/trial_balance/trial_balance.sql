-- One row per account and asset: what was debited, what was credited, and the difference.
--
-- Per asset the balances add up to zero after every fact.
CREATE TABLE trial_balance (
  account TEXT NOT NULL,
  asset TEXT NOT NULL,
  -- The client whose account it is; NULL for the platform's own.
  channel TEXT,
  debit amount_text NOT NULL,
  credit amount_text NOT NULL,
  -- Debits less credits.
  balance amount_text NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (account, asset)
);

CREATE INDEX trial_balance_channel ON trial_balance (channel);
