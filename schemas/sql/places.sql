-- How far those are who do something about the log's facts once for all nodes, such as mails: the
-- node that takes over goes on where the one before was. Run behind log.sql.

CREATE TABLE weir.place (
  partition integer NOT NULL,
  name text COLLATE "C" NOT NULL,
  position bigint NOT NULL CHECK (position >= 0),
  PRIMARY KEY (partition, name)
) WITH (fillfactor = 10);

-- Notes a place, and none before the one that is noted; false where another epoch of the log's lane
-- has begun.
CREATE FUNCTION weir.keep_place(
  of_partition integer, in_epoch bigint, of_name text, at_position bigint
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = weir, pg_temp AS $$
BEGIN
  PERFORM FROM weir.lane WHERE lane.partition = of_partition AND lane.epoch = in_epoch;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO weir.place (partition, name, position) VALUES (of_partition, of_name, at_position)
  ON CONFLICT (partition, name) DO UPDATE SET position = excluded.position
  WHERE place.position < excluded.position;
  RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA weir FROM PUBLIC;
