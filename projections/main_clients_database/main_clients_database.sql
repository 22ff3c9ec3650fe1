-- One row per registered channel pair: the seeds' table, with the pair's key beside it.
CREATE TABLE main_clients_database (
  -- Position of the registration in the log.
  id BIGINT NOT NULL,
  open_channel_id TEXT NOT NULL,
  open_channel_title TEXT NOT NULL,
  open_channel_description TEXT NOT NULL,
  closed_channel_id TEXT NOT NULL,
  closed_channel_title TEXT NOT NULL,
  closed_channel_description TEXT NOT NULL,
  closed_channel_donation_message TEXT,
  sub_1_price amount_text NOT NULL,
  sub_1_time SMALLINT NOT NULL,
  -- NULL where the tier is not offered.
  sub_2_price amount_text,
  sub_2_time SMALLINT,
  sub_3_price amount_text,
  sub_3_time SMALLINT,
  client_wallet_address TEXT NOT NULL,
  client_payout_currency TEXT NOT NULL,
  client_payout_network TEXT NOT NULL,
  payout_strategy TEXT NOT NULL,
  payout_threshold_usd amount_text NOT NULL,
  -- When the owner last changed how payouts go.
  payout_threshold_updated_at instant_text,
  -- The owner's account, where it has one; accounts' names are a person's and stand in none.
  client_id TEXT,
  created_by TEXT,
  updated_at instant_text NOT NULL,
  notification_status BOOLEAN NOT NULL,
  notification_id BIGINT,
  -- Not of the seeds: what everything else of the client is keyed by.
  channel TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (channel)
);

CREATE UNIQUE INDEX main_clients_open ON main_clients_database (open_channel_id);
CREATE UNIQUE INDEX main_clients_closed ON main_clients_database (closed_channel_id);
CREATE INDEX idx_payout_strategy ON main_clients_database (payout_strategy);
