-- evidence_notes: what must be known about an evidence file though no record was lost by it.
--
-- Reads evidence_note, evidence.
--
-- Columns:
--   evidence_id  int
--   path         text
--   offset       int
--   kind         text
--   detail       text
select n.evidence_id, v.path, n.offset, n.kind, n.detail
from evidence_note as n
left join evidence as v on v.evidence_id = n.evidence_id
order by n.evidence_id, n.offset, n.kind, n.detail;
