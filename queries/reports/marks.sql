-- marks: what the rules found, in order of time, each with the row that triggers it.
--
-- Reads mark, rule, session, evidence, case_window, web_request, log_event, planted_object, account, gap, log_gone, log_conflict, named_finding. An effect of
-- hostile is a success of the attack, attempt is a step that the server refused, note is worth knowing. From status on,
-- the columns repeat what the marked row says, so that a report can say it in its own language.
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
--   status          int   HTTP status of that request
--   action          text  action of the marked row of the audit log
--   account         text  account of that row, or of the planted object
--   address         text  of the session, or of the planted object
--   org_id          int   organisation of that row, or of the planted object
--   timeout         int   minutes that a planted session stays valid
--   name            text  name of the planted object; column in which copies of the audit log differ
--   first_id        int   first id of the audit log that is missing, gone or differs
--   last_id         int   last such id
--   outside_window  flag  1: before or after a configured window
--   evidence_id     int
--   path            text
--   offset          int
--   finding_id      text  readable id that stays when evidence is added; `abfluss explain` takes it
select m.mark_id, strftime('%Y-%m-%dT%H:%M:%SZ', m.at_utc, 'unixepoch') as at, m.exact, m.rule_id, r.title_de, r.title_en, r.technique,
       m.effect, s.session_id, m.subject_kind, m.subject, m.detail,
       case when m.subject_kind = 'request' then (
           select coalesce(q.method, '-') || ' ' || coalesce(q.path, '-') || coalesce('?' || q.query, '')
           from web_request as q
           where q.web_id = cast(m.subject as integer)) end as request,
       case when m.subject_kind = 'request' then (
           select q.status from web_line as q where q.web_id = cast(m.subject as integer)) end as status,
       e.action, coalesce(e.login, e.account_id, o.account, a.login) as account,
       coalesce(o.address, case when m.subject_kind = 'session' then s.address end) as address,
       coalesce(e.org_id, o.org_id) as org_id, o.timeout,
       case m.rule_id when 'log-copies-differ' then substr(m.detail, 1, instr(m.detail, ' ') - 1) else o.name end as name,
       case m.rule_id
           when 'log-row-gone' then (select min(x.first_id) from log_gone as x where x.event_no = cast(m.subject as integer))
           when 'log-copies-differ' then (
               select min(c.log_id) from log_conflict as c
               where c.evidence_b = m.evidence_id and c.column_name = substr(m.detail, 1, instr(m.detail, ' ') - 1))
           else g.first_id end as first_id,
       case m.rule_id
           when 'log-row-gone' then (select max(x.last_id) from log_gone as x where x.event_no = cast(m.subject as integer))
           when 'log-copies-differ' then (
               select max(c.log_id) from log_conflict as c
               where c.evidence_b = m.evidence_id and c.column_name = substr(m.detail, 1, instr(m.detail, ' ') - 1))
           else g.last_id end as last_id,
       coalesce((select m.at_utc < w.from_utc or m.at_utc > w.to_utc from case_window as w where w.basis = 'configured'), 0)
           as outside_window,
       m.evidence_id, v.path, m.offset, i.finding_id
from mark as m
left join named_finding as i on i.mark_id = m.mark_id
left join rule as r on r.rule_id = m.rule_id
left join session as s on s.session_no = m.session_no
left join evidence as v on v.evidence_id = m.evidence_id
left join log_event as e on m.subject_kind = 'log_row' and e.event_no = cast(m.subject as integer)
left join planted_object as o on m.subject_kind = 'object' and o.object_no = cast(m.subject as integer)
left join account as a on m.subject_kind = 'account' and a.account_id = m.subject
left join gap as g on m.rule_id = 'missing-log-ids' and g.rule = 'missing_ids' and g.evidence_id = m.evidence_id
                      and g.offset = m.offset
order by m.at_utc is null, m.at_utc, m.evidence_id, m.offset, m.mark_id;
