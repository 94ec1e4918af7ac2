-- negative: what the statement "no indication of an outflow" rests on, or why it is not made.
--
-- Reads finding, coverage, source_cover, gap, case_window, clock, evidence, vendor_table. Part verdict says access_found (files were within
-- reach of a hostile, unknown or unverified session: no such statement), refused (with the parts reason) or stated. It is
-- refused where a required source is missing or has a gap inside the window, where there is no window, no inventory, no
-- clock, or no file of which anything can be said. The other parts are what must stand beside it: the sources with times and
-- hashes, the gaps, what was not examined, and the ways that would leave no trace in these sources.
--
-- Columns:
--   part      text  verdict, reason, source, evidence, gap, open, way
--   id        text  what it is: id of verdict, reason or way; gap rule; missing_source, or status of a file not read
--   source    text
--   required  flag
--   from      time  window, first record, begin of the gap
--   to        time
--   count     int   files the verdict is about; gaps; records
--   covered   real  hours of the window that the source covers
--   hours     real  hours of the window
--   path      text
--   sha256    text
with said as (
    select sum(grade in ('proven', 'very_likely', 'likely', 'possible')) as found,
           sum(grade in ('no_indication', 'excluded')) as clear, count(*) as files
    from finding
),
reason (place, id, source, count) as (
    select 1, 'no_inventory', null, null from said where files = 0
    union all
    select 2, 'no_window', null, null from case_window where from_utc is null or to_utc is null
    union all
    select 3, 'nothing_required', null, null where not exists (select 1 from coverage where required = 1)
    union all
    select 4, 'source_missing', c.source, null from coverage as c where c.required = 1 and c.records = 0
    union all
    select 5, 'source_gap', c.source, (select count(*) from gap as g where g.source = c.source and g.in_window = 1)
    from coverage as c
    where c.required = 1 and c.records > 0 and exists (select 1 from gap as g where g.source = c.source and g.in_window = 1)
    union all
    select 6, 'clock_unknown', k.source, null from clock as k where k.basis = 'none'
    union all
    select 7, 'nothing_assessable', null, null from said where files > 0 and coalesce(clear, 0) = 0
           and not exists (select 1 from gap as g where g.in_window = 1
                           and g.source in (select c.source from coverage as c where c.required = 1))
),
held (evidence_id, source) as (
    select evidence_id, 'iis' from evidence where format = 'iis_w3c' and status = 'imported'
    union
    select v.evidence_id, 'moveit_audit_log' from vendor_table as v join evidence as e on e.evidence_id = v.evidence_id
    where v.table_name = 'moveit_log' and e.status = 'imported'
),
part (place, part, id, source, required, from_utc, to_utc, count, covered, hours, path, sha256, tie) as (
    select 1, 'verdict', case when s.found > 0 then 'access_found' when exists (select 1 from reason) then 'refused' else 'stated' end,
           null, null, w.from_utc, w.to_utc, coalesce(s.clear, 0), null, null, null, null, 0
    from said as s
    left join case_window as w
    union all
    select 2, 'reason', r.id, r.source, null, null, null, r.count, null, null, null, null, r.place
    from reason as r
    join said as s on coalesce(s.found, 0) = 0
    union all
    select 3, 'source', null, c.source, c.required, c.from_utc, c.to_utc, c.records, c.covered_hours, c.window_hours, null, null, 0
    from coverage as c
    union all
    select 4, 'evidence', e.format, h.source, null, e.first_utc, e.last_utc, e.records_stored, null, null, e.path, e.sha256, e.evidence_id
    from held as h
    join evidence as e on e.evidence_id = h.evidence_id
    union all
    select 5, 'gap', g.rule, g.source, (select c.required from coverage as c where c.source = g.source), g.from_utc, g.to_utc,
           g.missing_ids, null, null, null, null, g.gap_no
    from gap as g
    where g.in_window = 1
    union all
    select 6, 'open', 'contents', null, null, null, null, null, null, null, null, null, 0
    union all
    select 6, 'open', 'missing_source', c.source, null, null, null, null, null, null, null, null, 0
    from source_cover as c
    where c.records = 0
    union all
    select 6, 'open', e.status, null, null, null, null, null, null, null, e.path, e.sha256, e.evidence_id
    from evidence as e
    where e.status in ('refused', 'unreadable')
    union all
    select 6, 'open', 'set_aside', null, null, null, null, sum(e.records_set_aside), null, null, null, null, 1000000000
    from evidence as e
    having sum(e.records_set_aside) > 0
    union all
    values (7, 'way', 'database_by_injection', null, null, null, null, null, null, null, null, null, 1),
           (7, 'way', 'file_system', null, null, null, null, null, null, null, null, null, 2),
           (7, 'way', 'backups', null, null, null, null, null, null, null, null, null, 3)
)
select p.part, p.id, p.source, p.required, strftime('%Y-%m-%dT%H:%M:%SZ', p.from_utc, 'unixepoch') as "from",
       strftime('%Y-%m-%dT%H:%M:%SZ', p.to_utc, 'unixepoch') as "to", p.count, round(p.covered, 2) as covered,
       round(p.hours, 2) as hours, p.path, p.sha256
from part as p
order by p.place, p.required desc, case p.part when 'reason' then p.tie end, p.source, p.tie, p.from_utc, p.id;
