-- Purpose: from when to when each source speaks at all, before gaps are looked for.
-- Reasoning: a web log file whose name carries a day stands for that day from midnight UTC. The audit log of a complete
-- dump speaks until the dump was made (its closing line, the dumping machine's wall clock); otherwise until its last row.
-- An audit log that begins with id 1 has no beginning that could be missing.
-- Columns: from_utc, to_utc empty when the source is missing; whole_start 1 when nothing can be missing before from_utc;
-- daily 1 when the source speaks on at least nine of ten days, not counting its longest silence; the first and the last
-- row as rows of evidence.
-- source_hour: hours in which a source speaks, with its records.
drop table if exists source_hour;
create table source_hour (
    source text not null,
    hour_utc integer not null,
    records integer not null,
    primary key (source, hour_utc)
) strict, without rowid;
insert into source_hour
select 'iis', hour_utc, requests from volume where requests > 0
union all
select 'moveit_audit_log', hour_utc, log_rows from volume where log_rows > 0
order by 1, 2;
drop table if exists source_cover;
create table source_cover (
    source text primary key,
    from_utc integer,
    to_utc integer,
    whole_start integer not null,
    records integer not null,
    files integer not null,
    daily integer not null,
    first_evidence_id integer,
    first_offset integer,
    last_evidence_id integer,
    last_offset integer
) strict;
insert into source_cover
with days as (
    select distinct source, hour_utc / 86400 as day from source_hour
),
steps as (
    select source, day, day - lag(day) over (partition by source order by day) - 1 as silent_days from days
),
rhythm as (
    select source, count(*) * 10 >= 9 * (max(day) - min(day) + 1 - coalesce(max(silent_days), 0)) as daily
    from steps
    group by source
),
web as (
    -- Time and row number in one number: the earliest and the latest row, the lower number first where times are equal.
    select min(at_utc) as first_at, max(at_utc) as last_at, count(*) as records,
           min(at_utc * 1000000000 + web_id) % 1000000000 as first_row, max(at_utc * 1000000000 + web_id) % 1000000000 as last_row
    from web_line
    where web_id not in (select c.web_id from web_copy as c)
),
web_files as (
    select count(*) as files, min(cast(strftime('%s', rollover_day) as integer)) as first_day
    from evidence where format = 'iis_w3c' and status = 'imported'
),
log as (
    select min(at_utc) as first_at, max(at_utc) as last_at, count(*) as records, min(log_id) as first_id,
           min(at_utc * 1000000000 + event_no) % 1000000000 as first_row,
           max(at_utc * 1000000000 + event_no) % 1000000000 as last_row
    from log_event
),
dumps as (
    select count(*) as files, max(case when e.complete then e.dumped_at_local - k.offset_s end) as dumped_at
    from evidence as e
    join local_clock as k
    where e.evidence_id in (select evidence_id from vendor_table where table_name = 'moveit_log')
)
select 'iis', min(w.first_at, coalesce(f.first_day, w.first_at)), w.last_at, 0, w.records, f.files,
       coalesce((select daily from rhythm where source = 'iis'), 0), a.evidence_id, a.offset, z.evidence_id, z.offset
from web as w
join web_files as f
left join web_line as a on a.web_id = w.first_row
left join web_line as z on z.web_id = w.last_row
union all
select 'moveit_audit_log', l.first_at, max(l.last_at, coalesce(d.dumped_at, l.last_at)), coalesce(l.first_id = 1, 0),
       l.records, d.files, coalesce((select daily from rhythm where source = 'moveit_audit_log'), 0),
       a.evidence_id, a.offset, z.evidence_id, z.offset
from log as l
join dumps as d
left join log_event as a on a.event_no = l.first_row
left join log_event as z on z.event_no = l.last_row;
