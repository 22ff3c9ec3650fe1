-- Brings a log of format 3 to format 4, before calls.sql and places.sql; run by whoever has the lane, and owns the
-- schema. A role of its own is granted everything again (service_role.sql).
--
-- Format 4 has the calls of other nodes, and places.

UPDATE weir.log SET format = 4;
