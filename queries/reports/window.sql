-- window: the time that the conclusions are about, and where it comes from.
--
-- Reads case_window.
--
-- Columns:
--   from   time
--   to     time
--   basis  text  configured, first_hostile_mark, sources_since_mark_has_no_time, coverage, coverage_and_attempts, none
select strftime('%Y-%m-%dT%H:%M:%SZ', w.from_utc, 'unixepoch') as "from",
       strftime('%Y-%m-%dT%H:%M:%SZ', w.to_utc, 'unixepoch') as "to", w.basis
from case_window as w;
