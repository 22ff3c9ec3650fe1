-- What a role of the service's own may do; run by the owner of schema weir, with
--   psql -v service=ROLE -f schemas/sql/service_role.sql
-- It reads, appends by weir.append, puts webhooks into the inbox and notes what became of them,
-- shares calls with other nodes and notes places: it can't write a row in any other way.
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
  weir.take_inbox(integer, bigint, bigint[], bytea[], text[]),
  weir.lead_calls(integer, bigint, text, text[]),
  weir.tend_node(text, text, double precision),
  weir.put_calls(
    integer, bigint, bigint[], text[], bigint[], text[], bigint[], integer[], bytea[]),
  weir.take_calls(integer, text, bigint, bigint, integer),
  weir.answer_calls(integer, text, bigint[], bigint[], bytea[]),
  weir.end_calls(integer, bigint, bigint[], integer),
  weir.keep_place(integer, bigint, text, bigint)
TO :"service";
