-- Brings a log of format 1 to format 2, before append.sql; run by whoever has the lane, and owns the
-- schema. A role of the service's own is granted weir.append again (service_role.sql).
--
-- Format 2 has a row for each group that has a tag, where there was one for each event; what is
-- there becomes groups of one. No trigger fires, as no row is changed but by its type.

ALTER TABLE weir.event_tag RENAME COLUMN position TO last;
ALTER TABLE weir.event_tag ADD COLUMN positions bigint[];
ALTER TABLE weir.event_tag ALTER COLUMN positions TYPE bigint[] USING ARRAY[last];
ALTER TABLE weir.event_tag ALTER COLUMN positions SET NOT NULL;
ALTER TABLE weir.event_tag ADD CHECK (last = positions[cardinality(positions)]);

DROP FUNCTION weir.append(
  integer, bigint, double precision, bigint, bytea, bigint[], text[], bigint[], text[],
  timestamptz[], text[], text[], bigint[], text[], text[], bytea[], bytea[], integer[]);

UPDATE weir.log SET format = 2;
