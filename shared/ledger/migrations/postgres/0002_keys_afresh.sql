-- A key is looked for with a snapshot of its own, taken once the table is locked. With that of the caller, whoever waited
-- while the table was written anew (`forget_1`) found it empty, and took a living key for a destroyed one: TRUNCATE is not
-- seen through snapshots, and the rows that come back are younger. Older programs gain the same.
ALTER FUNCTION wideawake.key_1(smallint, uuid) VOLATILE;
