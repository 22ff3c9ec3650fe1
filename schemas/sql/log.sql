-- The log in PostgreSQL 15: schema weir, made by `weir serve --store` where it isn't there yet, of
-- this script, append.sql and inbox.sql. A log of an older format is brought up to it by
-- upgrade_2.sql, upgrade_3.sql and upgrade_4.sql.
--
-- The rows hold what the file store's records hold, and give the same bytes and hashes: an event's
-- canonical envelope is made of its row (Sources/Log/Envelope.swift), and its hash is
-- SHA-256(the hash before ‖ the envelope). body is canonical JSON, so body::jsonb reads it.
--
-- partition is in every key: that of a log's lane, of which there is one today.

CREATE SCHEMA weir;

-- What log this is: one row.
CREATE TABLE weir.log (
  is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
  log text NOT NULL CHECK (log ~ '^[0-9a-f]{32}$'),
  environment text NOT NULL CHECK (environment IN ('live', 'sandbox')),
  format integer NOT NULL,
  -- Why nothing may be signed until recovery is done; null where none is owed.
  recovery text
);

-- A row a partition: the writer's lock, the newest position, and the fence, in one. Whoever takes
-- the lane raises the epoch, and nobody appends under an older one.
CREATE TABLE weir.lane (
  partition integer PRIMARY KEY,
  position bigint NOT NULL CHECK (position >= 0),
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  at timestamptz,
  epoch bigint NOT NULL,
  -- Who holds the lane, and until when by this server's clock; that only saves work, the epoch is
  -- what keeps two apart.
  holder text NOT NULL,
  held_until timestamptz NOT NULL
) WITH (fillfactor = 10);

CREATE TABLE weir.event (
  partition integer NOT NULL,
  position bigint NOT NULL CHECK (position > 0),
  stream text COLLATE "C" NOT NULL,
  version bigint NOT NULL CHECK (version > 0),
  name text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  command text COLLATE "C" NOT NULL,
  caused_by bigint,
  tags text[] COLLATE "C" NOT NULL,
  body text NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  -- On the first event of its command: what was asked, and how many events answered it.
  command_digest bytea CHECK (octet_length(command_digest) = 32),
  command_events integer CHECK (command_events > 0),
  PRIMARY KEY (partition, position),
  CHECK ((command_digest IS NULL) = (command_events IS NULL))
) PARTITION BY HASH (partition);

CREATE UNIQUE INDEX event_stream ON weir.event (partition, stream, version);

-- A command's id is taken for ever.
CREATE UNIQUE INDEX event_command ON weir.event (partition, command) INCLUDE (position)
  WHERE command_digest IS NOT NULL;

-- Where a tag is: a row for each group that has it, by the last of its positions there.
CREATE TABLE weir.event_tag (
  partition integer NOT NULL,
  tag text COLLATE "C" NOT NULL,
  last bigint NOT NULL,
  positions bigint[] NOT NULL CHECK (last = positions[cardinality(positions)]),
  PRIMARY KEY (partition, tag, last)
) PARTITION BY HASH (partition);

-- Append-only: for whoever may write at all, and for the owner of these tables too.

CREATE FUNCTION weir.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only: % of %.% is refused',
    TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION weir.guard_lane() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.partition <> OLD.partition OR NEW.position < OLD.position OR NEW.epoch < OLD.epoch
    OR (NEW.position = OLD.position AND NEW.hash <> OLD.hash)
  THEN
    RAISE EXCEPTION 'a lane only goes on: neither its position nor its epoch may fall'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION weir.guard_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.log <> OLD.log OR NEW.environment <> OLD.environment THEN
    RAISE EXCEPTION 'a log stays what it is' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON weir.event
  FOR EACH ROW EXECUTE FUNCTION weir.refuse();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON weir.event_tag
  FOR EACH ROW EXECUTE FUNCTION weir.refuse();
CREATE TRIGGER keep BEFORE DELETE ON weir.lane FOR EACH ROW EXECUTE FUNCTION weir.refuse();
CREATE TRIGGER keep BEFORE DELETE ON weir.log FOR EACH ROW EXECUTE FUNCTION weir.refuse();
CREATE TRIGGER guard BEFORE UPDATE ON weir.lane
  FOR EACH ROW EXECUTE FUNCTION weir.guard_lane();
CREATE TRIGGER guard BEFORE UPDATE ON weir.log FOR EACH ROW EXECUTE FUNCTION weir.guard_log();

-- The hash partitions, and what no partition inherits: the trigger on TRUNCATE, and that triggers
-- fire whatever session_replication_role says.
DO $$
DECLARE
  parent text;
  part text;
BEGIN
  FOREACH parent IN ARRAY ARRAY['event', 'event_tag'] LOOP
    FOR number IN 0..7 LOOP
      part := parent || '_' || number;
      EXECUTE format(
        'CREATE TABLE weir.%I PARTITION OF weir.%I FOR VALUES WITH (MODULUS 8, REMAINDER %s)',
        part, parent, number);
      EXECUTE format('ALTER TABLE weir.%I ENABLE ALWAYS TRIGGER keep', part);
    END LOOP;
    EXECUTE format('ALTER TABLE weir.%I ENABLE ALWAYS TRIGGER keep', parent);
  END LOOP;
  FOR part IN
    SELECT relname FROM pg_class
    WHERE relnamespace = 'weir'::regnamespace AND relkind IN ('r', 'p')
  LOOP
    EXECUTE format(
      'CREATE TRIGGER keep_all BEFORE TRUNCATE ON weir.%I '
      'FOR EACH STATEMENT EXECUTE FUNCTION weir.refuse()', part);
    EXECUTE format('ALTER TABLE weir.%I ENABLE ALWAYS TRIGGER keep_all', part);
  END LOOP;
END $$;

-- The one way in. What the service calls runs as the owner: a role for the service needs to read,
-- and to call these and weir.append (append.sql), and nothing else (service_role.sql).

-- Takes the lane from whoever held it before, unless another holds it still.
CREATE FUNCTION weir.take_lane(of_partition integer, by_holder text, for_seconds double precision)
RETURNS TABLE (epoch bigint, "position" bigint, hash bytea, at timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
  UPDATE weir.lane SET
    epoch = lane.epoch + 1, holder = by_holder,
    held_until = clock_timestamp() + make_interval(secs => for_seconds)
  WHERE lane.partition = of_partition
    AND (lane.holder = by_holder OR lane.held_until < clock_timestamp())
  RETURNING lane.epoch, lane.position, lane.hash, lane.at
$$;

-- Holds the lane for longer; no row where another epoch has begun. It waits for an append that is
-- under way, and since it is a commit of its own, what it shows is replicated where it succeeds.
CREATE FUNCTION weir.keep_lane(of_partition integer, in_epoch bigint, for_seconds double precision)
RETURNS TABLE ("position" bigint, hash bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
  UPDATE weir.lane SET held_until = clock_timestamp() + make_interval(secs => for_seconds)
  WHERE lane.partition = of_partition AND lane.epoch = in_epoch
  RETURNING lane.position, lane.hash
$$;

-- Says why nothing may be signed until recovery is done; null when it is.
CREATE FUNCTION weir.note_recovery(why text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
  UPDATE weir.log SET recovery = why
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA weir FROM PUBLIC;
