-- Purpose: from when to when, and to whose data, a session that belongs to nobody had access.
-- Reasoning: access lasts from the first to the last successful activity. After a successful chain or web shell it covers
-- all organisations; through a planted session or account alone, what that account may read. Which folders an account may
-- read is not in the evidence, so its whole organisation counts; a system administrator (permission 40, organisation 0)
-- reads all. For an unknown session: the organisations of its accounts, of the files it fetched, and of the rows under a name
-- that no account has any more. Where the time of one of its rows may be read in two ways, access reaches to the later one.
-- Columns: scope all | organisation; org_id empty for all.
drop table if exists session_access;
create table session_access (
    session_no integer not null,
    from_utc integer not null,
    to_utc integer not null,
    scope text not null,
    org_id integer
) strict;
insert into session_access
with later as (
    select x.session_no, max(u.later_utc) as at_utc
    from log_uncertain as u
    join log_session as x on x.event_no = u.event_no
    group by x.session_no
),
bound as (
    select s.session_no, s.class, coalesce(f.first_ok_utc, s.first_utc) as from_utc,
           max(coalesce(f.last_ok_utc, s.last_utc), coalesce(r.at_utc, f.last_ok_utc, s.last_utc)) as to_utc,
           exists (select 1 from mark as m
                   where m.session_no = s.session_no and m.effect = 'hostile'
                     and m.rule_id in ('webshell-answered', 'chain-succeeded', 'injection-residue')) as everything,
           exists (select 1 from session_account as x join account as a on a.account_id = x.account_id
                   where x.session_no = s.session_no and (a.permission >= 40 or a.org_id = 0)) as system_account
    from session as s
    join session_facts as f on f.session_no = s.session_no
    left join later as r on r.session_no = s.session_no
    where s.class in ('hostile', 'unknown')
      and (f.data_answered > 0 or f.attack_answered > 0 or f.account_rows > 0 or f.guest_rows > 0 or f.stranger_rows > 0
           or f.signed_on > 0)
)
select session_no, from_utc, to_utc, 'all', null
from bound
where everything or system_account
union all
select b.session_no, b.from_utc, b.to_utc, 'organisation', o.org_id
from bound as b
join (
    select x.session_no, a.org_id from session_account as x join account as a on a.account_id = x.account_id
    union
    select s.session_no, f.org_id
    from web_access as w
    join web_session as s on s.web_id = w.web_id
    join file as f on f.file_id = w.file_id
    where w.answered
    union
    select s.session_no, e.org_id
    from log_event as e
    join log_session as s on s.event_no = e.event_no
    where e.success and (e.file_id is not null or e.actor = 'none')
) as o on o.session_no = b.session_no and o.org_id is not null
where not (b.everything or b.system_account)
order by 1, 5;
update session
set access_from_utc = (select min(a.from_utc) from session_access as a where a.session_no = session.session_no),
    access_to_utc = (select max(a.to_utc) from session_access as a where a.session_no = session.session_no),
    access_scope = (select min(a.scope) from session_access as a where a.session_no = session.session_no)
where class in ('hostile', 'unknown');
