-- Purpose: which addresses belong to which account.
-- Reasoning: an address counts for an account when case.toml says so, or when the account used it before the window. Uploads
-- recorded in the inventory count as use too: they reach back further than the logs. Where nothing hostile was found and no
-- window is stated there is no "before"; then the first address ever seen for an account is its own, and every further one
-- has to be verified. The same where the window begins with the sources because a planted session has no time; the account
-- that it acts as has a history only before the session can have been planted (its last use less the 9999 minutes).
-- Addresses that carry any hostile mark are left out: an attacker's earlier visits are no history.
-- A name that no account has any more is known by its history alone, and only with a sign-on from that address before the
-- window: the account was removed in the ordinary way. What the web shell plants never signs on (known_stranger).
-- Columns: basis configured | history | first_seen.
drop table if exists known_address;
create table known_address (
    account_id text not null,
    client_no integer not null,
    basis text not null,
    primary key (account_id, client_no)
) strict, without rowid;
insert or ignore into known_address
with tainted as (
    select distinct n.client_no from mark as m join session_span as n on n.session_no = m.session_no
    where m.effect = 'hostile'
),
used as (
    select e.account_id, c.client_no, min(e.at_utc) as first_at
    from log_event as e
    join log_session as s on s.event_no = e.event_no
    join session_span as c on c.session_no = s.session_no
    join client as k on k.client_no = c.client_no and k.kind = 'client'
    where e.actor = 'account' and e.success
    group by e.account_id, c.client_no
    union all
    select a.account_id, c.client_no, min(f.uploaded_local) - (select offset_s from local_clock)
    from stored_file as f
    join account as a on a.account_id = f.uploaded_by
    join log_client as c on c.address = f.upload_address
    join client as k on k.client_no = c.client_no and k.kind = 'client'
    where f.uploaded_local is not null
    group by a.account_id, c.client_no
),
clean as (
    select account_id, client_no, min(first_at) as first_at from used
    where client_no not in (select client_no from tainted)
    group by account_id, client_no
),
planted as (
    select a.account_id, min(o.at_local - k.offset_s - 9999 * 60) as since_utc
    from planted_object as o
    join local_clock as k
    join account as a on a.account_id = o.account or a.login = o.account collate nocase
    where o.kind = 'session' and o.timeout >= 9999
    group by a.account_id
),
ranked as (
    select account_id, client_no, first_at,
           rank() over (partition by account_id order by first_at) as place
    from clean
)
select distinct a.account_id, c.client_no, 'configured'
from client_account as c
join account as a on a.account_id = c.account or a.login = c.account collate nocase
union all
select r.account_id, r.client_no, 'history'
from ranked as r
join case_window as w
left join planted as p on p.account_id = r.account_id
where w.basis in ('configured', 'first_hostile_mark', 'sources_since_mark_has_no_time')
  and r.first_at < case when w.basis = 'sources_since_mark_has_no_time' and p.account_id is not null
                        then coalesce(p.since_utc, w.from_utc) else w.from_utc end
union all
select r.account_id, r.client_no, case when r.first_at < w.from_utc then 'history' else 'first_seen' end
from ranked as r
join case_window as w
where w.basis in ('coverage', 'none', 'sources_since_mark_has_no_time') and (r.place = 1 or r.first_at < w.from_utc)
  and r.account_id not in (select account_id from planted);

drop table if exists known_stranger;
create table known_stranger (
    login text not null,
    client_no integer not null,
    primary key (login, client_no)
) strict, without rowid;
insert into known_stranger
select distinct e.login, n.client_no
from log_event as e
join log_session as s on s.event_no = e.event_no
join session_span as n on n.session_no = s.session_no
join client as k on k.client_no = n.client_no and k.kind = 'client'
join case_window as w
where e.actor = 'none' and e.success and e.kind = 'sign_on' and coalesce(e.login, '') <> '' and e.at_utc < w.from_utc
  and n.client_no not in (
      select h.client_no from mark as m join session_span as h on h.session_no = m.session_no where m.effect = 'hostile');

