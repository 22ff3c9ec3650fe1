-- One row per subscriber and paid channel: the seeds' table. A renewal changes the row.
CREATE TABLE private_channel_users_database (
  -- Log position of the first grant; what other tables call the subscription.
  id BIGINT NOT NULL,
  private_channel_id TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  -- Days bought last, and their price in US dollars.
  sub_time SMALLINT NOT NULL,
  sub_price amount_text NOT NULL,
  -- When access was last given, and when it ends; UTC.
  timestamp TIME NOT NULL,
  datestamp DATE NOT NULL,
  expire_time TIME NOT NULL,
  expire_date DATE NOT NULL,
  -- True from the grant on, until the subscriber was taken out of the channel after the expiry;
  -- without a Telegram bot nobody is.
  is_active BOOLEAN NOT NULL,
  -- The provider's own words about the payment that gave access last.
  nowpayments_payment_id TEXT,
  nowpayments_invoice_id TEXT,
  nowpayments_order_id TEXT,
  nowpayments_pay_address TEXT,
  nowpayments_payment_status TEXT,
  nowpayments_pay_amount amount_text,
  nowpayments_pay_currency TEXT,
  nowpayments_outcome_amount amount_text,
  nowpayments_outcome_currency TEXT,
  nowpayments_price_amount amount_text,
  nowpayments_price_currency TEXT,
  -- The outcome at the rate it was booked at.
  nowpayments_outcome_amount_usd amount_text,
  -- The provider's time of creation: no fact carries it, always NULL.
  nowpayments_created_at TEXT,
  nowpayments_updated_at TEXT,
  -- confirmed: a row appears with the grant only.
  payment_status TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (user_id, private_channel_id)
);

CREATE INDEX private_users_payment ON private_channel_users_database (nowpayments_payment_id);
CREATE INDEX private_users_order ON private_channel_users_database (nowpayments_order_id);
CREATE INDEX idx_active_expiration
  ON private_channel_users_database (is_active, expire_date, expire_time);
