-- finding_why: why a file's grade is not the next higher one and not the next lower one, each reason with its row.
--
-- Reads finding_why, evidence, named_finding. The texts why_higher and why_lower of the report say the reasons in words.
--
-- Columns:
--   file_id      text
--   direction    text  higher, lower
--   place        int   order of the reasons
--   reason       text  id of the reason
--   subject      text  source, session, account, grade or reason it is about
--   number       int   count, size, status or id it is about
--   at           time
--   until        time
--   gap          text  id of the gap it is about
--   evidence_id  int
--   path         text
--   offset       int
select w.file_id, w.direction, w.place, w.reason, w.subject, w.number, strftime('%Y-%m-%dT%H:%M:%SZ', w.at_utc, 'unixepoch') as at,
       strftime('%Y-%m-%dT%H:%M:%SZ', w.until_utc, 'unixepoch') as "until", n.finding_id as gap, w.evidence_id, e.path, w.offset
from finding_why as w
left join evidence as e on e.evidence_id = w.evidence_id
left join named_finding as n on n.gap_no = w.gap_no
order by w.file_id, w.direction, w.place, w.reason, w.subject, w.evidence_id, w.offset;
