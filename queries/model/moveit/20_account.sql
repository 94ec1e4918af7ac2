-- Purpose: accounts (MOVEit: users). account_id is the internal id (users.Username, 16 characters), login what a person
-- types; the audit log uses either, see 50_log_event.sql.
-- Where the evidence lacks the table users or its LoginName, nobody could be told from a stranger, and every partner's
-- download would be held against one. Accounts are then the names under which the log has something succeed; what is missing
-- stands in vendor_missing and is warned of.
-- account_name: every login that any dump gives an account, so that rows under the login of before it was renamed are still
-- its own; current 1 for the login of today. A login is compared without case, and belongs to one organisation: two
-- organisations may each have an account of that name. An account that was deleted and made anew keeps its login; both are
-- the same person here, see account_person.
-- account_person: what the same login of the same organisation stands for. History is the person's (45_known_address.sql):
-- an account made anew has its predecessor's addresses, and gains nothing by it elsewhere.
-- Inputs: src_users, src_log. Times: *_local are seconds on the server's wall clock.
drop table if exists account;
create table account (
    account_id text primary key,
    login text,
    org_id integer,
    permission integer,
    real_name text,
    status text,
    deleted integer not null,
    created_local integer,
    created_by text,
    evidence_id integer not null,
    offset integer not null
) strict;
insert into account
with newest_first as (
    select *, row_number() over (partition by username order by newest desc, offset desc) as rank
    from src_users
    where username is not null
)
select cast(username as text), cast(loginname as text), cast(instid as integer), cast(permission as integer),
       cast(realname as text), cast(status as text), coalesce(cast(deleted as integer), 0),
       cast(strftime('%s', createstamp) as integer), cast(createusername as text), evidence_id, offset
from newest_first
where rank = 1
order by 1;
insert or ignore into account (account_id, login, org_id, deleted, evidence_id, offset)
with acting as (
    select cast(l.username as text) as name, cast(l.instid as integer) as org_id, l.evidence_id, l.offset,
           row_number() over (partition by cast(l.username as text) order by l.newest desc, l.offset) as rank
    from src_log as l
    where coalesce(cast(l.error as integer), 0) = 0
      and coalesce(cast(l.username as text), '') not in ('', 'Automation', 'SCRIPT', 'System')
      and l.username not like 'Guest:%'
)
select name, name, org_id, 0, evidence_id, offset
from acting
where rank = 1 and not exists (select 1 from account where login is not null)
order by 1;
drop table if exists account_name;
create table account_name (
    login text not null collate nocase,
    org_id integer,
    account_id text not null,
    current integer not null,
    deleted integer not null
) strict;
insert into account_name
with named as (
    select distinct cast(u.username as text) as account_id, lower(trim(cast(u.loginname as text))) as login
    from src_users as u
    where u.username is not null
)
select a.login, a.org_id, a.account_id, 1, a.deleted from account as a where a.login is not null
union all
select n.login, a.org_id, a.account_id, 0, a.deleted
from named as n
join account as a on a.account_id = n.account_id
where coalesce(n.login, '') <> '' and lower(trim(coalesce(a.login, ''))) <> n.login
order by 1, 2, 4 desc, 3;
create index account_name_login on account_name (login, org_id);
drop table if exists account_person;
create table account_person (account_id text primary key, person text not null) strict;
insert into account_person
select account_id, coalesce(coalesce(org_id, '-') || ' ' || lower(login), 'id ' || account_id) from account order by account_id;
create index account_person_person on account_person (person);
drop index if exists account_login;
create index account_login on account (login collate nocase, org_id);
