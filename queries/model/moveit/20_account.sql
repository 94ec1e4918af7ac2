-- Purpose: accounts (MOVEit: users). account_id is the internal id (users.Username, 16 characters), login what a person
-- types; the audit log uses either, see 50_log_event.sql.
-- Where the evidence lacks the table users or its LoginName, nobody could be told from a stranger, and every partner's
-- download would be held against one. Accounts are then the names under which the log has something succeed; what is missing
-- stands in vendor_missing and is warned of.
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
drop index if exists account_login;
create index account_login on account (login collate nocase, org_id);
