-- Brings a log of format 2 to format 3, before inbox.sql and append.sql; run by whoever has the
-- lane, and owns the schema. A role of its own is granted everything again (service_role.sql).
--
-- Format 3 has the inbox. append.sql makes weir.append anew, whatever it took before.

DO $$
DECLARE
  one regprocedure;
BEGIN
  FOR one IN
    SELECT oid FROM pg_proc WHERE pronamespace = 'weir'::regnamespace AND proname = 'append'
  LOOP
    EXECUTE format('DROP FUNCTION %s', one);
  END LOOP;
END $$;

UPDATE weir.log SET format = 3;
