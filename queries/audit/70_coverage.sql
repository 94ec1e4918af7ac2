-- Purpose: which part of the window each source covers, and the gaps at its ends.
-- Rules added here:
--   missing_source  nothing of it was handed in
--   starts_late     it begins after the window does, and what lay before may be missing; the same for the log folder of one
--                   site (W3SVC and a number) that served the application, whatever the folders of other sites cover
--   ends_early      it ends before the window does: a dump at its own time, to the minute; a web log more than 24 hours before,
--                   or when the last daily file is of an earlier day than the window's end (that file is missing)
--   cut_off         the dump it comes from lacks its closing line: rows after its end are missing
-- The rows of evidence beside the gap are named as in 30_gap.sql; where it is known only in which web log a gap begins or ends,
-- that file's last or first line.
-- Inputs: required_source, source_cover, case_window, evidence, vendor_table.
delete from gap where rule in ('missing_source', 'starts_late', 'ends_early', 'cut_off');
insert into gap (source, from_utc, to_utc, rule, detail)
select s.source, w.from_utc, w.to_utc, 'missing_source', 'nothing of this source was handed in'
from (select source from required_source union select source from source_cover where records > 0) as s
join case_window as w
left join source_cover as c on c.source = s.source and c.records > 0
where c.source is null
order by s.source;
insert into gap (source, from_utc, to_utc, rule, detail, evidence_id, offset)
select c.source, w.from_utc, c.from_utc, 'starts_late', 'the source begins after the window', c.first_evidence_id, c.first_offset
from source_cover as c
join case_window as w
where c.records > 0 and not c.whole_start and c.from_utc > w.from_utc
order by c.source;
insert into gap (source, from_utc, to_utc, rule, detail, before_evidence_id, before_offset)
select c.source, c.to_utc, w.to_utc, 'ends_early',
       case when w.to_utc - c.to_utc > 86400 then 'the source ends more than 24 hours before the window'
            when c.source = 'moveit_audit_log' then 'the dump was made before the window ends'
            else 'the daily file of the window''s last day is missing' end, c.last_evidence_id, c.last_offset
from source_cover as c
join case_window as w
left join (select max(cast(strftime('%s', rollover_day) as integer)) as last_day from evidence
           where format = 'iis_w3c' and status = 'imported') as f
where c.records > 0
  and (w.to_utc - c.to_utc > 86400
       or (c.source = 'moveit_audit_log' and w.to_utc - c.to_utc > 60)
       or (c.source = 'iis' and w.to_utc > c.to_utc and w.to_utc >= f.last_day + 86400))
order by c.source;
insert into gap (source, from_utc, to_utc, rule, detail, before_evidence_id, evidence_id)
with site as (
    select rtrim(e.path, replace(e.path, '/', '')) as folder,
           min(coalesce(min(e.first_utc, cast(strftime('%s', e.rollover_day) as integer)), e.first_utc)) as from_utc,
           max(e.last_utc) as to_utc,
           max(cast(strftime('%s', e.rollover_day) as integer)) as last_day,
           max(a.evidence_id is not null) as served,
           min(e.evidence_id) as first_evidence_id, max(e.evidence_id) as last_evidence_id
    from evidence as e
    left join (select distinct evidence_id from web_access where access <> 'internal') as a on a.evidence_id = e.evidence_id
    where e.format = 'iis_w3c' and e.status = 'imported' and e.first_utc is not null
      and '/' || e.path like '%/w3svc%/%'
    group by 1
)
select 'iis', w.from_utc, s.from_utc, 'starts_late', s.folder || ' begins after the window', null as before_evidence_id,
       s.first_evidence_id as evidence_id
from site as s
join case_window as w
join source_cover as c on c.source = 'iis'
where s.served and s.from_utc > w.from_utc and s.from_utc > c.from_utc
union all
select 'iis', s.to_utc, w.to_utc, 'ends_early', s.folder || ' ends more than 24 hours before the window', s.last_evidence_id, null
from site as s
join case_window as w
join source_cover as c on c.source = 'iis'
where s.served and w.to_utc - s.to_utc > 86400 and s.to_utc < c.to_utc
order by 5, 4;
insert into gap (source, from_utc, to_utc, rule, detail, before_evidence_id, before_offset)
select 'moveit_audit_log', c.to_utc, w.to_utc, 'cut_off',
       'the dump ends without its closing line: rows and whole tables may be missing', e.evidence_id,
       (select max(l.offset) from log_event as l where l.evidence_id = e.evidence_id)
from evidence as e
join case_window as w
join source_cover as c on c.source = 'moveit_audit_log'
where e.complete = 0 and e.status = 'imported'
order by e.evidence_id;
with edge as materialized (
    select evidence_id, min(offset) as first_offset, max(offset) as last_offset
    from web_line
    where evidence_id in (select before_evidence_id from gap where before_offset is null
                          union select evidence_id from gap where offset is null)
    group by evidence_id
)
update gap
set before_offset = coalesce(before_offset, (select x.last_offset from edge as x where x.evidence_id = gap.before_evidence_id)),
    offset = coalesce(offset, (select x.first_offset from edge as x where x.evidence_id = gap.evidence_id))
where (before_offset is null and before_evidence_id is not null) or (offset is null and evidence_id is not null);
update gap
set in_window = coalesce((
    select coalesce(gap.from_utc, w.from_utc) <= w.to_utc and coalesce(gap.to_utc, w.to_utc) >= w.from_utc
    from case_window as w), 1);

drop table if exists coverage;
create table coverage (
    source text primary key,
    required integer not null,
    from_utc integer,
    to_utc integer,
    records integer not null,
    files integer not null,
    window_hours real not null,
    covered_hours real not null
) strict;
insert into coverage
with clipped as (
    select g.source, max(coalesce(g.from_utc, w.from_utc), w.from_utc) as from_utc,
           min(coalesce(g.to_utc, w.to_utc), w.to_utc) as to_utc
    from gap as g
    join case_window as w
    where g.in_window
),
running as (
    select source, from_utc, to_utc,
           max(to_utc) over (partition by source order by from_utc, to_utc
                             rows between unbounded preceding and 1 preceding) as reached
    from clipped
),
missing as (
    select source, sum(max(0, to_utc - max(from_utc, coalesce(reached, from_utc)))) / 3600.0 as hours
    from running
    group by source
)
select c.source, exists (select 1 from required_source as r where r.source = c.source), c.from_utc, c.to_utc, c.records,
       c.files, coalesce((w.to_utc - w.from_utc) / 3600.0, 0.0),
       max(0.0, coalesce((w.to_utc - w.from_utc) / 3600.0 - coalesce(m.hours, 0.0), 0.0))
from source_cover as c
join case_window as w
left join missing as m on m.source = c.source
where c.records > 0 or c.source in (select source from required_source)
order by c.source;
