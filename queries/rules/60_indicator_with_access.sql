-- rule: indicator-with-access
-- title_de: Bekannte Angreiferadresse mit Zugriff
-- title_en: Published attacker address with access
-- effect: hostile
-- technique: T1190
-- source: queries/reference/indicators.csv
-- reasoning: An address from a published list that also got data, signed on, opened a package or acted as an account. An
--   address alone, or a start page answered with 200, is no access.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'indicator-with-access', 'hostile', n.session_no, 'session', n.session_id, coalesce(f.first_ok_utc, n.first_utc), 1,
       coalesce(w.evidence_id, e.evidence_id), coalesce(w.offset, e.offset), k.address || ': ' || k.indicator
from session_span as n
join client as k on k.client_no = n.client_no and k.indicator is not null
join session_facts as f on f.session_no = n.session_no
left join web_access as w on w.web_id = (
    select min(s.web_id) from web_session as s join web_access as a on a.web_id = s.web_id
    where s.session_no = n.session_no and a.answered and a.access = 'data')
left join log_event as e on e.event_no = (select min(s.event_no) from log_session as s where s.session_no = n.session_no)
where f.data_answered > 0 or f.account_rows > 0 or f.stranger_rows > 0 or f.guest_rows > 0 or f.signed_on > 0
   or f.token_answered > 0
order by n.session_no;
