-- Purpose: accounts (MOVEit: users). account_id is the internal id (users.Username, 16 characters), login what a person
-- types; the audit log uses either, see 50_log_event.sql.
-- Input: src_users. Times: *_local are seconds on the server's wall clock.
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
    select *, row_number() over (partition by username order by evidence_id desc, offset desc) as rank
    from src_users
    where username is not null
)
select cast(username as text), cast(loginname as text), cast(instid as integer), cast(permission as integer),
       cast(realname as text), cast(status as text), coalesce(cast(deleted as integer), 0),
       cast(strftime('%s', createstamp) as integer), cast(createusername as text), evidence_id, offset
from newest_first
where rank = 1
order by 1;
drop index if exists account_login;
create index account_login on account (login collate nocase, org_id);
