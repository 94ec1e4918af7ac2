-- Purpose: one download whose client only one of the two logs shows counts where the client is seen.
-- Reasoning: behind a balancer the audit log may hold the balancer's address while the web log has the forwarded one, or the
-- reverse; an IPv6 address cut at 16 characters may fit several clients; either log may lack the address. When exactly one
-- web request and one audit row for the same file lie within seconds of each other and their addresses do not contradict,
-- they are one download (pair.by = 'hidden', audit::frames::pairs), and the row without a client of its own joins the other's
-- session. What pairs with nothing stays with the hidden client, who is never known by address or network.
-- Inputs: pair, web_session, log_session, session_span, client. The changed rows are the same when this runs again.
update log_session
set session_no = x.session_no
from (
    select p.event_no, s.session_no
    from pair as p
    join web_session as s on s.web_id = p.web_id
    join session_span as n on n.session_no = s.session_no
    join client as k on k.client_no = n.client_no and k.kind = 'client'
    where p.by = 'hidden'
) as x
where x.event_no = log_session.event_no;
update web_session
set session_no = x.session_no
from (
    select p.web_id, t.session_no
    from pair as p
    join web_session as s on s.web_id = p.web_id
    join session_span as n on n.session_no = s.session_no
    join client as k on k.client_no = n.client_no and k.kind <> 'client'
    join log_session as t on t.event_no = p.event_no
    where p.by = 'hidden'
) as x
where x.web_id = web_session.web_id;
update session_span
set requests = coalesce(x.requests, 0), log_rows = coalesce(x.log_rows, 0)
from (
    select n.session_no, w.requests, l.log_rows
    from session_span as n
    left join (select session_no, count(*) as requests from web_session group by session_no) as w on w.session_no = n.session_no
    left join (select session_no, count(*) as log_rows from log_session group by session_no) as l on l.session_no = n.session_no
    where exists (select 1 from pair where by = 'hidden')
) as x
where x.session_no = session_span.session_no;
delete from session_span where requests = 0 and log_rows = 0;
