-- Purpose: the time that the question is about.
-- Reasoning: as configured; else from the first hostile mark to the end of evidence; without any mark, the time that all
-- required sources cover; wider where an exploit chain was attempted outside of it, m2 and the guest page answered, at a time
-- that the audit log does not cover: whether the injection ran cannot be seen there, and a window that left it out would clear
-- files silently (a stated window is taken as it is). Where the earliest mark is only a bound (the last use of a planted session does not say when it
-- was planted) the window begins where the sources begin. Where only one side is configured the other never lies beyond it:
-- a window that ends before it begins would clear every file.
-- Inputs: setting (window.from, window.to in unix seconds), mark, chain, source_cover, required_source.
-- Columns: basis configured | first_hostile_mark | sources_since_mark_has_no_time | coverage | coverage_and_attempts |
-- none.
drop table if exists case_window;
create table case_window (from_utc integer, to_utc integer, basis text not null) strict;
insert into case_window
with stated as (
    select (select cast(value as integer) from setting where key = 'window.from_utc') as from_utc,
           (select cast(value as integer) from setting where key = 'window.to_utc') as to_utc
),
hostile as (
    select min(at_utc) as first_at,
           (select exact from mark where effect = 'hostile' order by at_utc is null desc, at_utc, exact limit 1) as exact,
           count(*) as marks
    from mark
    where effect = 'hostile'
),
required as (
    select c.source, c.from_utc, c.to_utc
    from required_source as r
    left join source_cover as c on c.source = r.source
),
cover as (
    select max(from_utc) as all_from, min(to_utc) as all_to, min(from_utc) as any_from, max(to_utc) as any_to,
           count(*) = count(from_utc) and max(from_utc) < min(to_utc) as all_speak
    from required
),
attempt as (
    select min(h.first_utc) as first_at, max(h.last_utc) as last_at
    from chain as h
    where h.verdict = 'attempted' and h.guest_step is not null
      and not exists (select 1 from source_cover as v
                      where v.source = 'moveit_audit_log' and v.records > 0
                        and (v.whole_start or v.from_utc <= h.first_utc) and v.to_utc >= h.last_utc)
),
bound as (
    select case when h.marks > 0 and h.exact and h.first_at <= coalesce(s.to_utc, h.first_at) then h.first_at
                when h.marks > 0 then (select min(from_utc) from source_cover)
                when c.all_speak then min(c.all_from, coalesce(a.first_at, c.all_from)) else c.any_from end as from_utc,
           case when h.marks > 0 then (select max(to_utc) from source_cover)
                when c.all_speak then max(c.all_to, coalesce(a.last_at, c.all_to)) else c.any_to end as to_utc
    from stated as s
    join hostile as h
    join cover as c
    join attempt as a
)
select coalesce(s.from_utc, min(b.from_utc, coalesce(s.to_utc, b.from_utc))),
       coalesce(s.to_utc, max(b.to_utc, coalesce(s.from_utc, b.to_utc))),
       case when s.from_utc is not null or s.to_utc is not null then 'configured'
            when h.marks > 0 and h.exact then 'first_hostile_mark'
            when h.marks > 0 then 'sources_since_mark_has_no_time'
            when c.all_speak and (b.from_utc < c.all_from or b.to_utc > c.all_to) then 'coverage_and_attempts'
            when c.all_speak then 'coverage' else 'none' end
from stated as s
join hostile as h
join cover as c
join bound as b;
