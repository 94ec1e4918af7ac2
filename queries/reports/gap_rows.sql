-- gap_rows: the rows of evidence on both sides of each gap.
--
-- Reads gap_row, evidence, named_finding.
--
-- Columns:
--   gap_no       int
--   finding_id   text
--   role         text  gap_before, gap_after
--   at           time
--   evidence_id  int
--   path         text
--   sha256       text
--   offset       int
--   at_local     text  time on the server's clock, for audit rows
select r.gap_no, n.finding_id, 'gap_' || r.side as role, strftime('%Y-%m-%dT%H:%M:%SZ', r.at_utc, 'unixepoch') as at, r.evidence_id,
       v.path, v.sha256, r.offset, strftime('%Y-%m-%d %H:%M:%S', r.at_local, 'unixepoch') as at_local
from gap_row as r
left join evidence as v on v.evidence_id = r.evidence_id
left join named_finding as n on n.gap_no = r.gap_no
order by r.gap_no, r.side desc;
