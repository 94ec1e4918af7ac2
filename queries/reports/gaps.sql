-- gaps: where a source is silent though it should speak, with the rule that says so and the row before the gap.
--
-- Reads gap, coverage, evidence, log_event.
--
-- Columns:
--   gap_no       int
--   source       text
--   required     flag
--   from         time
--   to           time
--   rule         text  missing_source, missing_rollover, missing_ids, silence, starts_late, ends_early, cut_off, no_time
--   missing_ids  int   how many ids are missing, where the rule counts ids
--   first_id     int   first missing id
--   last_id      int   last missing id
--   items        int   missing daily files, or lines without a time, where the rule counts these
--   in_window    flag
--   detail       text
--   evidence_id  int
--   path         text
--   offset       int
with after_gap as materialized (
    select e.evidence_id, e.offset, max(e.log_id) as log_id
    from log_event as e
    where (e.evidence_id, e.offset) in (select g.evidence_id, g.offset from gap as g where g.rule = 'missing_ids')
    group by e.evidence_id, e.offset
)
select g.gap_no, g.source, coalesce(c.required, 0) as required,
       strftime('%Y-%m-%dT%H:%M:%SZ', g.from_utc, 'unixepoch') as "from",
       strftime('%Y-%m-%dT%H:%M:%SZ', g.to_utc, 'unixepoch') as "to", g.rule, g.missing_ids,
       n.log_id - g.missing_ids as first_id, case when g.missing_ids is not null then n.log_id - 1 end as last_id,
       case when g.rule in ('missing_rollover', 'no_time') then nullif(cast(g.detail as integer), 0) end as items, g.in_window, g.detail,
       g.evidence_id, v.path, g.offset
from gap as g
left join coverage as c on c.source = g.source
left join evidence as v on v.evidence_id = g.evidence_id
left join after_gap as n on g.rule = 'missing_ids' and n.evidence_id = g.evidence_id and n.offset = g.offset
order by g.in_window desc, required desc, g.source, g.from_utc, g.gap_no;
