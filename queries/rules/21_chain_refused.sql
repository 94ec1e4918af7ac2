-- rule: chain-refused
-- title_de: Schritt der Angriffskette ohne Erfolg
-- title_en: Step of the exploit chain without success
-- effect: attempt
-- technique: T1595.002
-- source: public exploit code, 2023
-- reasoning: A step of the chain in a session in which the chain did not succeed: a scan, or an attack on a server that
--   was not vulnerable.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'chain-refused', 'attempt', s.session_no, 'request', a.web_id, a.at_utc, 1, a.evidence_id, a.offset,
       a.kind || ' answered ' || coalesce(a.status, '-')
from web_access as a
join web_session as s on s.web_id = a.web_id
where a.kind = 'exploit_m2'
  and not exists (select 1 from mark as m where m.session_no = s.session_no and m.rule_id = 'chain-succeeded')
order by a.web_id;
