-- downloads: each attempt to get one file, whoever made it: seen in the audit log, in a web log, or in both.
--
-- Reads download, session, finding. This is downloads.csv.
--
-- Columns:
--   download_no     int
--   file_id         text  empty: the request names no file
--   org_name        text
--   folder_path     text
--   file_name       text
--   session_id      text
--   class           text  class of the session
--   started_at      time
--   in_window       flag
--   account         text
--   address         text
--   interface       text
--   status          int   HTTP status, where a web log shows the request
--   bytes_sent      int
--   size_bytes      int
--   extent          text
--   sources         text  audit, web, audit+web
--   grade           text
--   transfer_grade  text
--   reason          text
--   web_evidence    text  evidence_id:offset of the web request
--   log_evidence    text  evidence_id:offset of the row of the audit log
select d.download_no, d.file_id, f.org_name, f.folder_path, f.file_name, s.session_id, d.class,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.at_utc, 'unixepoch') as started_at,
       d.in_window, d.account, d.address, d.interface, d.status,
       d.bytes_sent, d.size_bytes, d.extent, d.sources, d.grade, d.transfer_grade, d.reason,
       d.web_evidence_id || ':' || d.web_offset as web_evidence, d.log_evidence_id || ':' || d.log_offset as log_evidence
from download as d
left join session as s on s.session_no = d.session_no
left join finding as f on f.file_id = d.file_id
order by d.at_utc is null, d.at_utc, d.download_no;
