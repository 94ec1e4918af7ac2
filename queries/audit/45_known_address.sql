-- Purpose: which addresses belong to which account, and which addresses vouch for nobody.
-- Reasoning: an address counts for an account when case.toml says so, or when the account used it before the window. Uploads
-- recorded in the inventory count as use too: they reach back further than the logs. Where the clock is not known each counts
-- from the latest time that it can mean. Where nothing hostile was found and no
-- window is stated there is no "before"; then the first address ever seen for an account is its own, and every further one
-- has to be verified. The same where the window begins with the sources because a planted session has no time; the account
-- that it acts as has a history only before the session can have been planted (its last use less the 9999 minutes).
-- Addresses that carry any hostile mark are left out: an attacker's earlier visits are no history. At a shared address
-- (17_shared_address.sql) that would take the history of everybody behind it, so there only the accounts whose own sessions
-- carry the mark lose it; what the address is still worth then, doubtful_address says.
-- History is the person's: an account that was deleted and made anew under the same login in the same organisation has the
-- addresses of its predecessor (account_person).
-- A name that no account has any more is known by its history alone, and only with a sign-on from that address before the
-- window: the account was removed in the ordinary way. What the web shell plants never signs on (known_stranger).
-- doubtful_address: shared addresses that carry a hostile mark. The attack came through the same balancer as everybody else,
-- so the address, and the network it lies in, prove nothing about who acted, from a day before the first mark on. before_utc
-- is that mark or the beginning of the window, whichever is earlier: what was customary before it is history.
-- organisation_address: clients in networks that case.toml binds to an organisation (by number, name or short name).
-- Inputs: mark, session_span, log_session, log_event, stored_file, account, account_person, client, client_account,
-- client_organisation, shared_address, case_window.
-- A row whose time may be read in two ways counts with the later one: it must have been before under both.
-- Columns: basis configured | history | first_seen.
drop table if exists doubtful_address;
create table doubtful_address (
    client_no integer primary key,
    from_utc integer not null,
    before_utc integer not null
) strict;
insert into doubtful_address
select n.client_no, coalesce(min(m.at_utc), min(n.first_utc)) - 86400,
       min(coalesce(min(m.at_utc), min(n.first_utc)), coalesce((select from_utc from case_window), min(n.first_utc)))
from mark as m
join session_span as n on n.session_no = m.session_no
join shared_address as s on s.client_no = n.client_no and s.basis = 'many_accounts'
where m.effect = 'hostile'
group by n.client_no;

drop table if exists organisation_address;
create table organisation_address (
    org_id integer not null,
    client_no integer not null,
    primary key (org_id, client_no)
) strict, without rowid;
insert into organisation_address
select distinct o.org_id, c.client_no
from client_organisation as c
join (
    select org_id, cast(org_id as text) as name from organisation
    union
    select org_id, name from organisation
    union
    select org_id, short_name from organisation
    union
    select org_id, cast(org_id as text) from account where org_id is not null
) as o on o.name = c.organisation collate nocase;

drop table if exists known_address;
create table known_address (
    account_id text not null,
    client_no integer not null,
    basis text not null,
    primary key (account_id, client_no)
) strict, without rowid;
insert or ignore into known_address
with tainted as (
    select distinct n.client_no, case when s.client_no is not null then n.party end as party
    from mark as m
    join session_span as n on n.session_no = m.session_no
    left join shared_address as s on s.client_no = n.client_no
    where m.effect = 'hostile'
),
used as (
    select e.account_id, c.client_no, min(coalesce(u.later_utc, e.at_utc)) as first_at
    from log_event as e
    left join log_uncertain as u on u.event_no = e.event_no
    join log_session as s on s.event_no = e.event_no
    join session_span as c on c.session_no = s.session_no
    join client as k on k.client_no = c.client_no and k.kind = 'client'
    where e.actor = 'account' and e.success
    group by e.account_id, c.client_no
    union all
    select a.account_id, c.client_no,
           min(f.uploaded_local) - (select offset_s from local_clock) + (select uncertain_s from local_clock)
    from stored_file as f
    join account as a on a.account_id = f.uploaded_by
    join log_client as c on c.address = f.upload_address
    join client as k on k.client_no = c.client_no and k.kind = 'client'
    where f.uploaded_local is not null
    group by a.account_id, c.client_no
),
clean as (
    select p.person, u.client_no, min(u.first_at) as first_at
    from used as u
    join account_person as p on p.account_id = u.account_id
    where not exists (select 1 from tainted as t
                      where t.client_no = u.client_no and (t.party is null or t.party = 'account ' || u.account_id))
    group by p.person, u.client_no
),
planted as (
    select p.person, min(o.at_local - k.offset_s - 9999 * 60) as since_utc
    from planted_object as o
    join local_clock as k
    join account as a on a.account_id = o.account or a.login = o.account collate nocase
    join account_person as p on p.account_id = a.account_id
    where o.kind = 'session' and o.timeout >= 9999
    group by p.person
),
ranked as (
    select person, client_no, first_at, rank() over (partition by person order by first_at) as place
    from clean
),
own as (
    select r.person, r.client_no, 'history' as basis
    from ranked as r
    join case_window as w
    left join planted as p on p.person = r.person
    where w.basis in ('configured', 'first_hostile_mark', 'sources_since_mark_has_no_time')
      and r.first_at < case when w.basis = 'sources_since_mark_has_no_time' and p.person is not null
                            then coalesce(p.since_utc, w.from_utc) else w.from_utc end
    union all
    select r.person, r.client_no, case when r.first_at < w.from_utc then 'history' else 'first_seen' end
    from ranked as r
    join case_window as w
    where w.basis in ('coverage', 'coverage_and_attempts', 'none', 'sources_since_mark_has_no_time') and (r.place = 1 or r.first_at < w.from_utc)
      and r.person not in (select person from planted)
)
select distinct a.account_id, c.client_no, 'configured'
from client_account as c
join account as a on a.account_id = c.account or a.login = c.account collate nocase
union all
select p.account_id, o.client_no, o.basis
from own as o
join account_person as p on p.person = o.person;

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
  and not exists (
      select 1 from mark as m
      join session_span as h on h.session_no = m.session_no
      left join shared_address as x on x.client_no = h.client_no
      where m.effect = 'hostile' and h.client_no = n.client_no and (x.client_no is null or h.party = n.party));
