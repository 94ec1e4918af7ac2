-- Purpose: at most how many of the files that were there a session took through a web shell.
-- Reasoning: each call answers with one file at most, so the answered calls bound the number of files. Left out are only
-- calls that cannot have carried one: HEAD, and answers probably without a file (roles inventory and small) whose size no
-- file that was there could give, whatever it shrinks to and whatever the headers take (size_call.candidates, computed in
-- audit::sizes; needs sc-bytes). The call that probably fetched the list is therefore counted unless that is shown: the
-- bound may be one too high, never too low. k_probably leaves probable lists and small answers out.
-- The bound speaks of the web shell alone (other ways out of the same session are downloads of their own), and holds only
-- where the web log is complete (basis). Over several sessions bounds add up; over organisations they do not: the same
-- calls may have taken files of any of them.
-- Inputs: shell_call, shell_session, size_call, file, presence.
-- Columns: org_id empty for all; k at most; n files there between the first and the last answer; basis calls |
-- log_incomplete (the web log has a gap then: k is no bound).
drop table if exists shell_bound;
create table shell_bound (
    session_no integer not null,
    org_id integer,
    k integer not null,
    k_probably integer not null,
    n integer not null,
    basis text not null
) strict;
insert into shell_bound
with counted as (
    select c.session_no,
           sum(c.answered and c.role <> 'no_body'
               and not (c.role in ('inventory', 'small') and not c.broken and coalesce(z.candidates, 1) = 0)) as k,
           sum(c.role in ('content', 'unknown')) as k_probably
    from shell_call as c
    left join size_call as z on z.web_id = c.web_id
    where c.session_no is not null
    group by c.session_no
),
there as (
    select s.session_no, f.org_id, count(*) as n
    from shell_session as s
    join presence as p on coalesce(p.from_utc, s.first_utc) <= s.last_utc and coalesce(p.to_utc, s.last_utc) >= s.first_utc
    join file as f on f.file_id = p.file_id
    group by s.session_no, f.org_id
),
scopes as (
    select session_no, null as org_id, files_there as n from shell_session
    union all
    select session_no, org_id, n from there where org_id is not null
)
select s.session_no, s.org_id, min(c.k, s.n), min(c.k_probably, s.n), s.n,
       case when h.log_complete then 'calls' else 'log_incomplete' end
from scopes as s
join counted as c on c.session_no = s.session_no
join shell_session as h on h.session_no = s.session_no
order by s.session_no, s.org_id;
