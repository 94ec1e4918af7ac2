-- Purpose: from when to when each file was on the server, on both sides: the widest time it may have been there, and the time
-- it surely was, each end with what says so.
-- Reasoning:
--   from_utc .. to_utc is the widest span and decides "was it there"; an empty end is open, which counts against "no
--   indication", never for it. certain_from_utc .. certain_to_utc lies inside it: by the application's own records the file
--   existed at both ends; empty where no record shows it at any moment.
--   Beginning: the earliest upload that anything shows: a row of the audit log (less its duration: the content arrives while
--   it runs), an answered upload request that names the file (less its duration), the stamp of the inventory. Several
--   uploads under one id replace the content, so the first counts. A file fetched more than five minutes before its first
--   known upload was there before it: the beginning is open then. Within five minutes the clocks may disagree or a transfer
--   be under way: the earlier time counts.
--   End: a file that the newest inventory lists was there until the end of evidence, whatever else the log says. Else the
--   last deletion that the audit log or an answered DELETE request shows, the later of both; the system's own deletions
--   (expiry, clean-up of folders, done by the nightly tasks) are rows too. A file uploaded or fetched more than five minutes
--   after that was not gone: the end is open; within five minutes the later time counts. Gone without any deletion row: open, since the row may have been moved to an
--   archive of the log or removed together with the file's row, and that the newest inventory lacks a file shows only that
--   its row is gone.
--   File ids rise with time. Where at least 20 uploads are known and all of them are in that order, the ids on both sides
--   bound the upload of a file whose own upload nothing shows (order_from_utc, order_to_utc). That is an inference, printed
--   as one: it closes no end, clears nothing and never excludes.
--   Where the clock is not known each local time moves outward by as much as it may be wrong; a local time that may be read
--   in two ways (clock_ambiguous, log_uncertain) moves out to the other reading.
-- Inputs: file, log_event, log_uncertain, web_access, stored_file, evidence, vendor_table, dump_order, local_clock,
-- clock_ambiguous.
-- Columns: from_basis upload_logged | upload_requested | inventory_stamp | fetched_before_upload | fetched | id_order |
-- not_known; to_basis in_inventory | deletion_logged | deleted_by_system | deletion_requested | there_after_deletion |
-- in_older_inventory | marked_deleted | deletion_not_seen | not_known; *_evidence_id and *_offset the row behind an end;
-- uploads rows that show an upload under this id.
drop table if exists presence;
create table presence (
    file_id text primary key,
    from_utc integer,
    from_basis text not null,
    to_utc integer,
    to_basis text not null,
    certain_from_utc integer,
    certain_to_utc integer,
    from_evidence_id integer,
    from_offset integer,
    to_evidence_id integer,
    to_offset integer,
    order_from_utc integer,
    order_to_utc integer,
    uploads integer not null
) strict;
insert into presence
with row_of_a_file as materialized (
    -- The row number in the lower 32 bits makes the earliest and the latest row unique.
    select e.file_id, e.kind, e.actor, e.evidence_id, e.offset, e.at_utc, coalesce(u.later_utc, e.at_utc) as late_utc,
           e.at_utc - cast(min(max(coalesce(e.duration_s, 0), 0), 86400) as integer) as begun_utc, e.event_no,
           e.success or e.bytes > 0 as done
    from log_event as e
    left join log_uncertain as u on u.event_no = e.event_no
    where e.file_id is not null and e.at_utc is not null and e.kind in ('upload', 'download', 'delete')
),
first_upload as (
    select file_id, min(begun_utc * 4294967296 + event_no) as place, begun_utc, at_utc, evidence_id, offset
    from row_of_a_file where kind = 'upload' and done group by file_id
),
uploads as (
    select file_id, count(*) as n, min(late_utc) as first_at, max(at_utc) as last_at, max(late_utc) as last_late
    from row_of_a_file where kind = 'upload' and done group by file_id
),
fetches as (
    select file_id, min(begun_utc) as first_begun, min(late_utc) as first_at, max(at_utc) as last_at,
           max(late_utc) as last_late
    from row_of_a_file where kind = 'download' and done group by file_id
),
first_fetch as (
    select file_id, min(begun_utc * 4294967296 + event_no) as place, evidence_id, offset
    from row_of_a_file where kind = 'download' and done group by file_id
),
last_deletion as (
    select file_id, max(late_utc * 4294967296 + event_no) as place, at_utc, late_utc, actor, evidence_id, offset
    from row_of_a_file where kind = 'delete' and done group by file_id
),
request_for_a_file as materialized (
    select file_id, kind, method, status, at_utc, at_utc - min(max(coalesce(duration_ms, 0), 0), 86400000) / 1000 as begun_utc,
           web_id, evidence_id, offset
    from web_access
    where file_id is not null and at_utc is not null
      and (kind in ('file_upload', 'resumable_upload', 'file_delete') and status between 200 and 299
           or kind = 'file_download' and status in (200, 206) and method <> 'HEAD')
),
first_upload_request as (
    select file_id, min(begun_utc * 4294967296 + web_id) as place, begun_utc, at_utc, evidence_id, offset
    from request_for_a_file where kind in ('file_upload', 'resumable_upload') group by file_id
),
requests as (
    select file_id, min(case when kind = 'file_download' then begun_utc end) as first_fetch,
           max(case when kind <> 'file_delete' then begun_utc end) as last_seen
    from request_for_a_file group by file_id
),
last_deletion_request as (
    select file_id, max(at_utc * 4294967296 + web_id) as place, at_utc, evidence_id, offset
    from request_for_a_file where kind = 'file_delete' group by file_id
),
newest_inventory as (
    select max(d.newest) as newest
    from vendor_table as v join dump_order as d on d.evidence_id = v.evidence_id
    where v.table_name = 'moveit_files' and v.records > 0
),
listed as (
    select s.file_id, s.evidence_id, s.offset, s.deleted, coalesce(d.newest = i.newest, 1) as in_newest,
           case when e.complete then e.dumped_at_local - k.offset_s end as dumped_utc
    from stored_file as s
    join local_clock as k
    join newest_inventory as i
    left join dump_order as d on d.evidence_id = s.evidence_id
    left join evidence as e on e.evidence_id = s.evidence_id
),
stamp as (
    select s.file_id, max(abs(a.offset_before_s - a.offset_after_s)) as unsure
    from stored_file as s
    join clock_ambiguous as a on s.uploaded_local between a.from_local and a.to_local
    group by s.file_id
),
known as (
    select f.file_id, f.origin, k.uncertain_s as unsure, f.stamp_utc - coalesce(w.unsure, 0) as stamp_utc,
           f.stamp_utc + coalesce(w.unsure, 0) as stamp_late,
           u.begun_utc - k.uncertain_s as upload_begun, u.evidence_id as upload_evidence, u.offset as upload_offset,
           n.n as uploads, n.first_at + k.uncertain_s as uploaded_by, n.last_at - k.uncertain_s as uploaded_last,
           max(coalesce(n.last_late, t.last_late), coalesce(t.last_late, n.last_late)) as last_late,
           q.begun_utc as request_begun, q.at_utc as request_at, q.evidence_id as request_evidence,
           q.offset as request_offset, r.first_fetch as request_fetch, r.last_seen as request_last,
           t.first_begun - k.uncertain_s as fetch_begun, t.first_at + k.uncertain_s as fetched_by,
           t.last_at - k.uncertain_s as fetched_last, x.evidence_id as fetch_evidence, x.offset as fetch_offset,
           g.at_utc as deleted_at, g.late_utc as deleted_late, g.actor as deleted_as, g.evidence_id as deletion_evidence, g.offset as deletion_offset,
           h.at_utc as delete_request_at, h.evidence_id as delete_request_evidence, h.offset as delete_request_offset,
           l.in_newest, l.deleted as marked_deleted, l.dumped_utc, l.evidence_id as listed_evidence,
           l.offset as listed_offset
    from file as f
    join local_clock as k
    left join first_upload as u on u.file_id = f.file_id
    left join uploads as n on n.file_id = f.file_id
    left join first_upload_request as q on q.file_id = f.file_id
    left join requests as r on r.file_id = f.file_id
    left join fetches as t on t.file_id = f.file_id
    left join first_fetch as x on x.file_id = f.file_id
    left join last_deletion as g on g.file_id = f.file_id
    left join last_deletion_request as h on h.file_id = f.file_id
    left join listed as l on l.file_id = f.file_id
    left join stamp as w on w.file_id = f.file_id
),
ends as (
    select k.*,
           nullif(min(coalesce(upload_begun, 9e15), coalesce(request_begun, 9e15), coalesce(stamp_utc - unsure, 9e15)), 9e15)
               as begins,
           nullif(min(coalesce(fetch_begun, 9e15), coalesce(request_fetch, 9e15)), 9e15) as first_fetch,
           nullif(max(coalesce(last_late, -9e15), coalesce(request_last, -9e15)), -9e15)
               as last_seen,
           nullif(max(coalesce(deleted_late + unsure, -9e15), coalesce(delete_request_at, -9e15)), -9e15) as gone,
           coalesce(in_newest and not marked_deleted, 0) as still_there
    from known as k
),
based as (
    select e.*,
           case when begins is null and first_fetch is null then 'not_known'
                when begins is null then 'fetched'
                when first_fetch < begins - 300 then 'fetched_before_upload'
                when begins = upload_begun then 'upload_logged'
                when begins = request_begun then 'upload_requested'
                else 'inventory_stamp' end as from_basis,
           case when still_there then 'in_inventory'
                when gone is null and in_newest then 'marked_deleted'
                when gone is null and in_newest = 0 then 'in_older_inventory'
                when gone is null and origin = 'web_log' then 'not_known'
                when gone is null then 'deletion_not_seen'
                when last_seen > gone + 300 then 'there_after_deletion'
                when deleted_late + unsure = gone and deleted_as = 'system' then 'deleted_by_system'
                when deleted_late + unsure = gone then 'deletion_logged'
                else 'deletion_requested' end as to_basis,
           nullif(min(coalesce(uploaded_by, 9e15), coalesce(request_at, 9e15), coalesce(stamp_late + unsure, 9e15),
                      coalesce(fetched_by, 9e15), coalesce(deleted_late + unsure, 9e15)), 9e15) as sure_from,
           nullif(max(coalesce(uploaded_last, -9e15), coalesce(fetched_last, -9e15), coalesce(deleted_at - unsure, -9e15),
                      case when still_there then coalesce(dumped_utc - unsure, -9e15) else -9e15 end), -9e15) as sure_to
    from ends as e
),
numbered as (
    select file_id, cast(file_id as integer) as number,
           case when from_basis in ('upload_logged', 'upload_requested', 'inventory_stamp') then cast(begins as integer) end
               as at_utc
    from based
    where file_id not glob '*[^0-9]*' and length(file_id) between 1 and 12
),
in_order as (
    select count(*) >= 20 and coalesce(sum(at_utc < before_at - 60), 0) = 0 as holds
    from (select at_utc, max(at_utc) over (order by number rows between unbounded preceding and 1 preceding) as before_at
          from numbered where at_utc is not null)
),
id_order as (
    select n.file_id, n.from_utc, n.to_utc
    from (select file_id, at_utc,
                 max(at_utc) over (order by number rows between unbounded preceding and 1 preceding) as from_utc,
                 min(at_utc) over (order by number rows between 1 following and unbounded following) as to_utc
          from numbered) as n
    join in_order as o on o.holds
    where n.at_utc is null and (n.from_utc is not null or n.to_utc is not null)
)
select b.file_id,
       case when from_basis in ('upload_logged', 'upload_requested', 'inventory_stamp')
            then cast(min(begins, coalesce(first_fetch, begins)) as integer) end,
       case when from_basis in ('not_known', 'fetched') and o.file_id is not null then 'id_order' else from_basis end,
       case when to_basis in ('deletion_logged', 'deleted_by_system', 'deletion_requested')
            then cast(max(gone, coalesce(last_seen, gone)) as integer) end,
       to_basis,
       case when sure_from <= sure_to then cast(sure_from as integer) end,
       case when sure_from <= sure_to then cast(sure_to as integer) end,
       case from_basis when 'upload_logged' then upload_evidence when 'upload_requested' then request_evidence
                       when 'inventory_stamp' then listed_evidence when 'fetched' then fetch_evidence
                       when 'fetched_before_upload' then fetch_evidence end,
       case from_basis when 'upload_logged' then upload_offset when 'upload_requested' then request_offset
                       when 'inventory_stamp' then listed_offset when 'fetched' then fetch_offset
                       when 'fetched_before_upload' then fetch_offset end,
       case when to_basis in ('in_inventory', 'marked_deleted', 'in_older_inventory') then listed_evidence
            when to_basis in ('deletion_logged', 'deleted_by_system', 'there_after_deletion')
                then coalesce(deletion_evidence, delete_request_evidence)
            when to_basis = 'deletion_requested' then delete_request_evidence end,
       case when to_basis in ('in_inventory', 'marked_deleted', 'in_older_inventory') then listed_offset
            when to_basis in ('deletion_logged', 'deleted_by_system', 'there_after_deletion')
                then coalesce(deletion_offset, delete_request_offset)
            when to_basis = 'deletion_requested' then delete_request_offset end,
       o.from_utc, o.to_utc, coalesce(b.uploads, 0)
from based as b
left join id_order as o on o.file_id = b.file_id
order by b.file_id;
