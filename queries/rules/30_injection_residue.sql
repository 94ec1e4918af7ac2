-- rule: injection-residue
-- title_de: Rest der SQL-Injection im Audit-Log
-- title_en: Residue of the SQL injection in the audit log
-- effect: hostile
-- technique: T1190
-- source: a lab case with the server's own database, 2023
-- reasoning: Each run of the public exploit leaves one guest message with error 4400 whose organisation the attacker made
--   up. No regular guest can post to an organisation that does not exist. Without the list of organisations it
--   is only noted.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'injection-residue', case when exists (select 1 from organisation) then 'hostile' else 'note' end,
       s.session_no, 'log_row', e.event_no, e.at_utc, 1, e.evidence_id, e.offset,
       'guest message, error 4400, organisation ' || coalesce(e.org_id, '-')
from log_event as e
left join log_session as s on s.event_no = e.event_no
where e.kind = 'message' and e.error = 4400 and e.actor = 'guest'
  and e.org_id not in (select org_id from organisation)
order by e.event_no;
