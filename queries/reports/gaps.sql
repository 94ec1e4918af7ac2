-- gaps: where a source is silent though it should speak, with the rule that says so and the row before the gap.
--
-- Reads gap, coverage, evidence.
--
-- Columns:
--   gap_no       int
--   source       text
--   required     flag
--   from         time
--   to           time
--   rule         text  missing_source, missing_rollover, missing_ids, silence, starts_late, ends_early, cut_off, no_time
--   missing_ids  int   how many ids are missing, where the rule counts ids
--   in_window    flag
--   detail       text
--   evidence_id  int
--   path         text
--   offset       int
select g.gap_no, g.source, coalesce(c.required, 0) as required,
       strftime('%Y-%m-%dT%H:%M:%SZ', g.from_utc, 'unixepoch') as "from",
       strftime('%Y-%m-%dT%H:%M:%SZ', g.to_utc, 'unixepoch') as "to", g.rule, g.missing_ids, g.in_window, g.detail,
       g.evidence_id, v.path, g.offset
from gap as g
left join coverage as c on c.source = g.source
left join evidence as v on v.evidence_id = g.evidence_id
order by g.in_window desc, required desc, g.source, g.from_utc, g.gap_no;
