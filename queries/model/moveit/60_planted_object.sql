-- Purpose: sessions, permits, tokens and unfinished uploads that the dump holds and that an attacker may have planted.
-- Nothing is judged here; queries/rules does.
-- Inputs: src_activesessions, src_hostpermits, src_userexternaltokens, src_trustedexternaltokenproviders,
-- src_fileuploadinfo.
-- Columns: kind; name; account as written there; at_local when the row has a time (for sessions the last use).
drop table if exists planted_object;
create table planted_object (
    object_no integer primary key,
    kind text not null,
    name text,
    account text,
    org_id integer,
    address text,
    at_local integer,
    timeout integer,
    detail text,
    evidence_id integer not null,
    offset integer not null
) strict;
insert into planted_object (kind, name, account, org_id, address, at_local, timeout, detail, evidence_id, offset)
select * from (
    select 'session' as kind, cast(sessionid as text) as name,
           coalesce(nullif(cast(username as text), ''), cast(loginname as text)) as account,
           cast(instid as integer) as org_id, cast(ipaddress as text) as address,
           cast(strftime('%s', lasttouch) as integer) as at_local, cast(timeout as integer) as timeout, null as detail,
           evidence_id, offset
    from src_activesessions
    union all
    select 'host_permit', cast(host as text), null, cast(instid as integer), cast(host as text), null, null,
           cast(comment as text), evidence_id, offset
    from src_hostpermits
    union all
    select 'external_token', cast(tokenid as text), cast(username as text), cast(instid as integer), null, null, null, null,
           evidence_id, offset
    from src_userexternaltokens
    union all
    select 'token_provider', cast(providername as text), null, cast(instid as integer), null, null, null,
           cast(providerurl as text), evidence_id, offset
    from src_trustedexternaltokenproviders
    union all
    select 'unfinished_upload', cast(fileid as text), null, null, null, null, null,
           case when state is null then null
                when cast(state as text) = cast(comment as text) then 'state equals comment'
                when instr(cast(state as text), '@%!') > 0 then 'state holds @%!'
           end, evidence_id, offset
    from src_fileuploadinfo
) order by kind, evidence_id, offset;
