-- Purpose: which part of the window each source covers, and the gaps at its ends.
-- Rules added here:
--   missing_source  nothing of it was handed in
--   starts_late     it begins after the window does, and what lay before may be missing
--   ends_early      it ends more than 24 hours before the window does
--   cut_off         the dump it comes from lacks its closing line: rows after its end are missing
-- Inputs: required_source, source_cover, case_window, evidence, vendor_table.
delete from gap where rule in ('missing_source', 'starts_late', 'ends_early', 'cut_off');
insert into gap (source, from_utc, to_utc, rule, detail)
select s.source, w.from_utc, w.to_utc, 'missing_source', 'nothing of this source was handed in'
from (select source from required_source union select source from source_cover where records > 0) as s
join case_window as w
left join source_cover as c on c.source = s.source and c.records > 0
where c.source is null
order by s.source;
insert into gap (source, from_utc, to_utc, rule, detail)
select c.source, w.from_utc, c.from_utc, 'starts_late', 'the source begins after the window'
from source_cover as c
join case_window as w
where c.records > 0 and not c.whole_start and c.from_utc > w.from_utc
order by c.source;
insert into gap (source, from_utc, to_utc, rule, detail)
select c.source, c.to_utc, w.to_utc, 'ends_early', 'the source ends more than 24 hours before the window'
from source_cover as c
join case_window as w
where c.records > 0 and w.to_utc - c.to_utc > 86400
order by c.source;
insert into gap (source, from_utc, to_utc, rule, detail, evidence_id)
select 'moveit_audit_log', c.to_utc, w.to_utc, 'cut_off',
       'the dump ends without its closing line: rows and whole tables may be missing', e.evidence_id
from evidence as e
join case_window as w
join source_cover as c on c.source = 'moveit_audit_log'
where e.complete = 0 and e.status = 'imported'
order by e.evidence_id;
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
