-- clock: how far each source's wall clock stands ahead of UTC and how that is known.
--
-- Reads clock, clock_stretch, clock_ambiguous. local time = UTC + offset_s. How it is found: docs/concepts/clock.md.
--
-- Columns:
--   source          text
--   offset_s        int   seconds, of most pairs, to the quarter of an hour; empty when it could not be found
--   basis           text  configured, paired, none
--   pairs           int   events seen in both sources
--   residual_s      int   median difference that remains, in seconds
--   residual_p95_s  int   difference that 95 of 100 pairs keep
--   checked         text  what the test came to: found, agrees, contradicted, few_agree, few_contradict, unchecked, conflict, too_few
--   instead_s       int   the offset that too few pairs show
--   uncertain_s     int   by how much every time may be wrong
--   stretches       int   stretches of one offset
--   open_rows       int   rows whose local time may be read in two ways
--   detail          text
select c.source, c.offset_s, c.basis, c.pairs, c.residual_s, c.residual_p95_s, c.checked, c.instead_s, c.uncertain_s,
       (select count(*) from clock_stretch) as stretches,
       (select coalesce(sum(a.open_rows), 0) from clock_ambiguous as a) as open_rows, c.detail
from clock as c
order by c.source, c.offset_s;
