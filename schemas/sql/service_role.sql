-- What a role of the service's own may do; run by the owner of schema weir, with
--   psql -v service=ROLE -f schemas/sql/service_role.sql
-- It reads, appends by weir.append, and puts webhooks into the inbox and notes what became of them:
-- it can't write a row in any other way.
GRANT USAGE ON SCHEMA weir TO :"service";
GRANT SELECT ON ALL TABLES IN SCHEMA weir TO :"service";
GRANT EXECUTE ON FUNCTION
  weir.take_lane(integer, text, double precision),
  weir.keep_lane(integer, bigint, double precision),
  weir.append(
    integer, bigint, double precision, bigint, bytea, bigint[], text[], bigint[], text[],
    timestamptz[], text[], text[], bigint[], text[], text[], bytea[], bytea[], integer[],
    text[], text[]),
  weir.note_recovery(text),
  weir.put_inbox(text[], timestamptz[], text, bytea[]),
  weir.take_inbox(integer, bigint, bigint[], bytea[], text[])
TO :"service";
