-- Purpose: the audit log's times in UTC: at_utc = at_local - offset of the stretch of time it lies in.
-- Inputs: clock, clock_stretch, clock_row (audit::clock; docs/concepts/clock.md).
-- Reasoning: where the clock drifts, the offset moves by so much a day around the middle of the stretch. A local time that
-- occurs twice, or lies where the change is not known to the minute, is read row by row (clock_row): as the order of the
-- ids shows, else as the earlier of both readings; log_uncertain keeps the later one, and what rests on such a row must
-- hold for both. Where no offset is known the stretch says 0; clock.basis is then 'none' and no conclusion may rest on
-- these times (queries/audit/80_finding.sql: not_assessable).
update log_event
set at_utc = at_local - coalesce(
    (select r.offset_s from clock_row as r where r.event_no = log_event.event_no),
    (select s.offset_s + cast(round(s.drift_s_per_day * (log_event.at_local - s.reference_local) / 86400.0) as integer)
     from clock_stretch as s
     where (s.from_local is null or log_event.at_local >= s.from_local)
       and (s.to_local is null or log_event.at_local < s.to_local)
     limit 1))
where at_local is not null;
-- Rows of the audit log with two possible times: at_utc as written, and the later one.
drop table if exists log_uncertain;
create table log_uncertain (event_no integer primary key, earlier_utc integer not null, later_utc integer not null) strict;
insert into log_uncertain
select e.event_no, e.at_utc, e.at_local - r.other_offset_s
from clock_row as r
join log_event as e on e.event_no = r.event_no
where r.other_offset_s is not null
order by e.event_no;
drop table if exists local_clock;
create table local_clock (uncertain_s integer not null, offset_s integer not null) strict;
-- One row for other local times (uploads, dumps): the offset in force at the end of the log, and by how much any may be
-- wrong.
insert into local_clock
select coalesce((select uncertain_s from clock), 0),
       coalesce(
           (select s.offset_s + cast(round(s.drift_s_per_day
                       * (coalesce((select max(at_local) from log_event), s.reference_local) - s.reference_local)
                       / 86400.0) as integer)
            from clock_stretch as s
            order by s.from_local desc limit 1), 0);
