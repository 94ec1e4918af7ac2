-- marks: what the rules found, in order of time, each with the row that triggers it.
--
-- Reads mark, rule, session, evidence, case_window, web_request. An effect of hostile is a success of the attack, attempt is a step
-- that the server refused, note is worth knowing.
--
-- Columns:
--   mark_id         int
--   at              time
--   exact           flag  0: at is only a bound, not later than
--   rule_id         text
--   title_de        text
--   title_en        text
--   technique       text  ATT&CK technique, where the rule names one
--   effect          text  hostile, attempt, note
--   session_id      text
--   subject_kind    text  session, request, log_row, account, file, object, inventory
--   subject         text
--   detail          text
--   request         text  the request as logged, where the mark is on one
--   outside_window  flag  1: before or after a configured window
--   evidence_id     int
--   path            text
--   offset          int
select m.mark_id, strftime('%Y-%m-%dT%H:%M:%SZ', m.at_utc, 'unixepoch') as at, m.exact, m.rule_id, r.title_de, r.title_en, r.technique,
       m.effect, s.session_id, m.subject_kind, m.subject, m.detail,
       case when m.subject_kind = 'request' then (
           select coalesce(q.method, '-') || ' ' || coalesce(q.path, '-') || coalesce('?' || q.query, '')
           from web_request as q
           where q.web_id = cast(m.subject as integer)) end as request,
       coalesce((select m.at_utc < w.from_utc or m.at_utc > w.to_utc from case_window as w where w.basis = 'configured'), 0)
           as outside_window,
       m.evidence_id, v.path, m.offset
from mark as m
left join rule as r on r.rule_id = m.rule_id
left join session as s on s.session_no = m.session_no
left join evidence as v on v.evidence_id = m.evidence_id
order by m.at_utc is null, m.at_utc, m.evidence_id, m.offset, m.mark_id;
