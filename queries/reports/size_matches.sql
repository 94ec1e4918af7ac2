-- size_matches: answers of a web shell whose size, in its place among the calls, only one file of the server gives.
--
-- Reads: size_match, shell_call, session, finding, evidence, web_access.
-- Columns:
--   session_id      text  derived from content
--   at              time  time of the answer
--   file_id         text  the file
--   file_name       text  its name
--   size_bytes      int   its size in the inventory
--   bytes_sent      int   bytes of the answer as logged, headers included
--   predicted_low   int   smallest compressed size expected, without headers
--   predicted_high  int   largest
--   overhead        int   bytes of headers taken
--   posterior       real  share of all alignments in which this answer is this file
--   basis           text  copy: from a copy of the contents; inventory: from the size in the inventory
--   method          text  aligned, unique
--   path            text  evidence file of the request
--   offset          int   its byte position
select s.session_id, strftime('%Y-%m-%dT%H:%M:%SZ', c.at_utc, 'unixepoch') as at, m.file_id, f.file_name, f.size_bytes,
       m.bytes_sent, m.predicted_low, m.predicted_high, m.overhead, m.posterior, m.basis, m.method, e.path, a.offset
from size_match as m
join shell_call as c on c.web_id = m.web_id
join web_access as a on a.web_id = m.web_id
join evidence as e on e.evidence_id = a.evidence_id
join session as s on s.session_no = m.session_no
join finding as f on f.file_id = m.file_id
order by c.at_utc, m.web_id;
