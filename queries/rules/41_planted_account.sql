-- rule: planted-account
-- title_de: Untergeschobenes Konto
-- title_en: Planted account
-- effect: hostile
-- technique: T1136
-- source: published web shell source, June 2023
-- reasoning: The web shell inserts an account whose login and real name are fixed in its source when it finds no
--   administrator to reuse.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'planted-account', 'hostile', null, 'account', a.account_id, a.created_local - k.offset_s,
       a.created_local is not null, a.evidence_id, a.offset, 'account ' || coalesce(a.login, a.account_id)
from account as a
join local_clock as k
where a.login in (select value from indicator where kind = 'account_name')
   or a.real_name in (select value from indicator where kind = 'account_name')
order by a.account_id;
