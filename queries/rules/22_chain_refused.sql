-- rule: chain-refused
-- title_de: Schritt der Angriffskette abgewiesen
-- title_en: Step of the exploit chain refused
-- effect: attempt
-- technique: T1595.002
-- source: public exploit code, 2023
-- reasoning: A call of m2, or after it one of the guest page, that the server did not answer with 2xx: a scan, or an attack
--   that was stopped here.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'chain-refused', 'attempt', s.session_no, 'request', s.web_id, s.at_utc, 1, s.evidence_id, s.offset,
       'step ' || s.step_no || ': ' || s.kind || ' answered ' || coalesce(s.status, '-')
from chain_step as s
where s.outcome = 'refused' and s.kind in ('exploit_m2', 'guest_post')
order by s.web_id;
