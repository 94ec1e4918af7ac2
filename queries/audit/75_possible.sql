-- Purpose: for each file, a session that had access while the file was there, and a gap of a required source while it was
-- there. One example of each is enough for the grade; the sessions' own rows name all.
-- Reasoning: an open end of presence reaches to the end of time on that side. A file whose organisation nothing names may
-- belong to any.
-- Columns: session_no first session with access; metadata_session_no first session that could read names of all files
-- (database or web shell); gap_no first gap inside the window; in_window 1 when the file was there inside the window.
drop table if exists possible;
create table possible (
    file_id text primary key,
    session_no integer,
    metadata_session_no integer,
    gap_no integer,
    in_window integer not null
) strict;
drop index if exists session_access_scope;
create index session_access_scope on session_access (scope, org_id, to_utc);
drop table if exists required_gap;
create table required_gap (gap_no integer primary key, from_utc integer, to_utc integer) strict;
insert into required_gap
select g.gap_no, max(coalesce(g.from_utc, w.from_utc), w.from_utc), min(coalesce(g.to_utc, w.to_utc), w.to_utc)
from gap as g
join case_window as w
where g.in_window and g.source in (select source from required_source)
order by g.gap_no;
insert into possible
with there as (
    select f.file_id, f.org_id, coalesce(p.from_utc, -9223372036854775807) as from_utc,
           coalesce(p.to_utc, 9223372036854775807) as to_utc
    from file as f
    join presence as p on p.file_id = f.file_id
)
select t.file_id,
       coalesce(
           (select a.session_no from session_access as a
            where a.scope = 'all' and a.org_id is null and a.to_utc >= t.from_utc and a.from_utc <= t.to_utc
            order by a.to_utc limit 1),
           (select a.session_no from session_access as a
            where a.scope = 'organisation' and a.org_id = t.org_id and a.to_utc >= t.from_utc and a.from_utc <= t.to_utc
            order by a.to_utc limit 1),
           case when t.org_id is null then
           (select a.session_no from session_access as a
            where a.scope = 'organisation' and a.to_utc >= t.from_utc and a.from_utc <= t.to_utc
            order by a.to_utc, a.org_id, a.session_no limit 1) end),
       (select a.session_no from session_access as a
        where a.scope = 'all' and a.org_id is null and a.to_utc >= t.from_utc and a.from_utc <= t.to_utc
          and exists (select 1 from mark as m where m.session_no = a.session_no and m.effect = 'hostile'
                      and m.rule_id in ('webshell-answered', 'chain-succeeded', 'injection-residue'))
        order by a.to_utc limit 1),
       (select g.gap_no from required_gap as g
        where coalesce(g.from_utc, t.from_utc) <= t.to_utc and coalesce(g.to_utc, t.to_utc) >= t.from_utc
        order by g.gap_no limit 1),
       coalesce(t.from_utc <= w.to_utc and t.to_utc >= w.from_utc, 1)
from there as t
join case_window as w
order by t.file_id;
