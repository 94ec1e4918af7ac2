-- rule: indicator-address
-- title_de: Bekannte Angreiferadresse ohne Zugriff
-- title_en: Published attacker address without access
-- effect: attempt
-- technique: T1595
-- source: queries/reference/indicators.csv
-- reasoning: An address from a published list that got nothing. Lists also hold scanners and addresses with later
--   tenants.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'indicator-address', 'attempt', n.session_no, 'session', n.session_id, n.first_utc, 1, null, null,
       k.address || ': ' || k.indicator
from session_span as n
join client as k on k.client_no = n.client_no and k.indicator is not null
where not exists (select 1 from mark as m where m.session_no = n.session_no and m.rule_id = 'indicator-with-access')
order by n.session_no;
