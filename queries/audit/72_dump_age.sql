-- Purpose: how much younger each dump is than the theft.
-- Reasoning: a dump shows the state of its own time. What was deleted between the theft and the dump is only in other
-- sources, so the distance is said. Times of the theft are the first and the last access of hostile sessions, or,
-- where no session carries one, the first and last hostile mark with an exact time.
-- Inputs: evidence, vendor_table, session, mark, clock_stretch, local_clock.
-- Columns: after_first_s, after_last_s seconds from the first and last hostile access to the dump, negative when the dump is
-- older, empty without hostile access; has_inventory, has_log what it holds.
drop table if exists dump_age;
create table dump_age (
    evidence_id integer primary key,
    dumped_utc integer,
    first_hostile_utc integer,
    last_hostile_utc integer,
    after_first_s integer,
    after_last_s integer,
    has_inventory integer not null,
    has_log integer not null
) strict;
insert into dump_age
with hostile as (
    select min(access_from_utc) as first_utc, max(access_to_utc) as last_utc from session where class = 'hostile'
),
marked as (
    select min(at_utc) as first_utc, max(at_utc) as last_utc from mark where effect = 'hostile' and exact
),
dump as (
    select e.evidence_id,
           e.dumped_at_local - coalesce((
               select c.offset_s from clock_stretch as c
               where (c.from_local is null or e.dumped_at_local >= c.from_local)
                 and (c.to_local is null or e.dumped_at_local < c.to_local)
               limit 1), k.offset_s) as dumped_utc,
           exists (select 1 from vendor_table as v where v.evidence_id = e.evidence_id and v.table_name = 'moveit_files') as has_inventory,
           exists (select 1 from vendor_table as v where v.evidence_id = e.evidence_id and v.table_name = 'moveit_log') as has_log
    from evidence as e
    join local_clock as k
    where e.format = 'mysqldump' and e.status = 'imported'
)
select d.evidence_id, d.dumped_utc, coalesce(h.first_utc, m.first_utc), coalesce(h.last_utc, m.last_utc),
       d.dumped_utc - coalesce(h.first_utc, m.first_utc), d.dumped_utc - coalesce(h.last_utc, m.last_utc), d.has_inventory, d.has_log
from dump as d
join hostile as h
join marked as m
where d.has_inventory or d.has_log
order by d.evidence_id;
