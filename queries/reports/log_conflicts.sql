-- log_conflicts: what copies of one row of the audit log say differently.
--
-- Reads log_conflict, evidence.
--
-- Columns:
--   log_id   int
--   column   text
--   where_a  text  path@offset of the copy that counts, or of the one before
--   value_a  text
--   where_b  text  path@offset of the later copy
--   value_b  text
select c.log_id, c.column_name as "column", a.path || '@' || c.offset_a as where_a, c.value_a, b.path || '@' || c.offset_b as where_b,
       c.value_b
from log_conflict as c
join evidence as a on a.evidence_id = c.evidence_a
join evidence as b on b.evidence_id = c.evidence_b
order by c.log_id, c.column_name, c.evidence_a, c.evidence_b;
