-- Tables that the import writes. The common model (queries/model) and the conclusions (queries/audit) make their own
-- tables; vendor tables (moveit_log, moveit_files, ...) are made from each dump's own CREATE TABLE.
-- Times: *_utc and at_utc are seconds since 1970-01-01T00:00:00Z; *_local are seconds on the server's wall clock, whose
-- zone is not known to the import. Show one with datetime(x, 'unixepoch').

create table evidence (
    evidence_id integer primary key,          -- in order of argument, path, member
    parent_id integer references evidence,    -- the archive it lay in
    source integer not null,                  -- 1 for the first EVIDENCE argument, 2 for the second, ...
    path text not null,                       -- relative to the folder given; members as container.zip!inner/name.log
    sha256 text,                              -- of the bytes as unpacked; empty only when unreadable
    size_bytes integer,
    format text,                              -- iis_w3c, mysqldump, audit_csv, gzip, zip; empty when no reader took it
    status text not null,                     -- imported, container, duplicate, refused, unreadable
    reason text,                              -- English id why it was not imported (no_reader, empty_file, no_fields, ...)
    detail text,                              -- expected and found, plain English
    encoding text,
    first_utc integer,
    last_utc integer,
    rollover_day text,                        -- YYYY-MM-DD from a name like u_ex230528.log, else null
    complete integer,                         -- closing line of a dump: 1 there, 0 cut off, null not applicable
    dumped_at_local integer,                  -- time in the closing line of a dump
    records_read integer not null default 0,
    records_stored integer not null default 0,
    records_set_aside integer not null default 0,
    records_header integer not null default 0
) strict;

create table evidence_note (                  -- what the user must know about a file; no record is lost by it
    evidence_id integer not null references evidence,
    offset integer not null,
    kind text not null,
    detail text not null
) strict;

create table set_aside (
    evidence_id integer not null references evidence,
    offset integer not null,
    length integer not null,
    reason text not null,
    detail text not null,
    raw blob not null
) strict;

-- Texts of web logs repeat a lot (paths, agents, addresses): stored once per file and use, referred to by number.
create table web_text (
    text_id integer primary key,
    text text not null
) strict;

create table web_line (
    web_id integer primary key,
    evidence_id integer not null,
    offset integer not null,
    at_utc integer,
    method integer, path integer, query integer, user integer, client integer, agent integer,
    referer integer, host integer, forwarded integer, server integer,   -- web_text.text_id, null for '-'
    port integer, status integer, substatus integer, win32 integer,
    bytes_sent integer, bytes_received integer, duration_ms integer,
    repaired integer not null,                -- 1: raw blanks had shifted the values and were put back
    extra text                                -- all other columns, JSON
) strict;

create view web_request as
select l.web_id, l.evidence_id, l.offset, l.at_utc, m.text as method, p.text as path, q.text as query, u.text as user,
       c.text as client, a.text as agent, r.text as referer, h.text as host, f.text as forwarded, s.text as server,
       l.port, l.status, l.substatus, l.win32, l.bytes_sent, l.bytes_received, l.duration_ms, l.repaired, l.extra
from web_line as l
left join web_text as m on m.text_id = l.method
left join web_text as p on p.text_id = l.path
left join web_text as q on q.text_id = l.query
left join web_text as u on u.text_id = l.user
left join web_text as c on c.text_id = l.client
left join web_text as a on a.text_id = l.agent
left join web_text as r on r.text_id = l.referer
left join web_text as h on h.text_id = l.host
left join web_text as f on f.text_id = l.forwarded
left join web_text as s on s.text_id = l.server;

create table vendor_table (                   -- which dump filled which table
    evidence_id integer not null,
    table_name text not null,                 -- as stored: moveit_log
    vendor_name text not null,                -- as dumped: log
    columns text not null,                    -- JSON list of [name, declared type]
    records integer not null,
    offset integer not null,                  -- of the statement (or header row) that declares it
    next_id integer                           -- table option AUTO_INCREMENT: the number the next row would get
) strict;
-- Each vendor table moveit_<name> has the dump's own columns (ANY: values stay as dumped, so cast before comparing) and, first,
-- _evidence_id, _offset.

create table content_copy (                   -- copies of files handed in with --contents
    path text not null,
    size_bytes integer not null,
    sha256 text not null,
    sha1 text not null,
    name_file_id text,                        -- a file id that the name is made of, else null
    gzip_bytes integer,                       -- size as gzip at level 6 of our deflate
    gzip9_bytes integer                       -- and at level 9, which searches for matches in another way
) strict;

create table setting (key text primary key, value text not null) strict;   -- effective settings, flat keys as in case.toml
-- Bound to one account or to the accounts of one organisation (its number or its name); both empty: any account.
create table known_network (network text not null, account text, organisation text) strict;
create table known_proxy (network text not null) strict;                    -- believed when they forward an address
create table known_account (account text not null) strict;                 -- accounts that are known from any address
create table decision (session_id text not null, class text not null, reason text not null, who text not null) strict;
create table indicator (kind text not null, value text not null, source text not null, note text not null) strict;
