-- Appends a group behind a known end of the log, all or nothing; false where the log doesn't end
-- there, or another epoch has begun. A tag list is an array's literal, as are a tag's places.
CREATE FUNCTION weir.append(
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
    one.command, one.caused_by, one.tags::text[], one.body, one.hash, one.digest,
    one.events
  FROM unnest(
    positions, streams, versions, names, times, actors, commands, causes, tag_lists, bodies,
    hashes, digests, counts
  ) AS one (
    position, stream, version, name, at, actor, command, caused_by, tags, body, hash, digest,
    events);
  INSERT INTO weir.event_tag (partition, tag, last, positions)
  SELECT of_partition, list.tag, list.positions[cardinality(list.positions)], list.positions
  FROM (
    SELECT one.tag, one.places::bigint[] AS positions FROM unnest(tags, places) AS one (tag, places)
  ) AS list;
  RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA weir FROM PUBLIC;
