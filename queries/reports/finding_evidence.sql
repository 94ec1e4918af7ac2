-- finding_evidence: the rows of evidence that a grade rests on, by file.
--
-- Reads finding_evidence and evidence. A row of evidence is an evidence file (by its hash) and a byte offset in the
-- unpacked file.
--
-- Columns:
--   file_id      text  id on the server
--   role         text  what the row shows: log_row, web_request, access (what made the session), sign_on, gap and so on
--   at           time  time of the row, where it has one
--   evidence_id  int
--   path         text  evidence file, relative to the folder handed in
--   sha256       text  of the evidence file as unpacked
--   offset       int   byte offset of the row
--   detail       text
--   at_local     text  the row's own time on the server's clock, which has no zone; empty for rows in UTC
select e.file_id, e.role, strftime('%Y-%m-%dT%H:%M:%SZ', e.at_utc, 'unixepoch') as at, e.evidence_id, v.path, v.sha256,
       e.offset, e.detail, strftime('%Y-%m-%d %H:%M:%S', e.at_local, 'unixepoch') as at_local
from finding_evidence as e
left join evidence as v on v.evidence_id = e.evidence_id
order by e.file_id, e.at_utc is null, e.at_utc, e.evidence_id, e.offset, e.role, e.detail;
