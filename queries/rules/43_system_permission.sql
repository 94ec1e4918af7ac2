-- rule: system-permission
-- title_de: Konto einer Organisation mit Rechten des Systems
-- title_en: Account of an organisation with the system's permission
-- effect: note
-- technique: T1098
-- source: public exploit code, June 2023
-- reasoning: Permission 40 is the system administrator's, and these belong to the system (organisation 0). The public exploit
--   raises the account that it takes over. The table does not say when, and operators may do it too: reported, it changes
--   nothing by itself.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'system-permission', 'note', null, 'account', a.account_id, null, 0, a.evidence_id, a.offset,
       'account ' || coalesce(a.login, a.account_id) || ' of organisation ' || a.org_id || ', permission ' || a.permission
from account as a
where a.permission >= 40 and a.org_id <> 0
order by a.account_id;
