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
--   bytes_sent      int   content bytes that certainly left
--   size_bytes      int
--   extent          text
--   sources         text  audit, web, audit+web
--   grade           text
--   transfer_grade  text
--   reason          text
--   web_evidence    text  evidence_id:offset of the web request
--   log_evidence    text  evidence_id:offset of the row of the audit log
--   transfer        int   attempts with the same number are parts of one transfer; empty where none is known
--   bytes_at_most   int   what can have left by this attempt
--   certain_prefix_bytes  int   the first bytes of the file that certainly left; empty where a range may begin elsewhere
--   extent_basis    text  why the extent is what it is
--   win32           int   status of the connection in the web log
select d.download_no, d.file_id, f.org_name, f.folder_path, f.file_name, s.session_id, d.class,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.at_utc, 'unixepoch') as started_at,
       d.in_window, d.account, d.address, d.interface, d.status,
       d.bytes_sent, d.size_bytes, d.extent, d.sources, d.grade, d.transfer_grade, d.reason,
       d.web_evidence_id || ':' || d.web_offset as web_evidence, d.log_evidence_id || ':' || d.log_offset as log_evidence,
       d.group_no as transfer, d.bytes_at_most, d.certain_prefix_bytes, d.extent_basis, d.win32
from download as d
left join session as s on s.session_no = d.session_no
left join finding as f on f.file_id = d.file_id
order by d.at_utc is null, d.at_utc, d.download_no;
