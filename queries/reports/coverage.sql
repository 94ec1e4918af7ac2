-- coverage: which time each source covers and where it does not. A missing required source stands here with no records.
--
-- Reads coverage, gap. This is coverage.csv; each gap in full is in the query gaps.
--
-- Columns:
--   source         text
--   required       flag  1: without it no negative statement is made
--   from           time  first record
--   to             time  last time covered
--   records        int
--   files          int   evidence files
--   window_hours   real  length of the window
--   covered_hours  real  hours of the window that the source covers
--   gaps           int
--   gaps_in_window int
--   gap_times      list  from/to of each gap, with its rule
select c.source, c.required, strftime('%Y-%m-%dT%H:%M:%SZ', c.from_utc, 'unixepoch') as "from",
       strftime('%Y-%m-%dT%H:%M:%SZ', c.to_utc, 'unixepoch') as "to", c.records, c.files, round(c.window_hours, 2) as window_hours,
       round(c.covered_hours, 2) as covered_hours,
       (select count(*) from gap as g where g.source = c.source) as gaps,
       (select count(*) from gap as g where g.source = c.source and g.in_window = 1) as gaps_in_window,
       (select group_concat(g.gap_text, '|')
        from (select coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', x.from_utc, 'unixepoch'), '') || '/'
                     || coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', x.to_utc, 'unixepoch'), '') || ' ' || x.rule as gap_text
              from gap as x
              where x.source = c.source
              order by x.from_utc, x.to_utc, x.gap_no) as g) as gap_times
from coverage as c
order by c.required desc, c.source;
