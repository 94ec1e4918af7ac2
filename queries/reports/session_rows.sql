-- session_rows: every row of evidence that belongs to a session, web requests and audit rows in order of time. Long: ask
-- for one session with --sql "… where session_id = '…'".
--
-- Reads session, web_session, web_request, log_session, log_event, evidence.
--
-- Columns:
--   session_id   text
--   at           time
--   source       text  iis, moveit_audit_log
--   what         text  the request, or the action
--   outcome      text  status of the request; success or error of the action
--   account      text
--   file_id      text
--   evidence_id  int
--   path         text
--   sha256       text  of the evidence file as unpacked
--   offset       int
--   at_local     text  time on the server's clock, for audit rows
--   client       text  address of the connection, for requests
--   forwarded    text  address that a proxy forwarded
select s.session_id, strftime('%Y-%m-%dT%H:%M:%SZ', r.at_utc, 'unixepoch') as at, r.source, r.what, r.outcome, r.account, r.file_id,
       r.evidence_id, v.path, v.sha256, r.offset, strftime('%Y-%m-%d %H:%M:%S', r.at_local, 'unixepoch') as at_local, r.client, r.forwarded
from session as s
join (
    select n.session_no, w.at_utc, 'iis' as source,
           coalesce(w.method, '-') || ' ' || coalesce(w.path, '-') || coalesce('?' || w.query, '') as what,
           cast(w.status as text) as outcome, w.user as account, a.file_id, w.evidence_id, w.offset, null as at_local, w.client, w.forwarded
    from web_session as n
    join web_request as w on w.web_id = n.web_id
    left join web_access as a on a.web_id = n.web_id
    union all
    select n.session_no, e.at_utc, 'moveit_audit_log', e.action, case when e.success then 'success' else 'error ' || coalesce(e.error, '-') end,
           coalesce(e.login, e.account_id), e.file_id, e.evidence_id, e.offset, e.at_local, e.address, null
    from log_session as n
    join log_event as e on e.event_no = n.event_no
) as r on r.session_no = s.session_no
left join evidence as v on v.evidence_id = r.evidence_id
order by s.session_id, r.at_utc, r.source, r.evidence_id, r.offset;
