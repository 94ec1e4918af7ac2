-- Purpose: which addresses belong to which account.
-- Reasoning: an address counts for an account when case.toml says so, or when the account used it before the window. Uploads
-- recorded in the inventory count as use too: they reach back further than the logs. Where nothing hostile was found and no
-- window is stated there is no "before"; then the first address ever seen for an account is its own, and every further one
-- has to be verified. Addresses that carry any hostile mark are left out: an attacker's earlier visits are no history.
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
    join log_client as c on c.address = e.address
    join client as k on k.client_no = c.client_no and k.kind = 'client'
    where e.actor = 'account' and e.success and e.at_utc is not null
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
where w.basis in ('configured', 'first_hostile_mark', 'sources_since_mark_has_no_time') and r.first_at < w.from_utc
union all
select r.account_id, r.client_no, case when r.first_at < w.from_utc then 'history' else 'first_seen' end
from ranked as r
join case_window as w
where w.basis in ('coverage', 'none') and (r.place = 1 or r.first_at < w.from_utc);
