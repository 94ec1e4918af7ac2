-- gaps: where a source is silent though it should speak, with the rule that says so and the rows of evidence on both sides.
--
-- Reads gap, coverage, evidence, named_finding.
--
-- Columns:
--   gap_no       int
--   source       text
--   required     flag
--   from         time
--   to           time
--   rule         text  missing_source, missing_rollover, missing_ids, silence, rhythm, starts_late, ends_early, cut_off, no_time
--   missing_ids  int   how many ids are missing, where the rule counts ids
--   first_id     int   first missing id
--   last_id      int   last missing id
--   items        int   missing daily files, lines without a time, or other weeks compared, where the rule counts these
--   in_window    flag
--   detail       text
--   before       text  path@offset of the last row before the gap
--   after        text  path@offset of the first row behind it, or of what shows it
--   evidence_id  int   of the row behind it
--   path         text
--   offset       int
--   finding_id   text  readable id that stays when evidence is added; `abfluss explain` takes it
select g.gap_no, g.source, coalesce(c.required, 0) as required,
       strftime('%Y-%m-%dT%H:%M:%SZ', g.from_utc, 'unixepoch') as "from",
       strftime('%Y-%m-%dT%H:%M:%SZ', g.to_utc, 'unixepoch') as "to", g.rule, g.missing_ids, g.first_id, g.last_id, g.items,
       g.in_window, g.detail, b.path || coalesce('@' || g.before_offset, '') as before,
       v.path || coalesce('@' || g.offset, '') as after, g.evidence_id, v.path, g.offset, i.finding_id
from gap as g
left join named_finding as i on i.gap_no = g.gap_no
left join coverage as c on c.source = g.source
left join evidence as v on v.evidence_id = g.evidence_id
left join evidence as b on b.evidence_id = g.before_evidence_id
order by g.in_window desc, required desc, g.source, g.from_utc, g.gap_no;
