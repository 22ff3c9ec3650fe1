-- Which node performs the outside calls of which lane, by lease, and the calls that are handed to
-- it (Sources/PostgresLog/nodes.md). Run behind log.sql, append.sql and inbox.sql.
--
-- None of it is the log, and nothing is lost with any of it. That a call is owed is a fact, made
-- durable before the call is handed out; a call without an answer is made by the node that serves.
-- So calls and answers are unlogged, and end with their server.
--
-- What is asked and answered is sealed (AES-256-GCM, under a key made of the host wallet's): it
-- tells nobody anything, and nobody else can make an answer up.

-- What the node that serves hands out: the form of its calls, and the leases there are.
CREATE TABLE weir.call_lead (
  is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
  -- Of the log's lane.
  epoch bigint NOT NULL,
  -- Nodes of another form can't read its calls, and lease nothing.
  form text NOT NULL,
  names text[] COLLATE "C" NOT NULL
) WITH (fillfactor = 10);

INSERT INTO weir.call_lead (epoch, form, names) VALUES (0, '', '{}');

-- Nodes that stand by, until when by this server's clock.
CREATE TABLE weir.node (
  name text COLLATE "C" PRIMARY KEY,
  form text NOT NULL,
  seen_until timestamptz NOT NULL
) WITH (fillfactor = 10);

-- One a lane, and one of the tables. Whoever takes it raises the epoch, and no answer counts that
-- was made under an older one.
CREATE TABLE weir.lease (
  name text COLLATE "C" PRIMARY KEY,
  -- Empty where nobody has it.
  holder text COLLATE "C" NOT NULL,
  epoch bigint NOT NULL CHECK (epoch >= 0),
  held_until timestamptz NOT NULL
) WITH (fillfactor = 10);

CREATE UNLOGGED TABLE weir.call (
  -- Of the log's lane, and the caller's own number in it: never given twice, whatever is lost here.
  epoch bigint NOT NULL,
  number bigint NOT NULL CHECK (number > 0),
  lane text COLLATE "C" NOT NULL,
  lease bigint NOT NULL,
  key text NOT NULL,
  intent bigint NOT NULL,
  attempt integer NOT NULL,
  effect bytea NOT NULL CHECK (octet_length(effect) <= 1048576),
  PRIMARY KEY (epoch, number)
);

CREATE UNLOGGED TABLE weir.call_done (
  epoch bigint NOT NULL,
  number bigint NOT NULL,
  node text COLLATE "C" NOT NULL,
  outcome bytea NOT NULL CHECK (octet_length(outcome) <= 1048576),
  PRIMARY KEY (epoch, number)
);

CREATE FUNCTION weir.guard_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.name <> OLD.name OR NEW.epoch < OLD.epoch
    OR (NEW.holder NOT IN ('', OLD.holder) AND NEW.epoch = OLD.epoch)
  THEN
    RAISE EXCEPTION 'a lease that is taken gets another epoch' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION weir.guard_call_lead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.epoch < OLD.epoch THEN
    RAISE EXCEPTION 'a lane only goes on' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard BEFORE UPDATE ON weir.lease
  FOR EACH ROW EXECUTE FUNCTION weir.guard_lease();
CREATE TRIGGER guard BEFORE UPDATE ON weir.call_lead
  FOR EACH ROW EXECUTE FUNCTION weir.guard_call_lead();

DO $$
DECLARE
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['lease', 'call_lead'] LOOP
    EXECUTE format('ALTER TABLE weir.%I ENABLE ALWAYS TRIGGER guard', part);
    EXECUTE format(
      'CREATE TRIGGER keep BEFORE DELETE ON weir.%I '
      'FOR EACH ROW EXECUTE FUNCTION weir.refuse()', part);
    EXECUTE format('ALTER TABLE weir.%I ENABLE ALWAYS TRIGGER keep', part);
    EXECUTE format(
      'CREATE TRIGGER keep_all BEFORE TRUNCATE ON weir.%I '
      'FOR EACH STATEMENT EXECUTE FUNCTION weir.refuse()', part);
    EXECUTE format('ALTER TABLE weir.%I ENABLE ALWAYS TRIGGER keep_all', part);
  END LOOP;
END $$;

-- The node that serves says what it hands out, has no lease itself, and sees who has which; no row
-- where another epoch of the log's lane has begun. Nothing is written where nothing is new.
CREATE FUNCTION weir.lead_calls(
  of_partition integer, in_epoch bigint, in_form text, all_names text[]
) RETURNS TABLE (name text, holder text, epoch bigint, milliseconds bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
#variable_conflict use_column
DECLARE
  leader text;
BEGIN
  SELECT lane.holder INTO leader FROM weir.lane
  WHERE lane.partition = of_partition AND lane.epoch = in_epoch;
  IF NOT FOUND THEN RETURN; END IF;
  UPDATE weir.call_lead SET epoch = in_epoch, form = in_form, names = all_names
  WHERE call_lead.epoch < in_epoch OR call_lead.form <> in_form OR call_lead.names <> all_names;
  INSERT INTO weir.lease (name, holder, epoch, held_until)
  SELECT one, '', 0, '-infinity' FROM unnest(all_names) AS one
  WHERE NOT EXISTS (SELECT FROM weir.lease WHERE lease.name = one)
  ON CONFLICT DO NOTHING;
  DELETE FROM weir.node WHERE node.name = leader;
  UPDATE weir.lease SET holder = '', held_until = '-infinity' WHERE lease.holder = leader;
  DELETE FROM weir.call WHERE call.epoch < in_epoch;
  DELETE FROM weir.call_done WHERE call_done.epoch < in_epoch;
  RETURN QUERY
  SELECT lease.name, lease.holder, lease.epoch,
    CASE WHEN lease.held_until > clock_timestamp() THEN
      (extract(epoch FROM lease.held_until - clock_timestamp()) * 1000)::bigint
    ELSE 0 END
  FROM weir.lease WHERE lease.name = ANY (all_names) ORDER BY lease.name;
END $$;

-- A node that stands by says that it lives, keeps its leases, lets go of those beyond its share,
-- and takes free ones up to it; gives those that it has. One of another form has none, and says so
-- of itself where the form is empty: it is on its way out.
CREATE FUNCTION weir.tend_node(by_node text, in_form text, for_seconds double precision)
RETURNS TABLE (name text, epoch bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
#variable_conflict use_column
DECLARE
  lead weir.call_lead;
  moment timestamptz;
  until timestamptz;
  standing integer;
  share integer := 0;
  held integer;
BEGIN
  -- One at a time: who counts sees what the one before took.
  SELECT * INTO STRICT lead FROM weir.call_lead FOR UPDATE;
  moment := clock_timestamp();
  until := moment + make_interval(secs => for_seconds);
  INSERT INTO weir.node (name, form, seen_until) VALUES (by_node, in_form, until)
  ON CONFLICT (name) DO UPDATE SET form = excluded.form, seen_until = excluded.seen_until;
  DELETE FROM weir.node WHERE node.seen_until < moment - interval '1 day';
  IF in_form <> '' AND in_form = lead.form THEN
    SELECT count(*) INTO standing FROM weir.node
    WHERE node.form = in_form AND node.seen_until >= moment;
    share := (cardinality(lead.names) + standing - 1) / standing;
  END IF;
  -- What has lapsed is taken anew, if at all: somebody may have counted on that it had.
  UPDATE weir.lease SET holder = '', held_until = '-infinity'
  WHERE lease.holder = by_node AND lease.name NOT IN (
    SELECT own.name FROM weir.lease AS own
    WHERE own.holder = by_node AND own.held_until > moment AND own.name = ANY (lead.names)
    ORDER BY own.name LIMIT share);
  UPDATE weir.lease SET held_until = until WHERE lease.holder = by_node;
  GET DIAGNOSTICS held = ROW_COUNT;
  UPDATE weir.lease SET holder = by_node, epoch = lease.epoch + 1, held_until = until
  WHERE lease.name IN (
    SELECT free.name FROM weir.lease AS free
    WHERE free.name = ANY (lead.names) AND free.held_until <= moment
    ORDER BY free.name LIMIT greatest(share - held, 0));
  RETURN QUERY
  SELECT lease.name, lease.epoch FROM weir.lease
  WHERE lease.holder = by_node ORDER BY lease.name;
END $$;

-- Hands calls out, those whose lease is what the caller knows of it, and gives their numbers.
CREATE FUNCTION weir.put_calls(
  of_partition integer, in_epoch bigint, numbers bigint[], lanes text[], leases bigint[],
  keys text[], intents bigint[], attempts integer[], effects bytea[]
) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
BEGIN
  PERFORM FROM weir.lane WHERE lane.partition = of_partition AND lane.epoch = in_epoch;
  IF NOT FOUND THEN RETURN; END IF;
  RETURN QUERY
  INSERT INTO weir.call (epoch, number, lane, lease, key, intent, attempt, effect)
  SELECT in_epoch, one.number, one.lane, one.lease, one.key, one.intent, one.attempt, one.effect
  FROM unnest(numbers, lanes, leases, keys, intents, attempts, effects)
    AS one (number, lane, lease, key, intent, attempt, effect)
  JOIN weir.lease ON lease.name = one.lane AND lease.epoch = one.lease
    AND lease.held_until > clock_timestamp()
  RETURNING call.number;
  PERFORM pg_notify('weir_call', '');
END $$;

-- The next calls behind one, of the lanes that a node has leased, in the order they were put.
CREATE FUNCTION weir.take_calls(
  of_partition integer, by_node text, behind_epoch bigint, behind bigint, most integer
) RETURNS TABLE (epoch bigint, number bigint, key text, effect bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = weir, pg_temp AS $$
  SELECT call.epoch, call.number, call.key, call.effect
  FROM weir.lane
  JOIN weir.call ON call.epoch = lane.epoch
    AND call.number > CASE WHEN lane.epoch = behind_epoch THEN behind ELSE 0 END
  JOIN weir.lease ON lease.name = call.lane AND lease.epoch = call.lease
    AND lease.holder = by_node AND lease.held_until > clock_timestamp()
  WHERE lane.partition = of_partition
  ORDER BY call.number LIMIT most
$$;

-- Puts answers in, and gives the numbers of those that are there; the others' lease, or epoch of
-- the log's lane, isn't current any more.
CREATE FUNCTION weir.answer_calls(
  of_partition integer, by_node text, epochs bigint[], numbers bigint[], outcomes bytea[]
) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
BEGIN
  INSERT INTO weir.call_done (epoch, number, node, outcome)
  SELECT call.epoch, call.number, by_node, one.outcome
  FROM unnest(epochs, numbers, outcomes) AS one (epoch, number, outcome)
  JOIN weir.call ON call.epoch = one.epoch AND call.number = one.number
  JOIN weir.lane ON lane.partition = of_partition AND lane.epoch = call.epoch
  JOIN weir.lease ON lease.name = call.lane AND lease.epoch = call.lease
    AND lease.holder = by_node AND lease.held_until > clock_timestamp()
  ON CONFLICT DO NOTHING;
  IF FOUND THEN PERFORM pg_notify('weir_answer', ''); END IF;
  RETURN QUERY
  SELECT done.number FROM unnest(epochs, numbers) AS one (epoch, number)
  JOIN weir.call_done AS done
    ON done.epoch = one.epoch AND done.number = one.number AND done.node = by_node;
END $$;

-- Forgets calls that are over, with their answers, and gives the answers to others.
CREATE FUNCTION weir.end_calls(
  of_partition integer, in_epoch bigint, ended bigint[], most integer
) RETURNS TABLE (number bigint, node text, outcome bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM FROM weir.lane WHERE lane.partition = of_partition AND lane.epoch = in_epoch;
  IF NOT FOUND THEN RETURN; END IF;
  IF cardinality(ended) > 0 THEN
    DELETE FROM weir.call WHERE call.epoch = in_epoch AND call.number = ANY (ended);
    DELETE FROM weir.call_done
    WHERE call_done.epoch = in_epoch AND call_done.number = ANY (ended);
  END IF;
  RETURN QUERY
  SELECT done.number, done.node, done.outcome FROM weir.call_done AS done
  WHERE done.epoch = in_epoch ORDER BY done.number LIMIT most;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA weir FROM PUBLIC;
