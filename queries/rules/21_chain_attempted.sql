-- rule: chain-attempted
-- title_de: Angriffskette CVE-2023-34362 versucht, ohne erkennbare Wirkung
-- title_en: Exploit chain of CVE-2023-34362 attempted, without a visible effect
-- effect: attempt
-- technique: T1190
-- source: public exploit code and a lab case with the server's own logs, 2023
-- reasoning: The server answered m2, perhaps also the guest page, but nothing shows that the injection worked: no token, no
--   upload, no shell, no residue, nothing planted, no ids missing. A server with the fix answers so too. Where the audit
--   log does not cover that time its rows cannot be seen; the files then stay "not excluded" for that reason.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'chain-attempted', 'attempt', s.session_no, 'request', s.web_id, s.at_utc, 1, s.evidence_id, s.offset,
       'step ' || s.step_no || ' of ' || c.steps || ': ' || s.kind || ' answered ' || s.status
       || case when s.loopback_web_id is null then '' else ', passed on to machine2' end
from chain_step as s
join chain as c on c.chain_no = s.chain_no and c.verdict = 'attempted'
where s.outcome <> 'refused' and s.kind in ('exploit_m2', 'guest_post', 'resumable_upload')
order by s.web_id;
