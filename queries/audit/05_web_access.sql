-- Purpose: web requests that matter: data, sign-ons, steps of the attack, internal calls. Public pages stay in web_line.
-- A line that stands in two copies of a log is one request.
-- Inputs: web_line; web_copy (audit::copies); route (audit::route, regular expressions); web_client (audit::client, addresses).
-- A request without a client address belongs to the client without address: it happened all the same.
-- Columns: answered 1 when the server answered as the caller wanted: 2xx, or 500 for the last step of the upload chain
-- (the exploit's object is unpacked before the error).
drop table if exists web_access;
create table web_access (
    web_id integer primary key,
    evidence_id integer not null,
    offset integer not null,
    client_no integer not null,
    at_utc integer,
    method text not null,
    kind text not null,
    access text not null,
    file_id text,
    folder_id text,
    file_from text not null,
    status integer,
    win32 integer,
    bytes_sent integer,
    duration_ms integer,
    answered integer not null
) strict;
insert into web_access
select l.web_id, l.evidence_id, l.offset, c.client_no, l.at_utc, coalesce(m.text, ''), r.kind, r.access, r.file_id,
       r.folder_id, r.file_from, l.status, l.win32, l.bytes_sent, l.duration_ms,
       coalesce(l.status between 200 and 299 or (r.kind = 'resumable_upload' and l.status = 500), 0)
from web_line as l
join route as r on r.path = l.path and r.query = coalesce(l.query, 0) and r.method = coalesce(l.method, 0)
join web_client as c on c.client = coalesce(l.client, 0) and c.forwarded = coalesce(l.forwarded, 0)
left join web_text as m on m.text_id = l.method
where l.web_id not in (select c.web_id from web_copy as c)
order by l.web_id;
drop index if exists web_access_file;
create index web_access_file on web_access (file_id) where file_id is not null;
