-- Purpose: from when to when each file was on the server, and how we know.
-- Reasoning: an end that nothing shows is open, which counts against "no indication", never for it. A file that the
-- inventory still lists was there until the end of evidence, whatever else the log says. Where the clock is not known each
-- end moves outward by as much as it may be wrong.
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
select f.file_id,
       case when f.upload_utc is null and f.stamp_utc is null then null
            else min(coalesce(f.upload_utc, f.stamp_utc), coalesce(f.stamp_utc, f.upload_utc)) - k.uncertain_s end,
       case when f.upload_utc is not null then 'upload_logged' when f.stamp_utc is not null then 'inventory_stamp'
            else 'not_known' end,
       case when f.origin = 'inventory' and not f.inventory_deleted then null else f.deletion_utc + k.uncertain_s end,
       case when f.origin = 'inventory' and not f.inventory_deleted then 'in_inventory'
            when f.deletion_utc is not null then 'deletion_logged'
            when f.origin = 'web_log' then 'not_known' else 'deletion_not_seen' end
from file as f
join local_clock as k
order by f.file_id;
