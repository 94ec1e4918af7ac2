-- Purpose: times for which a source should speak and does not, each with its rule and the rows of evidence on both sides.
-- Gaps at the ends, which need the window, are added by 70_coverage.sql.
-- Rules:
--   missing_rollover  a day between the first and the last daily log file of one folder has no file; the gap reaches from
--                     the last line before to the first line after; a file counts also when its lines were read from
--                     another copy of it
--   silence           more than 24 hours without a line in a source that otherwise speaks daily; also from the last row of the
--                     audit log to the time of the dump
--   rhythm            at least three hours in a row without a line, each of which had at least five lines at the same hour
--                     of at least four other weeks and of every other week in the evidence; and the hours just before and
--                     just after had five lines in every week, this one included. A holiday or a quiet night is none: its
--                     silence reaches to hours that are quiet in other weeks too. An outage is one, since nobody can say
--                     what an absent log would have shown.
--   missing_ids       consecutive ids of the audit log are missing; the gap reaches over both neighbours' times. Also at the
--                     end: the database counts ids on when rows are deleted, so a next id (table option AUTO_INCREMENT)
--                     beyond the last row's id shows that rows are missing between that row and the dump. Rolled back
--                     insertions leave gaps too: missing ids are said, nothing more.
--   no_time           lines without a time of day cannot be placed, so nothing is known to be absent
-- Inputs: evidence, source_hour, web_line, log_event, source_cover, vendor_table, local_clock.
-- Columns: first_id, last_id, missing_ids where the rule counts ids; items days, lines or weeks where it counts these;
-- before_evidence_id, before_offset the row before the gap; evidence_id, offset the row behind it (for ids missing at the end
-- the statement that says the next id); empty where the gap has no such side.
drop table if exists gap;
create table gap (
    gap_no integer primary key,
    source text not null,
    from_utc integer,
    to_utc integer,
    rule text not null,
    missing_ids integer,
    first_id integer,
    last_id integer,
    items integer,
    detail text not null,
    before_evidence_id integer,
    before_offset integer,
    evidence_id integer,
    offset integer,
    in_window integer not null default 0
) strict;

insert into gap (source, from_utc, to_utc, rule, items, detail, before_evidence_id, evidence_id)
with daily_file as (
    select rtrim(path, replace(path, '/', '')) as folder, rollover_day, first_utc, last_utc, evidence_id,
           cast(strftime('%s', rollover_day) as integer) / 86400 as day
    from evidence
    where format = 'iis_w3c' and status in ('imported', 'duplicate') and rollover_day is not null
),
followed as (
    select folder, day, max(last_utc) as last_utc, max(evidence_id) as evidence_id,
           lead(day) over (partition by folder order by day) as next_day,
           lead(min(first_utc)) over (partition by folder order by day) as next_first,
           lead(min(evidence_id)) over (partition by folder order by day) as next_evidence_id
    from daily_file
    group by folder, day
)
select 'iis', coalesce(last_utc, (day + 1) * 86400), coalesce(next_first, next_day * 86400), 'missing_rollover', next_day - day - 1,
       (next_day - day - 1) || ' daily file(s) missing in ' || case folder when '' then 'the folder given' else folder end
       || ': ' || strftime('%Y-%m-%d', (day + 1) * 86400, 'unixepoch')
       || case when next_day - day > 2 then ' to ' || strftime('%Y-%m-%d', (next_day - 1) * 86400, 'unixepoch') else '' end,
       evidence_id, next_evidence_id
from followed
where next_day - day > 1
order by folder, day;

-- Silent stretches: between two hours that speak. Which rule makes a gap of one is decided below.
drop table if exists silent_stretch;
create table silent_stretch (
    source text not null,
    rule text not null,
    last_hour integer not null,
    next_hour integer not null,
    items integer not null,
    primary key (source, last_hour)
) strict, without rowid;
insert into silent_stretch
with steps as (
    select source, hour_utc as next_hour, lag(hour_utc) over (partition by source order by hour_utc) as last_hour from source_hour
)
select s.source, 'silence', s.last_hour, s.next_hour, 0
from steps as s
join source_cover as c on c.source = s.source and c.daily
where s.next_hour - s.last_hour >= 86400;
insert or ignore into silent_stretch
with recursive every_hour (source, hour_utc, last_hour) as (
    -- Whole hours only.
    select source, (from_utc + 3599) / 3600 * 3600, to_utc / 3600 * 3600 - 3600
    from source_cover
    where to_utc - from_utc >= 5 * 7 * 86400
    union all
    select source, hour_utc + 3600, last_hour from every_hour where hour_utc < last_hour
),
known (source, from_utc, to_utc) as (
    select source, from_utc, to_utc from gap
    union all
    select source, last_hour, next_hour from silent_stretch
),
slot as (
    select h.source, h.hour_utc, h.hour_utc / 3600 % 168 as hour_of_week, coalesce(s.records, 0) as records
    from every_hour as h
    left join source_hour as s on s.source = h.source and s.hour_utc = h.hour_utc
    where not exists (select 1 from known as k
                      where k.source = h.source and k.from_utc < h.hour_utc + 3600 and k.to_utc > h.hour_utc)
),
habit as (
    select source, hour_of_week, count(*) as weeks, sum(records < 5) as low from slot group by source, hour_of_week
),
judged as (
    select s.source, s.hour_utc, h.weeks,
           s.records = 0 and h.weeks > 4 and h.low = 1 as silent, h.weeks > 4 and h.low = 0 as steady
    from slot as s
    join habit as h on h.source = s.source and h.hour_of_week = s.hour_of_week
),
island as (
    select source, hour_utc, weeks, hour_utc - 3600 * row_number() over (partition by source order by hour_utc) as run
    from judged
    where silent
),
run as (
    select source, min(hour_utc) as first_hour, max(hour_utc) as last_hour, min(weeks) - 1 as weeks
    from island
    group by source, run
    having count(*) >= 3
)
select r.source, 'rhythm', r.first_hour - 3600, r.last_hour + 3600, r.weeks
from run as r
join judged as b on b.source = r.source and b.hour_utc = r.first_hour - 3600 and b.steady
join judged as a on a.source = r.source and a.hour_utc = r.last_hour + 3600 and a.steady;
-- The last row before and the first row behind each; time and row number in one number, as in 25_source_cover.sql.
insert into gap (source, from_utc, to_utc, rule, items, detail, before_evidence_id, before_offset, evidence_id, offset)
with border as (
    select source, last_hour as hour_utc from silent_stretch
    union
    select source, next_hour from silent_stretch
),
edge as (
    select 'iis' as source, at_utc / 3600 * 3600 as hour_utc, min(at_utc * 1000000000 + web_id) as first_row,
           max(at_utc * 1000000000 + web_id) as last_row
    from web_line
    where at_utc / 3600 * 3600 in (select hour_utc from border where source = 'iis')
    group by 2
    union all
    select 'moveit_audit_log', at_utc / 3600 * 3600, min(at_utc * 1000000000 + event_no), max(at_utc * 1000000000 + event_no)
    from log_event
    where at_utc / 3600 * 3600 in (select hour_utc from border where source = 'moveit_audit_log')
    group by 2
),
between_rows as (
    select s.source, s.rule, s.items, b.last_row / 1000000000 as from_utc, a.first_row / 1000000000 as to_utc,
           b.last_row % 1000000000 as before_row, a.first_row % 1000000000 as after_row
    from silent_stretch as s
    join edge as b on b.source = s.source and b.hour_utc = s.last_hour
    join edge as a on a.source = s.source and a.hour_utc = s.next_hour
)
select r.source, r.from_utc, r.to_utc, r.rule, case r.rule when 'rhythm' then r.items end,
       case r.rule
           when 'silence' then printf('%.1f hours without a line in a source that speaks daily', (r.to_utc - r.from_utc) / 3600.0)
           else printf('%.1f hours without a line, which had at least five lines an hour in each of %d other weeks',
                       (r.to_utc - r.from_utc) / 3600.0, r.items)
       end,
       coalesce(wb.evidence_id, lb.evidence_id), coalesce(wb.offset, lb.offset), coalesce(wa.evidence_id, la.evidence_id),
       coalesce(wa.offset, la.offset)
from between_rows as r
left join web_line as wb on r.source = 'iis' and wb.web_id = r.before_row
left join web_line as wa on r.source = 'iis' and wa.web_id = r.after_row
left join log_event as lb on r.source = 'moveit_audit_log' and lb.event_no = r.before_row
left join log_event as la on r.source = 'moveit_audit_log' and la.event_no = r.after_row
where (r.rule = 'rhythm' or r.to_utc - r.from_utc > 86400)
  and not exists (
      select 1 from gap as g
      where g.source = r.source and g.from_utc <= r.from_utc and g.to_utc >= r.to_utc)
order by r.source, r.from_utc;

insert into gap (source, from_utc, to_utc, rule, detail, before_evidence_id, before_offset)
select 'moveit_audit_log', l.last_at, c.to_utc, 'silence',
       printf('%.1f hours without a line before the dump, in a source that speaks daily', (c.to_utc - l.last_at) / 3600.0),
       c.last_evidence_id, c.last_offset
from source_cover as c
join (select max(at_utc) as last_at from log_event) as l
where c.source = 'moveit_audit_log' and c.daily and c.to_utc - l.last_at > 86400;

insert into gap (source, from_utc, to_utc, rule, missing_ids, first_id, last_id, detail, before_evidence_id, before_offset,
                 evidence_id, offset)
with neighbours as (
    select log_id, at_utc, evidence_id, offset, lag(log_id) over (order by event_no) as before_id,
           lag(at_utc) over (order by event_no) as before_at,
           lag(evidence_id) over (order by event_no) as before_evidence_id, lag(offset) over (order by event_no) as before_offset
    from log_event
    where log_id is not null
)
select 'moveit_audit_log', min(at_utc, before_at), max(at_utc, before_at), 'missing_ids', log_id - before_id - 1,
       before_id + 1, log_id - 1,
       'ids ' || (before_id + 1) || case when log_id - before_id > 2 then ' to ' || (log_id - 1) else '' end
       || ' are missing', before_evidence_id, before_offset, evidence_id, offset
from neighbours
where log_id - before_id > 1
order by log_id;
-- At the end, by the dump that counts furthest. A dump without its closing line lacks rows anyway (cut_off).
insert into gap (source, from_utc, to_utc, rule, missing_ids, first_id, last_id, detail, before_evidence_id, before_offset,
                 evidence_id, offset)
with counted as (
    select v.next_id, v.evidence_id, v.offset, e.dumped_at_local - k.offset_s as dumped_utc
    from vendor_table as v
    join evidence as e on e.evidence_id = v.evidence_id
    join local_clock as k
    where v.table_name = 'moveit_log' and v.next_id is not null and e.complete
    order by v.next_id desc, v.evidence_id
    limit 1
),
last_row as (
    select coalesce(max(log_id), 0) as log_id, max(event_no) as event_no from log_event
)
select 'moveit_audit_log', e.at_utc, max(n.dumped_utc, coalesce(e.at_utc, n.dumped_utc)), 'missing_ids',
       n.next_id - 1 - l.log_id, l.log_id + 1, n.next_id - 1,
       'ids ' || (l.log_id + 1) || case when n.next_id - l.log_id > 2 then ' to ' || (n.next_id - 1) else '' end
       || ' are missing before the dump: its next id is ' || n.next_id, e.evidence_id, e.offset, n.evidence_id, n.offset
from counted as n
join last_row as l
left join log_event as e on e.event_no = l.event_no
where n.next_id - 1 > l.log_id;

insert into gap (source, from_utc, to_utc, rule, items, detail, evidence_id, offset)
select x.source, null, null, 'no_time', x.n, x.n || ' line(s) without a time', coalesce(w.evidence_id, e.evidence_id),
       coalesce(w.offset, e.offset)
from (
    select 'iis' as source, count(*) as n, min(web_id) as row_no from web_line where at_utc is null
    union all
    select 'moveit_audit_log', count(*), min(event_no) from log_event where at_utc is null
) as x
left join web_line as w on x.source = 'iis' and w.web_id = x.row_no
left join log_event as e on x.source = 'moveit_audit_log' and e.event_no = x.row_no
where x.n > 0;
