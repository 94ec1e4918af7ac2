-- rule: planted-account-used
-- title_de: Untergeschobenes Konto benutzt
-- title_en: Planted account used
-- effect: hostile
-- technique: T1078
-- source: follows from planted-account and account-without-record
-- reasoning: Nobody but who planted it can use such an account. The web shell can remove it again; a row of the audit log
--   under the published name shows its use all the same.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with planted as (
    select subject as account_id from mark
    where effect = 'hostile' and rule_id in ('planted-account', 'account-without-record')
)
select 'planted-account-used', 'hostile', s.session_no, 'log_row', e.event_no, e.at_utc, e.at_utc is not null, e.evidence_id, e.offset,
       coalesce(e.action, '-') || ' as ' || coalesce(e.login, e.account_id)
from log_event as e
left join log_session as s on s.event_no = e.event_no
where e.success
  and (e.account_id in (select account_id from planted)
       or e.login in (select value from indicator where kind = 'account_name'))
order by e.event_no;
