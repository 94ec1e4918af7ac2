-- rule: file-not-in-inventory
-- title_de: Web-Log nennt eine Datei, die sonst niemand kennt
-- title_en: The web log names a file that nothing else knows
-- effect: note
-- technique: T1070.004
-- source: a lab case with the server's own logs, 2023
-- reasoning: The exploit makes and removes a file; its id stays in the web log (where the request is a step of a chain, the
--   detail says so). A file that was deleted together with its audit rows looks the same.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'file-not-in-inventory', 'note', s.session_no, 'file', a.file_id, a.at_utc, a.at_utc is not null, a.evidence_id, a.offset,
       a.kind || ' answered ' || coalesce(a.status, '-')
       || case when c.web_id is null then '' else ', step ' || c.step_no || ' of an exploit chain' end
from web_access as a
join file as f on f.file_id = a.file_id and f.origin = 'web_log'
left join web_session as s on s.web_id = a.web_id
left join chain_step as c on c.web_id = a.web_id
where a.answered
order by a.web_id;
