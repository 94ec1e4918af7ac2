-- Purpose: which dump showed which file in the inventory, and which dump was the first that did not any more.
-- Reasoning: a row of the inventory shows that the file was on the server when that dump was made, whatever a younger dump
-- says. A file of an older dump that a younger one lacks was removed between the two. Rows marked as deleted show no
-- file. Only dumps with a closing line have a time and are whole.
-- Inputs: src_files, evidence, vendor_table, clock_stretch, local_clock.
-- Columns: inventory_seen: evidence_id, offset the row; dumped_utc when. inventory_gone: last_seen_utc by the youngest dump
-- that has the file, gone_by_utc and gone_evidence_id the next younger dump, which has a table of files and lacks it.
drop table if exists inventory_seen;
create table inventory_seen (
    file_id text not null,
    evidence_id integer not null,
    dumped_utc integer not null,
    offset integer not null,
    primary key (file_id, evidence_id)
) strict, without rowid;
insert or ignore into inventory_seen
select cast(f.id as text), f.evidence_id,
       e.dumped_at_local - coalesce((
           select c.offset_s from clock_stretch as c
           where (c.from_local is null or e.dumped_at_local >= c.from_local)
             and (c.to_local is null or e.dumped_at_local < c.to_local)
           limit 1), k.offset_s),
       f.offset
from src_files as f
join evidence as e on e.evidence_id = f.evidence_id and e.complete and e.dumped_at_local is not null
join local_clock as k
where f.id is not null and coalesce(cast(f.deleted as integer), 0) = 0
order by 1, 2, f.offset;
drop table if exists inventory_gone;
create table inventory_gone (
    file_id text primary key,
    last_seen_utc integer not null,
    gone_by_utc integer not null,
    gone_evidence_id integer not null
) strict;
insert into inventory_gone
with dump as (
    select e.evidence_id, e.dumped_at_local - coalesce((
               select c.offset_s from clock_stretch as c
               where (c.from_local is null or e.dumped_at_local >= c.from_local)
                 and (c.to_local is null or e.dumped_at_local < c.to_local)
               limit 1), k.offset_s) as dumped_utc
    from evidence as e
    join local_clock as k
    where e.complete and e.dumped_at_local is not null and e.status = 'imported'
      and e.evidence_id in (select evidence_id from vendor_table where table_name = 'moveit_files')
),
last_seen as (
    select file_id, max(dumped_utc) as seen_utc from inventory_seen group by file_id
)
select s.file_id, s.seen_utc, d.dumped_utc, d.evidence_id
from last_seen as s
join dump as d on d.evidence_id = (
    select n.evidence_id from dump as n where n.dumped_utc > s.seen_utc order by n.dumped_utc, n.evidence_id limit 1)
order by s.file_id;
