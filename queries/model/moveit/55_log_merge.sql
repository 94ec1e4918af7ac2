-- Purpose: what the copies of the audit log say against each other: rows that differ, and rows that a younger dump lacks.
-- Reasoning: the application only adds rows, and archiving moves the oldest away. A row that reads differently in two copies
-- was changed in one of them, or one is no faithful export. A row of an older dump that the younger one lacks was
-- deleted between the two, unless it is older than the oldest row that the younger dump still has of the same
-- organisation (of all organisations, where it has none of that one): so far archiving explains it, because its
-- age limit may differ by organisation.
-- Compared are columns that both copies have. Dumps without a closing line lack rows anyway and are left out of the second
-- question.
-- Inputs: log_difference (50_log_event.sql), log_event, log_copy, evidence, vendor_table.
-- Columns: log_conflict: a is the copy that counts or the one before in order, b the later one. log_gone: one row for each
-- stretch of rows, first_id to last_id with their number, the first one's place in the older dump (evidence_id, offset) and
-- the dump that lacks them.
drop table if exists log_conflict;
create table log_conflict (
    log_id integer not null,
    column_name text not null,
    evidence_a integer not null,
    offset_a integer not null,
    value_a text,
    evidence_b integer not null,
    offset_b integer not null,
    value_b text
) strict;
insert into log_conflict
with named (evidence_id, column_name) as (
    select v.evidence_id, d.column_name
    from (select distinct column_name from log_difference) as d
    join vendor_table as v on v.table_name = 'moveit_log' and instr(lower(v.columns), '["' || lower(d.column_name) || '",') > 0
         and (d.column_name <> 'AgentBrand' or instr(lower(v.columns), '["agentversion",') > 0)
)
select d.*
from log_difference as d
where (d.evidence_a, d.column_name) in (select evidence_id, column_name from named)
  and (d.evidence_b, d.column_name) in (select evidence_id, column_name from named)
order by d.log_id, d.evidence_b, d.column_name;
drop table if exists log_difference;

drop table if exists log_gone;
create table log_gone (
    first_id integer not null,
    last_id integer not null,
    records integer not null,
    evidence_id integer not null,
    offset integer not null,
    event_no integer not null,
    gone_evidence_id integer not null
) strict;
insert into log_gone
with dump as (
    select e.evidence_id, row_number() over (order by e.dumped_at_local, e.evidence_id) as place
    from evidence as e
    where e.complete and e.dumped_at_local is not null and e.status = 'imported'
      and e.evidence_id in (select evidence_id from vendor_table where table_name = 'moveit_log')
),
step as (
    select a.evidence_id as older, b.evidence_id as younger from dump as a join dump as b on b.place = a.place + 1
),
held as materialized (
    select log_id, evidence_id, offset, org_id, event_no
    from log_event
    where log_id is not null and exists (select 1 from step) and evidence_id in (select evidence_id from dump)
    union all
    select c.log_id, c.evidence_id, c.offset, e.org_id, c.event_no
    from log_copy as c
    join log_event as e on e.event_no = c.event_no
    where c.log_id is not null and c.evidence_id in (select evidence_id from dump)
),
oldest as (
    select evidence_id, org_id, min(log_id) as log_id from held group by evidence_id, org_id
),
judged as (
    select s.younger, h.*,
           not exists (select 1 from held as b where b.evidence_id = s.younger and b.log_id = h.log_id)
           and h.log_id >= coalesce(
               (select o.log_id from oldest as o where o.evidence_id = s.younger and o.org_id is h.org_id),
               (select min(o.log_id) from oldest as o where o.evidence_id = s.younger), 0) as gone
    from step as s
    join held as h on h.evidence_id = s.older
),
numbered as (
    select *, row_number() over (partition by younger order by log_id)
              - row_number() over (partition by younger, gone order by log_id) as run
    from judged
)
select min(log_id), max(log_id), count(*), evidence_id, min(offset), min(event_no), younger
from numbered
where gone
group by younger, evidence_id, run
order by 1, younger;
