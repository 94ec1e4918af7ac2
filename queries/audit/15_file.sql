-- Purpose: every file the server had or the logs name, one row each.
-- Reasoning: the inventory is younger than the theft; files deleted since are only in the audit log, and ids that only
-- the web log names may have been deleted together with their audit rows.
-- A stamp is read with the offset in force on its own day: an hour too late would say that the file was not there yet.
-- Columns: origin inventory | audit_log | web_log; uploads and deletions as the audit log shows them, in UTC.
drop table if exists file;
create table file (
    file_id text primary key,
    origin text not null,
    org_id integer,
    folder_id integer,
    folder_path text,
    file_name text,
    size_bytes integer,
    sha1 text,
    stamp_utc integer,
    upload_utc integer,
    upload_event integer,
    uploaded_by text,
    deletion_utc integer,
    deletion_event integer,
    inventory_deleted integer not null,
    evidence_id integer,
    offset integer
) strict;
insert into file
with named_by_log as (
    select file_id, max(org_id) as org_id, max(folder_id) as folder_id, max(folder_path) as folder_path,
           max(file_name) as file_name,
           max(case when kind = 'upload' and success then bytes end) as uploaded_bytes,
           max(case when kind = 'download' and success then bytes end) as downloaded_bytes,
           min(case when kind = 'upload' and success then at_utc end) as upload_utc,
           min(case when kind = 'upload' and success then event_no end) as upload_event,
           max(case when kind = 'delete' and success then at_utc end) as deletion_utc,
           max(case when kind = 'delete' and success then event_no end) as deletion_event
    from log_event
    where file_id is not null
    group by file_id
),
named_by_web as (
    select distinct file_id from web_access where file_id is not null
),
everything as (
    select file_id from stored_file
    union select file_id from named_by_log
    union select file_id from named_by_web
)
select e.file_id,
       case when s.file_id is not null then 'inventory' when l.file_id is not null then 'audit_log' else 'web_log' end,
       coalesce(s.org_id, l.org_id), coalesce(s.folder_id, nullif(l.folder_id, 0)),
       coalesce(d.path, l.folder_path), coalesce(s.name, l.file_name),
       coalesce(s.size_bytes, l.uploaded_bytes, l.downloaded_bytes), s.sha1,
       s.uploaded_local - coalesce((
           select c.offset_s
                  + cast(round(c.drift_s_per_day * (s.uploaded_local - c.reference_local) / 86400.0) as integer)
           from clock_stretch as c
           where (c.from_local is null or s.uploaded_local >= c.from_local)
             and (c.to_local is null or s.uploaded_local < c.to_local)
           limit 1), k.offset_s), l.upload_utc, l.upload_event,
       coalesce(a.login, s.uploaded_by, u.login), l.deletion_utc, l.deletion_event, coalesce(s.deleted, 0),
       coalesce(s.evidence_id, first_seen.evidence_id), coalesce(s.offset, first_seen.offset)
from everything as e
join local_clock as k
left join stored_file as s on s.file_id = e.file_id
left join named_by_log as l on l.file_id = e.file_id
left join folder as d on d.folder_id = coalesce(s.folder_id, l.folder_id)
left join account as a on a.account_id = s.uploaded_by
left join log_event as u on u.event_no = l.upload_event
left join (
    select file_id, evidence_id, min(offset) as offset from log_event where file_id is not null group by file_id
) as first_seen on first_seen.file_id = e.file_id
order by e.file_id;
