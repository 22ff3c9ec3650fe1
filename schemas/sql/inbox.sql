-- The inbox: webhooks that came to a node which doesn't hold the log's lane, until the one that
-- does has taken them. Run behind log.sql and append.sql.
--
-- What somebody else said is sealed (AES-256-GCM, under a key made of the webhook's own secret), so
-- that rows which stay for ever tell nothing of anybody to whoever reads the database.

-- How many rows the inbox has. Whoever puts some in holds this row until they are committed:
-- numbers have no gap, and none is seen before a lower one.
CREATE TABLE weir.inbox_lane (
  is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
  number bigint NOT NULL CHECK (number >= 0)
) WITH (fillfactor = 10);

INSERT INTO weir.inbox_lane (number) VALUES (0);

CREATE TABLE weir.inbox (
  number bigint PRIMARY KEY CHECK (number > 0),
  kind text COLLATE "C" NOT NULL CHECK (kind IN ('nowpayments', 'telegram')),
  -- When the node had the whole request, by its own clock.
  at timestamptz NOT NULL,
  kept_at timestamptz NOT NULL,
  node text NOT NULL,
  sealed bytea NOT NULL CHECK (octet_length(sealed) <= 262144)
);

-- What became of them, a row each and in their order; written once the outcome is in the log.
CREATE TABLE weir.inbox_taken (
  number bigint PRIMARY KEY,
  epoch bigint NOT NULL,
  outcome text NOT NULL CHECK (octet_length(outcome) BETWEEN 1 AND 400),
  at timestamptz NOT NULL
);

CREATE FUNCTION weir.guard_inbox_lane() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number < OLD.number THEN
    RAISE EXCEPTION 'the inbox only grows' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard BEFORE UPDATE ON weir.inbox_lane
  FOR EACH ROW EXECUTE FUNCTION weir.guard_inbox_lane();
CREATE TRIGGER keep BEFORE DELETE ON weir.inbox_lane
  FOR EACH ROW EXECUTE FUNCTION weir.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON weir.inbox
  FOR EACH ROW EXECUTE FUNCTION weir.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON weir.inbox_taken
  FOR EACH ROW EXECUTE FUNCTION weir.refuse();

DO $$
DECLARE
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['inbox', 'inbox_taken', 'inbox_lane'] LOOP
    EXECUTE format('ALTER TABLE weir.%I ENABLE ALWAYS TRIGGER keep', part);
    EXECUTE format(
      'CREATE TRIGGER keep_all BEFORE TRUNCATE ON weir.%I '
      'FOR EACH STATEMENT EXECUTE FUNCTION weir.refuse()', part);
    EXECUTE format('ALTER TABLE weir.%I ENABLE ALWAYS TRIGGER keep_all', part);
  END LOOP;
END $$;

-- Puts webhooks in, in their order, and gives the number of the last.
CREATE FUNCTION weir.put_inbox(
  kinds text[], times timestamptz[], by_node text, bodies bytea[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
DECLARE
  added integer := cardinality(kinds);
  newest bigint;
BEGIN
  UPDATE weir.inbox_lane SET number = inbox_lane.number + added
  RETURNING inbox_lane.number INTO STRICT newest;
  INSERT INTO weir.inbox (number, kind, at, kept_at, node, sealed)
  SELECT newest - added + one.place, one.kind, one.at, clock_timestamp(), by_node, one.sealed
  FROM unnest(kinds, times, bodies) WITH ORDINALITY AS one (kind, at, sealed, place);
  RETURN newest;
END $$;

-- Notes what became of the next rows, or of none; false where another epoch has begun, so that
-- nobody calls a row taken by what it knew before it lost the lane. marks are the SHA-256 of what
-- is sealed: after a failover a number may be another row's.
CREATE FUNCTION weir.take_inbox(
  of_partition integer, in_epoch bigint, numbers bigint[], marks bytea[], outcomes text[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
DECLARE
  taken bigint;
  found_rows bigint;
BEGIN
  PERFORM FROM weir.lane WHERE lane.partition = of_partition AND lane.epoch = in_epoch;
  IF NOT FOUND THEN RETURN false; END IF;
  SELECT coalesce(max(number), 0) INTO taken FROM weir.inbox_taken;
  SELECT count(*) INTO found_rows
  FROM unnest(numbers, marks) WITH ORDINALITY AS one (number, mark, place)
  JOIN weir.inbox ON inbox.number = one.number AND sha256(inbox.sealed) = one.mark
  WHERE one.number = taken + one.place;
  IF found_rows <> cardinality(numbers) THEN
    RAISE EXCEPTION 'what was taken is not what follows in the inbox'
      USING ERRCODE = 'restrict_violation';
  END IF;
  INSERT INTO weir.inbox_taken (number, epoch, outcome, at)
  SELECT one.number, in_epoch, one.outcome, clock_timestamp()
  FROM unnest(numbers, outcomes) AS one (number, outcome);
  RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA weir FROM PUBLIC;
