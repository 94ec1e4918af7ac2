-- Purpose: the time that the question is about.
-- Reasoning: as configured; else from the first hostile mark to the end of evidence; without any mark, the time that all
-- required sources cover. Where the earliest mark is only a bound (the last use of a planted session does not say when it
-- was planted) the window begins where the sources begin. Where only one side is configured the other never lies beyond it:
-- a window that ends before it begins would clear every file.
-- Inputs: setting (window.from, window.to in unix seconds), mark, source_cover, required_source.
-- Columns: basis configured | first_hostile_mark | sources_since_mark_has_no_time | coverage | none.
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
bound as (
    select case when h.marks > 0 and h.exact and h.first_at <= coalesce(s.to_utc, h.first_at) then h.first_at
                when h.marks > 0 then (select min(from_utc) from source_cover)
                when c.all_speak then c.all_from else c.any_from end as from_utc,
           case when h.marks > 0 then (select max(to_utc) from source_cover)
                when c.all_speak then c.all_to else c.any_to end as to_utc
    from stated as s
    join hostile as h
    join cover as c
)
select coalesce(s.from_utc, min(b.from_utc, coalesce(s.to_utc, b.from_utc))),
       coalesce(s.to_utc, max(b.to_utc, coalesce(s.from_utc, b.to_utc))),
       case when s.from_utc is not null or s.to_utc is not null then 'configured'
            when h.marks > 0 and h.exact then 'first_hostile_mark'
            when h.marks > 0 then 'sources_since_mark_has_no_time'
            when c.all_speak then 'coverage' else 'none' end
from stated as s
join hostile as h
join cover as c
join bound as b;
