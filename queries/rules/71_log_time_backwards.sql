-- rule: log-time-backwards
-- title_de: Zeit im Audit-Log läuft rückwärts
-- title_en: Time in the audit log runs backwards
-- effect: note
-- technique: T1070.006
-- source: the audit log numbers its rows in the order of writing
-- reasoning: A later id with a time more than two minutes earlier: a clock that was set back (the hour at the end of
--   summer time is taken out), or rows written by hand.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with steps as (
    select event_no, log_id, at_utc, at_local, evidence_id, offset, lag(at_local) over (order by event_no) as before_local
    from log_event
    where log_id is not null
)
select 'log-time-backwards', 'note', null, 'log_row', event_no, at_utc, 1, evidence_id, offset,
       'id ' || log_id || ' is ' || (before_local - at_local) || ' s before its predecessor'
from steps
where before_local - at_local > 120 and not (before_local - at_local between 3000 and 3600)
order by event_no;
