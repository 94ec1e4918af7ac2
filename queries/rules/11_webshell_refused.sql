-- rule: webshell-refused
-- title_de: Aufruf der Webshell abgewiesen
-- title_en: Call of the web shell refused
-- effect: attempt
-- technique: T1505.003
-- source: published web shell source, June 2023
-- reasoning: Asked for and not answered as the shell would: a scan, a wrong password, or the shell is not there.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'webshell-refused', 'attempt', s.session_no, 'request', a.web_id, a.at_utc, 1, a.evidence_id, a.offset,
       a.method || ' web shell answered ' || coalesce(a.status, '-')
from web_access as a
left join web_session as s on s.web_id = a.web_id
where a.kind = 'web_shell' and not a.answered
order by a.web_id;
