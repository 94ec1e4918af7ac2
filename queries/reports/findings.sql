-- findings: the inventory in the order of file ids, which is the order of the query finding_evidence too, so that a
-- writer can join the two while reading.
--
-- Reads finding, presence, decision_effect.
--
-- Columns:
--   file_id          text  id on the server, as found
--   org_id           int   organisation the file belongs to
--   org_name         text
--   folder_path      text
--   file_name        text
--   size_bytes       int   size the server states
--   sha1             text  hash the server states
--   uploaded_at      time
--   uploaded_by      text  login
--   deleted_at       time
--   grade            text  how certain an outflow to an unknown or hostile session is
--   transfer_grade   text  how certain a transfer is, whoever received it
--   extent           text  complete, partial, aborted, unknown; empty where nothing was sent
--   bytes_sent       int
--   session_class    text
--   sessions         list
--   first_access     time
--   last_access      time
--   client_ips       list
--   accounts         list
--   metadata_exposed flag  1: name, path and uploader can have left without the file
--   readability      text
--   data_category    text
--   records          int   empty: contents were not examined
--   persons_min      int   empty: contents were not examined
--   persons_max      int   empty: contents were not examined
--   rules            list
--   evidence         list  path@offset of the first rows behind the grade; all are in the query finding_evidence
--   reason           text  id of why the file has this grade
--   origin           text  inventory, audit_log, web_log: what names this file
--   bytes_at_most    int   what the attempts seen can have sent together
--   certain_prefix_bytes  int   the first bytes of the file that certainly left
--   there_from       time  widest time on the server, empty: open
--   there_from_basis text
--   there_to         time
--   there_to_basis   text
--   surely_there_from  time  surely there, by the application's own records
--   surely_there_to  time
--   order_from       time  by the order of file ids uploaded after this, an inference
--   order_to         time
--   grade_undecided  text  grade without the decisions of case.toml, where they changed it
select f.file_id, f.org_id, f.org_name, f.folder_path, f.file_name, f.size_bytes, f.sha1,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.uploaded_utc, 'unixepoch') as uploaded_at, f.uploaded_by,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.deleted_utc, 'unixepoch') as deleted_at,
       f.grade, f.transfer_grade, f.extent, f.bytes_sent, f.session_class, f.sessions,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.first_access_utc, 'unixepoch') as first_access,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.last_access_utc, 'unixepoch') as last_access,
       f.client_ips, f.accounts, f.metadata_exposed, f.readability, f.data_category, f.records, f.persons_min,
       f.persons_max, f.rules, f.evidence, f.reason, f.origin, f.bytes_at_most,
       f.certain_prefix_bytes,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.from_utc, 'unixepoch') as there_from, p.from_basis as there_from_basis,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.to_utc, 'unixepoch') as there_to, p.to_basis as there_to_basis,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.certain_from_utc, 'unixepoch') as surely_there_from,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.certain_to_utc, 'unixepoch') as surely_there_to,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.order_from_utc, 'unixepoch') as order_from,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.order_to_utc, 'unixepoch') as order_to,
       x.grade_undecided
from finding as f
left join presence as p on p.file_id = f.file_id
left join decision_effect as x on x.file_id = f.file_id
order by f.file_id;
