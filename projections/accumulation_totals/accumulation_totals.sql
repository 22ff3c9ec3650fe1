-- One row per channel, wallet and payout asset: what accumulated there and what became of it.
CREATE TABLE accumulation_totals (
  channel TEXT NOT NULL,
  wallet TEXT NOT NULL,
  asset TEXT NOT NULL,
  -- Ever locked, and of that ever converted: only what is converted counts toward the threshold.
  locked_usdt amount_text NOT NULL,
  converted_usdt amount_text NOT NULL,
  -- Converted and in no batch: what is measured against the threshold.
  pending_usdt amount_text NOT NULL,
  -- In a batch that is neither completed nor failed.
  reserved_usdt amount_text NOT NULL,
  paid_usdt amount_text NOT NULL,
  -- Payments behind the sums above.
  locked_count INTEGER NOT NULL,
  converted_count INTEGER NOT NULL,
  pending_count INTEGER NOT NULL,
  reserved_count INTEGER NOT NULL,
  paid_count INTEGER NOT NULL,
  -- The channel's threshold now; what it last was where the channel went back to instant.
  threshold_usd amount_text NOT NULL,
  -- Pending in hundredths of a percent of the threshold, rounded down: 10000 is due.
  progress_basis_points INTEGER NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (channel, wallet, asset)
);
