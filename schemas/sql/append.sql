-- Appends a group behind a known end of the log, all or nothing; false where the log doesn't end
-- there, or another epoch has begun. A tag list is parted by spaces, which no tag has; a tag's places
-- are an array's literal.
--
-- The lists are taken apart side by side in a SELECT: behind FROM each would be written to a store
-- of its own first, which costs a fifth of it all.
CREATE OR REPLACE FUNCTION weir.append(
  of_partition integer, in_epoch bigint, for_seconds double precision,
  from_position bigint, from_hash bytea,
  positions bigint[], streams text[], versions bigint[], names text[], times timestamptz[],
  actors text[], commands text[], causes bigint[], tag_lists text[], bodies text[],
  hashes bytea[], digests bytea[], counts integer[], tags text[], places text[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
DECLARE
  added integer := cardinality(positions);
BEGIN
  UPDATE weir.lane SET
    position = from_position + added, hash = hashes[added], at = times[added],
    held_until = clock_timestamp() + make_interval(secs => for_seconds)
  WHERE lane.partition = of_partition AND lane.epoch = in_epoch
    AND lane.position = from_position AND lane.hash = from_hash;
  IF NOT FOUND THEN RETURN false; END IF;
  IF positions[1] <> from_position + 1 OR positions[added] <> from_position + added THEN
    RAISE EXCEPTION 'positions must follow on the lane' USING ERRCODE = 'restrict_violation';
  END IF;
  INSERT INTO weir.event (
    partition, position, stream, version, name, at, actor, command, caused_by, tags, body, hash,
    command_digest, command_events)
  SELECT of_partition, one.position, one.stream, one.version, one.name, one.at, one.actor,
    one.command, one.caused_by, string_to_array(one.tags, ' '), one.body, one.hash, one.digest,
    one.events
  FROM (
    SELECT unnest(positions) AS position, unnest(streams) AS stream, unnest(versions) AS version,
      unnest(names) AS name, unnest(times) AS at, unnest(actors) AS actor,
      unnest(commands) AS command, unnest(causes) AS caused_by, unnest(tag_lists) AS tags,
      unnest(bodies) AS body, unnest(hashes) AS hash, unnest(digests) AS digest,
      unnest(counts) AS events
  ) AS one;
  INSERT INTO weir.event_tag (partition, tag, last, positions)
  SELECT of_partition, list.tag, list.positions[cardinality(list.positions)], list.positions
  FROM (
    SELECT one.tag, one.places::bigint[] AS positions
    FROM (SELECT unnest(tags) AS tag, unnest(places) AS places) AS one
  ) AS list;
  RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA weir FROM PUBLIC;
