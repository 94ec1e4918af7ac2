-- marks: what the rules found, in order of time, each with the row that triggers it.
--
-- Reads mark, rule, session, evidence, case_window, web_request, log_event, planted_object, account, gap. An effect of
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
--   name            text  name of the planted object
--   first_id        int   first missing id of the audit log
--   last_id         int   last missing id of the audit log
--   outside_window  flag  1: before or after a configured window
--   evidence_id     int
--   path            text
--   offset          int
with after_gap as materialized (
    select e.evidence_id, e.offset, max(e.log_id) as log_id
    from log_event as e
    where (e.evidence_id, e.offset) in (select g.evidence_id, g.offset from gap as g where g.rule = 'missing_ids')
    group by e.evidence_id, e.offset
)
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
       coalesce(e.org_id, o.org_id) as org_id, o.timeout, o.name, n.log_id - g.missing_ids as first_id, n.log_id - 1 as last_id,
       coalesce((select m.at_utc < w.from_utc or m.at_utc > w.to_utc from case_window as w where w.basis = 'configured'), 0)
           as outside_window,
       m.evidence_id, v.path, m.offset
from mark as m
left join rule as r on r.rule_id = m.rule_id
left join session as s on s.session_no = m.session_no
left join evidence as v on v.evidence_id = m.evidence_id
left join log_event as e on m.subject_kind = 'log_row' and e.event_no = cast(m.subject as integer)
left join planted_object as o on m.subject_kind = 'object' and o.object_no = cast(m.subject as integer)
left join account as a on m.subject_kind = 'account' and a.account_id = m.subject
left join gap as g on m.rule_id = 'missing-log-ids' and g.rule = 'missing_ids' and g.evidence_id = m.evidence_id
                      and g.offset = m.offset
left join after_gap as n on n.evidence_id = g.evidence_id and n.offset = g.offset
order by m.at_utc is null, m.at_utc, m.evidence_id, m.offset, m.mark_id;
