-- Brings a log of format 3 to format 4, before append.sql; run by whoever has the lane, and owns the
-- schema.
--
-- Format 4 calls weir.append with an event's tags parted by spaces, where it was an array's literal.
-- append.sql replaces the function, and who may call it stays who might; no table changes.

UPDATE weir.log SET format = 4;
