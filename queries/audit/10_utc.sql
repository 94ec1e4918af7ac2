-- Purpose: the audit log's times in UTC: at_utc = at_local - offset of the stretch of time it lies in.
-- Input: clock_stretch (audit::clock). Where no offset is known the stretch says 0; clock.basis is then 'none' and no
-- conclusion may rest on these times (queries/audit/80_finding.sql: not_assessable).
update log_event
set at_utc = at_local - (
    select s.offset_s from clock_stretch as s
    where (s.from_local is null or log_event.at_local >= s.from_local)
      and (s.to_local is null or log_event.at_local < s.to_local)
    limit 1)
where at_local is not null;
drop table if exists local_clock;
create table local_clock (uncertain_s integer not null, offset_s integer not null) strict;
-- One row for other local times (uploads, dumps): the offset in force at the end, and by how much it may be wrong.
insert into local_clock
select case when (select basis from clock) = 'none' then 14 * 3600 else 0 end,
       coalesce((select offset_s from clock_stretch order by from_local desc limit 1), 0);
