-- set_aside_counts: how many records were set aside, by evidence file and reason.
--
-- Reads set_aside, evidence.
--
-- Columns:
--   evidence_id  int
--   path         text
--   reason       text
--   records      int
--   bytes        int
select a.evidence_id, v.path, a.reason, count(*) as records, coalesce(sum(a.length), 0) as bytes
from set_aside as a
left join evidence as v on v.evidence_id = a.evidence_id
group by a.evidence_id, v.path, a.reason
order by a.evidence_id, a.reason;
