-- rule: planted-account-used
-- title_de: Untergeschobenes Konto benutzt
-- title_en: Planted account used
-- effect: hostile
-- technique: T1078
-- source: follows from planted-account
-- reasoning: Nobody but who planted it can use such an account.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'planted-account-used', 'hostile', s.session_no, 'log_row', e.event_no, e.at_utc, 1, e.evidence_id, e.offset,
       coalesce(e.action, '-') || ' as ' || coalesce(e.login, e.account_id)
from log_event as e
join mark as m on m.rule_id = 'planted-account' and m.subject = e.account_id
left join log_session as s on s.event_no = e.event_no
where e.success
order by e.event_no;
