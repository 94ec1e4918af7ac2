-- not_examined: evidence files that no reader took, with the reason. Nothing is skipped silently.
--
-- Reads evidence. Copies of a file already read (duplicate) and archives whose members were read (container) are not
-- in this list.
--
-- Columns:
--   evidence_id  int
--   path         text
--   sha256       text
--   size_bytes   int
--   status       text  refused, unreadable
--   reason       text
--   detail       text
select e.evidence_id, e.path, e.sha256, e.size_bytes, e.status, e.reason, e.detail
from evidence as e
where e.status in ('refused', 'unreadable')
order by e.evidence_id;
