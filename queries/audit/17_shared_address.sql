-- Purpose: addresses behind which several clients stand, so that the address alone says nothing about who acted.
-- Reasoning: a balancer or proxy that nobody configured, or the router of a company, shows one address for many people. One
-- attacker behind it must not make thieves of all others, nor may their good name cover him. Such an address is recognised
-- from the audit log alone, before any rule has spoken and whatever the window is: at least three accounts act from it, and
-- on at least two days one account's action follows another's within half an hour. A person with two accounts is no crowd;
-- a thief with stolen accounts would have to come with three of them on two days, and gains little: each of his sessions is
-- then judged by its own account. Addresses that are hidden by nature are shared without further proof: a configured proxy
-- that forwarded nothing, a balancer that the audit log looks behind (16_front.sql), rows without an address, an IPv6 address cut so that it fits several clients. The server's own
-- addresses are none: only it stands behind them.
-- What follows: audit::frames::parties cuts the sessions there by who acts; 45 to 50 judge each part by its own account.
-- Inputs: log_event, log_client, client. Times of day need no exact clock here.
-- Columns: basis hidden | many_accounts; accounts that acted; mixed_days on which they took turns.
drop table if exists shared_address;
create table shared_address (
    client_no integer primary key,
    basis text not null,
    accounts integer not null,
    mixed_days integer not null
) strict;
insert into shared_address
with busy as (
    select c.client_no, count(distinct e.account_id) as accounts
    from log_event as e
    join log_client as c on c.address = e.address
    join client as k on k.client_no = c.client_no and k.kind <> 'server'
    where e.actor = 'account' and e.success
    group by c.client_no
    having count(distinct e.account_id) >= 3
),
acts as (
    select c.client_no, e.account_id, e.at_utc,
           lag(e.account_id) over turn as account_before, lag(e.at_utc) over turn as utc_before
    from busy as b
    join log_client as c on c.client_no = b.client_no
    join log_event as e on e.address = c.address
    where e.actor = 'account' and e.success and e.at_utc is not null
    window turn as (partition by c.client_no order by e.at_utc, e.event_no)
),
mixed as (
    select client_no, count(distinct at_utc / 86400) as days
    from acts
    where account_before <> account_id and at_utc - utc_before <= 1800
    group by client_no
)
select k.client_no, case when k.kind = 'client' then 'many_accounts' else 'hidden' end, coalesce(b.accounts, 0),
       coalesce(m.days, 0)
from client as k
left join busy as b on b.client_no = k.client_no
left join mixed as m on m.client_no = k.client_no
where k.kind in ('proxy', 'front', 'none', 'cut') or (k.kind = 'client' and b.accounts >= 3 and m.days >= 2)
order by k.client_no;
