-- web_copies: stretches of lines that stand in two web logs; they are counted once, in the file named second.
--
-- Reads web_copy_range, evidence.
--
-- Columns:
--   lines     int
--   from      time
--   to        time
--   where     text  path@offset of the first line not counted
--   last      int   offset of the last one
--   of        text  path@offset of the first line that is counted
--   of_last   int   offset of the last one
select r.lines, strftime('%Y-%m-%dT%H:%M:%SZ', r.first_utc, 'unixepoch') as "from",
       strftime('%Y-%m-%dT%H:%M:%SZ', r.last_utc, 'unixepoch') as "to", e.path || '@' || r.from_offset as "where",
       r.to_offset as last, o.path || '@' || r.of_from_offset as "of", r.of_to_offset as of_last
from web_copy_range as r
join evidence as e on e.evidence_id = r.evidence_id
join evidence as o on o.evidence_id = r.of_evidence_id
order by r.range_no;
