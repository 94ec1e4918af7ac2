-- rule: log-time-backwards
-- title_de: Zeit im Audit-Log läuft rückwärts
-- title_en: Time in the audit log runs backwards
-- effect: note
-- technique: T1070.006
-- source: the audit log numbers its rows in the order of writing
-- reasoning: A later id with a time more than two minutes earlier: a clock that was set back, or rows written by hand. A step
--   back that a found or stated change of the clock explains (clock_ambiguous) is taken out, and the hour that occurs
--   twice at the end of summer time: an hour back, on a Sunday before four in the morning.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with steps as (
    select event_no, log_id, at_utc, at_local, evidence_id, offset, lag(at_local) over (order by event_no) as before_local
    from log_event
    where log_id is not null and at_local is not null
)
select 'log-time-backwards', 'note', null, 'log_row', event_no, at_utc, 1, evidence_id, offset,
       'id ' || log_id || ' is ' || (before_local - at_local) || ' s before its predecessor'
from steps
where before_local - at_local > 120
  and not exists (
      select 1 from clock_ambiguous as a
      where a.kind = 'twice' and at_local between a.from_local - 120 and a.to_local
        and before_local between a.from_local and a.to_local + 120)
  and not (before_local - at_local between 2700 and 3600
           and strftime('%w', at_local, 'unixepoch') = '0' and strftime('%H', at_local, 'unixepoch') < '04')
order by event_no;
