-- Brings a log of format 3 to format 4, before append.sql, calls.sql and places.sql; run by whoever
-- has the lane, and owns the schema. A role of its own is granted the new functions
-- (service_role.sql).
--
-- Format 4 has the calls of other nodes, and places. It calls weir.append with an event's tags
-- parted by spaces, where it was an array's literal: append.sql replaces the function, and who may
-- call it stays who might.

UPDATE weir.log SET format = 4;
