-- rule: chain-succeeded
-- title_de: Angriffskette CVE-2023-34362 erfolgreich
-- title_en: Exploit chain of CVE-2023-34362 succeeded
-- effect: hostile
-- technique: T1190
-- source: public exploit code and a lab case with the server's own logs, 2023
-- reasoning: The steps of the chain in their order, of one client, answered, and at least one effect that only a working
--   injection has: a token granted or an upload begun afterwards, the residue of the injection in the audit log, the web
--   shell answering, what it plants, ids missing at that very time. Answers alone are no success (audit/36_chain.sql says
--   why). Each step that was answered is marked.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'chain-succeeded', 'hostile', s.session_no, 'request', s.web_id, s.at_utc, 1, s.evidence_id, s.offset,
       'step ' || s.step_no || ' of ' || c.steps || ': ' || s.kind || ' answered ' || s.status
       || case when s.loopback_web_id is null then '' else ', passed on to machine2' end
       || case when s.step_no = 1 then '; effects: ' || replace(c.effects, '|', ', ') else '' end
from chain_step as s
join chain as c on c.chain_no = s.chain_no and c.verdict = 'succeeded'
where s.outcome <> 'refused'
order by s.web_id;
