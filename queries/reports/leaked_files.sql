-- leaked_files: the possibly leaked files, strongest grade first. Possibly leaked is every grade but no_indication and
-- excluded: a file is on this list as long as the evidence does not take it off.
--
-- Reads finding, decision_effect. This is leaked_files.csv.
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
--   grade_undecided  text  grade without the decisions of case.toml, where they changed it
with strength(grade, place) as (
    values ('proven', 1), ('very_likely', 2), ('likely', 3), ('possible', 4), ('not_excluded', 5), ('not_assessable', 6),
           ('no_indication', 7), ('excluded', 8)
)
select f.file_id, f.org_id, f.org_name, f.folder_path, f.file_name, f.size_bytes, f.sha1,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.uploaded_utc, 'unixepoch') as uploaded_at, f.uploaded_by,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.deleted_utc, 'unixepoch') as deleted_at,
       f.grade, f.transfer_grade, f.extent, f.bytes_sent, f.session_class, f.sessions,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.first_access_utc, 'unixepoch') as first_access,
       strftime('%Y-%m-%dT%H:%M:%SZ', f.last_access_utc, 'unixepoch') as last_access,
       f.client_ips, f.accounts, f.metadata_exposed, f.readability, f.data_category, f.records, f.persons_min,
       f.persons_max, f.rules, f.evidence, f.reason, f.origin, x.grade_undecided
from finding as f
left join decision_effect as x on x.file_id = f.file_id
join strength as s on s.grade = f.grade
where f.grade not in ('no_indication', 'excluded')
order by s.place, f.org_id, f.folder_path, f.file_name, f.file_id;
