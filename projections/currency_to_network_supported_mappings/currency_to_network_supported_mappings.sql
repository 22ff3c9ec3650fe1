-- One row per pair a client can be paid in: the seeds' table, 87 rows on 16 networks. Data of the
-- program, put in with the log's first fact.
CREATE TABLE currency_to_network_supported_mappings (
  -- From 1, by network and then currency.
  id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  network TEXT NOT NULL,
  currency_name TEXT NOT NULL,
  network_name TEXT NOT NULL,
  is_active BOOLEAN NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (currency, network)
);
