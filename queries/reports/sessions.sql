-- sessions: a client's connected activity with its class and the reasons for it. Classes that matter most come first.
--
-- Reads session. This is sessions.csv. derived_class is what the rules said; class is what holds after an analyst's
-- decision, which is named beside it.
--
-- Columns:
--   session_id       text  derived from content; a [[decision]] in case.toml names it
--   class            text
--   derived_class    text
--   reasons          list  rule ids
--   address          text
--   first_request    time
--   last_request     time
--   requests         int   rows of web logs
--   log_rows         int   rows of the audit log
--   accounts         list
--   agents           list
--   access_from      time  first successful request that opened data
--   access_to        time
--   access_scope     text  all, organisation
--   downloads        int
--   files            int   distinct files
--   bytes_sent       int
--   decided_by       text
--   decision_reason  text
with weight(class, place) as (
    values ('hostile', 1), ('unknown', 2), ('unverified', 3), ('guest', 4), ('known', 5), ('refused', 6), ('visitor', 7),
           ('server', 8)
)
select s.session_id, s.class, s.derived_class, s.reasons, s.address,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.first_utc, 'unixepoch') as first_request,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.last_utc, 'unixepoch') as last_request, s.requests, s.log_rows, s.accounts, s.agents,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.access_from_utc, 'unixepoch') as access_from,
       strftime('%Y-%m-%dT%H:%M:%SZ', s.access_to_utc, 'unixepoch') as access_to, s.access_scope, s.downloads, s.files,
       s.bytes_sent, s.decided_by, s.decision_reason
from session as s
left join weight as w on w.class = s.class
order by w.place is null, w.place, s.first_utc, s.session_id;
