-- evidence: the files handed in, with hash, time span and the account of every record: read = stored + set aside + header.
--
-- Reads evidence. This is evidence.csv, which resolves the evidence_id of the other tables.
--
-- Columns:
--   evidence_id        int
--   path               text  relative to the folder handed in; members of an archive as container!member
--   sha256             text  of the bytes as unpacked
--   size_bytes         int
--   format             text
--   status             text  imported, container, duplicate, refused, unreadable
--   reason             text
--   detail             text
--   encoding           text
--   first_record       time
--   last_record        time
--   complete           flag  0: a dump without its closing line
--   records_read       int
--   records_stored     int
--   records_set_aside  int
--   records_header     int
select e.evidence_id, e.path, e.sha256, e.size_bytes, e.format, e.status, e.reason, e.detail, e.encoding,
       strftime('%Y-%m-%dT%H:%M:%SZ', e.first_utc, 'unixepoch') as first_record,
       strftime('%Y-%m-%dT%H:%M:%SZ', e.last_utc, 'unixepoch') as last_record, e.complete, e.records_read, e.records_stored,
       e.records_set_aside, e.records_header
from evidence as e
order by e.evidence_id;
