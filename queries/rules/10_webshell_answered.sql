-- rule: webshell-answered
-- title_de: Die Webshell hat geantwortet
-- title_en: The web shell answered
-- effect: hostile
-- technique: T1505.003
-- source: published web shell source and indicator lists, June 2023
-- reasoning: A server without the shell answers 404 or redirects, the shell with a wrong password answers 404 too. 200
--   means that the shell took the call. Which file it handed out is in no log.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'webshell-answered', 'hostile', s.session_no, 'request', a.web_id, a.at_utc, 1, a.evidence_id, a.offset,
       a.method || ' web shell answered ' || a.status
from web_access as a
left join web_session as s on s.web_id = a.web_id
where a.kind = 'web_shell' and a.answered
order by a.web_id;
