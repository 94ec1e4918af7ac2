-- Purpose: times for which a source should speak and does not. Gaps at the ends, which need the window, are added by
-- 70_coverage.sql.
-- Rules:
--   missing_rollover  a day between the first and the last daily log file of one folder has no file; the gap reaches from
--                     the last line before to the first line after; a file counts also when its lines were read from
--                     another copy of it
--   silence           more than 24 hours without a line in a source that otherwise speaks daily; also from the last row of the
--                     audit log to the time of the dump
--   missing_ids       consecutive ids of the audit log are missing; the gap reaches over both neighbours' times
--   no_time           lines without a time of day cannot be placed, so nothing is known to be absent
-- Inputs: evidence, volume, web_line, log_event, source_cover.
drop table if exists gap;
create table gap (
    gap_no integer primary key,
    source text not null,
    from_utc integer,
    to_utc integer,
    rule text not null,
    missing_ids integer,
    detail text not null,
    evidence_id integer,
    offset integer,
    in_window integer not null default 0
) strict;

insert into gap (source, from_utc, to_utc, rule, detail)
with daily_file as (
    select rtrim(path, replace(path, '/', '')) as folder, rollover_day, first_utc, last_utc,
           cast(strftime('%s', rollover_day) as integer) / 86400 as day
    from evidence
    where format = 'iis_w3c' and status in ('imported', 'duplicate') and rollover_day is not null
),
followed as (
    select folder, day, max(last_utc) as last_utc,
           lead(day) over (partition by folder order by day) as next_day,
           lead(min(first_utc)) over (partition by folder order by day) as next_first
    from daily_file
    group by folder, day
)
select 'iis', coalesce(last_utc, (day + 1) * 86400), coalesce(next_first, next_day * 86400), 'missing_rollover',
       (next_day - day - 1) || ' daily file(s) missing in ' || case folder when '' then 'the folder given' else folder end
       || ': ' || strftime('%Y-%m-%d', (day + 1) * 86400, 'unixepoch')
       || case when next_day - day > 2 then ' to ' || strftime('%Y-%m-%d', (next_day - 1) * 86400, 'unixepoch') else '' end
from followed
where next_day - day > 1
order by folder, day;

insert into gap (source, from_utc, to_utc, rule, detail)
with spoken as (
    select 'iis' as source, hour_utc from volume where requests > 0
    union all
    select 'moveit_audit_log', hour_utc from volume where log_rows > 0
),
steps as (
    select source, hour_utc as next_hour, lag(hour_utc) over (partition by source order by hour_utc) as hour from spoken
),
silent as (
    select source,
           case source
               when 'iis' then (select max(at_utc) from web_line where at_utc between hour and hour + 3599)
               else (select max(at_utc) from log_event where at_utc between hour and hour + 3599)
           end as from_utc,
           case source
               when 'iis' then (select min(at_utc) from web_line where at_utc between next_hour and next_hour + 3599)
               else (select min(at_utc) from log_event where at_utc between next_hour and next_hour + 3599)
           end as to_utc
    from steps
    where next_hour - hour >= 86400
)
select s.source, s.from_utc, s.to_utc, 'silence',
       printf('%.1f hours without a line in a source that speaks daily', (s.to_utc - s.from_utc) / 3600.0)
from silent as s
join source_cover as c on c.source = s.source and c.daily
where s.to_utc - s.from_utc > 86400
  and not exists (
      select 1 from gap as g
      where g.source = s.source and g.from_utc <= s.from_utc and g.to_utc >= s.to_utc)
order by s.source, s.from_utc;

insert into gap (source, from_utc, to_utc, rule, detail)
select 'moveit_audit_log', l.last_at, c.to_utc, 'silence',
       printf('%.1f hours without a line before the dump, in a source that speaks daily', (c.to_utc - l.last_at) / 3600.0)
from source_cover as c
join (select max(at_utc) as last_at from log_event) as l
where c.source = 'moveit_audit_log' and c.daily and c.to_utc - l.last_at > 86400;

insert into gap (source, from_utc, to_utc, rule, missing_ids, detail, evidence_id, offset)
with neighbours as (
    select log_id, at_utc, evidence_id, offset, lag(log_id) over (order by event_no) as before_id,
           lag(at_utc) over (order by event_no) as before_at
    from log_event
    where log_id is not null
)
select 'moveit_audit_log', min(at_utc, before_at), max(at_utc, before_at), 'missing_ids', log_id - before_id - 1,
       'ids ' || (before_id + 1) || case when log_id - before_id > 2 then ' to ' || (log_id - 1) else '' end
       || ' are missing', evidence_id, offset
from neighbours
where log_id - before_id > 1
order by log_id;

insert into gap (source, from_utc, to_utc, rule, detail)
select source, null, null, 'no_time', n || ' line(s) without a time'
from (
    select 'iis' as source, (select count(*) from web_line where at_utc is null) as n
    union all
    select 'moveit_audit_log', (select count(*) from log_event where at_utc is null)
)
where n > 0;
