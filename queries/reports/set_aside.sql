-- set_aside: bytes that no reader could take. They are kept whole in the table set_aside; here stand their first 64.
--
-- Reads set_aside, evidence. This is set_aside.csv.
--
-- Columns:
--   evidence_id  int
--   path         text
--   sha256       text
--   offset       int   byte offset in the unpacked file
--   length       int   bytes
--   reason       text
--   detail       text
--   raw_start    text  the first 64 bytes, hexadecimal
select a.evidence_id, v.path, v.sha256, a.offset, a.length, a.reason, a.detail, lower(hex(substr(a.raw, 1, 64))) as raw_start
from set_aside as a
left join evidence as v on v.evidence_id = a.evidence_id
order by a.evidence_id, a.offset, a.length, a.reason;
