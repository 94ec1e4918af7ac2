-- Purpose: the answer as a range: at least, probably, at most; for each organisation and in total.
-- Reasoning (design of the grades, docs/concepts/grades.md):
--   files    at_least proven; probably likely and better; at_most everything but no_indication and excluded, in which
--            not_excluded and not_assessable are counted apart too. Files belong to one organisation (or to none that is
--            known), so the rows of the organisations add up to the total.
--   bytes    at_least the bytes that certainly left of proven files, by the proven downloads alone; probably those of likely and
--            better, the size where no source counts bytes; at_most the sizes of all files not cleared (or the bytes sent, where these are more):
--            whoever fetched a part may have fetched the rest where it does not show. Never more than the file has counts
--            as sent of it. A file without a known size adds what was counted, else 0, and is counted in
--            files_without_size: the upper end is then open.
--   records  empty until contents are read: nothing about them is known yet.
--   persons  empty likewise; they will not add up over organisations, one person may stand in files of several.
--   bounded_by  "at most k of n": a web shell hands out one file a call, so its answered calls bound how many of the n files
--            within its reach can have left that way (table shell_bound). A bound holds for its session alone, and
--            only where the web log has no gap (basis calls); it is printed
--            beside the range and is neither added over sessions or organisations nor subtracted from at_most.
-- Inputs: finding, download, session, shell_bound (68_shell_bound.sql).
-- Columns: scope total | organisation; org_id empty for the total and for files of no known organisation; bounded_by
-- session_id:k/n, several divided by |.
drop table if exists range;
create table range (
    scope text not null,
    org_id integer,
    unit text not null,
    at_least integer,
    probably integer,
    at_most integer,
    not_excluded integer,
    not_assessable integer,
    bounded_by text not null,
    files_without_size integer not null
) strict;
insert into range
with certain as (
    select file_id, max(bytes_sent) as bytes from download where grade = 'proven' group by file_id
),
file as (
    select org_id, grade, coalesce(min(c.bytes, size_bytes), c.bytes, 0) as certain,
           coalesce(min(bytes_sent, size_bytes), bytes_sent) as sent,
           coalesce(max(bytes_sent, size_bytes), size_bytes, bytes_sent, 0) as whole,
           max(bytes_sent, size_bytes) is null and bytes_sent is null and size_bytes is null as without_size,
           grade not in ('no_indication', 'excluded') as open,
           grade in ('proven', 'very_likely', 'likely') as probable
    from finding
    left join certain as c on c.file_id = finding.file_id
),
scoped as (
    select 'total' as scope, null as org_id, f.grade, f.certain, f.sent, f.whole, f.without_size, f.open, f.probable
    from file as f
    union all
    select 'organisation', f.org_id, f.grade, f.certain, f.sent, f.whole, f.without_size, f.open, f.probable
    from file as f
),
counted as (
    select scope, org_id, 'files' as unit, sum(grade = 'proven') as at_least, sum(probable) as probably, sum(open) as at_most,
           sum(grade = 'not_excluded') as not_excluded, sum(grade = 'not_assessable') as not_assessable,
           sum(open and without_size) as without_size
    from scoped
    group by scope, org_id
    union all
    select scope, org_id, 'bytes',
           sum(case when grade = 'proven' then certain else 0 end),
           sum(case when probable then coalesce(sent, whole) else 0 end),
           sum(case when open then whole else 0 end),
           sum(case when grade = 'not_excluded' then whole else 0 end),
           sum(case when grade = 'not_assessable' then whole else 0 end),
           sum(open and without_size)
    from scoped
    group by scope, org_id
),
every as (
    select scope, org_id, unit, at_least, probably, at_most, not_excluded, not_assessable, without_size from counted
    union all
    select 'total', null, u.unit, 0, 0, 0, 0, 0, 0
    from (select 'files' as unit union all select 'bytes') as u
    where not exists (select 1 from finding)
    union all
    select c.scope, c.org_id, u.unit, null, null, null, null, null, c.without_size
    from counted as c
    join (select 'records' as unit union all select 'persons') as u
    where c.unit = 'files'
),
bound as (
    select org_id, group_concat(said, '|') as said
    from (select b.org_id, s.session_id || ':' || b.k || '/' || b.n as said
          from shell_bound as b join session as s on s.session_no = b.session_no
          where b.basis = 'calls'
          order by b.org_id, s.session_id)
    group by org_id
)
select e.scope, e.org_id, e.unit, e.at_least, e.probably, e.at_most, e.not_excluded, e.not_assessable,
       case when e.unit = 'files' and (e.scope = 'total' or e.org_id is not null) then coalesce(b.said, '') else '' end,
       e.without_size
from every as e
left join bound as b on b.org_id is e.org_id
order by e.scope desc, e.org_id,
         case e.unit when 'files' then 1 when 'bytes' then 2 when 'records' then 3 else 4 end;
