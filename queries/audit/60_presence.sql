-- Purpose: from when to when each file was on the server, and how we know.
-- Reasoning: an end that nothing shows is open, which counts against "no indication", never for it. A file that the
-- inventory still lists was there until the end of evidence, whatever else the log says. Where the clock is not known each
-- end moves outward by as much as it may be wrong; an end in a local time that may be read in two ways (clock_ambiguous,
-- log_uncertain) moves out to the other reading.
-- Columns: from_basis upload_logged | inventory_stamp | not_known; to_basis in_inventory | deletion_logged |
-- deletion_not_seen | not_known.
drop table if exists presence;
create table presence (
    file_id text primary key,
    from_utc integer,
    from_basis text not null,
    to_utc integer,
    to_basis text not null
) strict;
insert into presence
with stamp as (
    select s.file_id, max(abs(a.offset_before_s - a.offset_after_s)) as uncertain_s
    from stored_file as s
    join clock_ambiguous as a on s.uploaded_local between a.from_local and a.to_local
    group by s.file_id
),
deletion as (
    select f.file_id, max(u.later_utc - u.earlier_utc) as uncertain_s
    from file as f
    join log_event as e on e.file_id = f.file_id and e.kind = 'delete' and e.success and e.at_utc = f.deletion_utc
    join log_uncertain as u on u.event_no = e.event_no
    group by f.file_id
)
select f.file_id,
       case when f.upload_utc is null and f.stamp_utc is null then null
            else min(coalesce(f.upload_utc, f.stamp_utc - coalesce(s.uncertain_s, 0)),
                     coalesce(f.stamp_utc - coalesce(s.uncertain_s, 0), f.upload_utc)) - k.uncertain_s end,
       case when f.upload_utc is not null then 'upload_logged' when f.stamp_utc is not null then 'inventory_stamp'
            else 'not_known' end,
       case when f.origin = 'inventory' and not f.inventory_deleted then null
            else f.deletion_utc + coalesce(d.uncertain_s, 0) + k.uncertain_s end,
       case when f.origin = 'inventory' and not f.inventory_deleted then 'in_inventory'
            when f.deletion_utc is not null then 'deletion_logged'
            when f.origin = 'web_log' then 'not_known' else 'deletion_not_seen' end
from file as f
join local_clock as k
left join stamp as s on s.file_id = f.file_id
left join deletion as d on d.file_id = f.file_id
order by f.file_id;
