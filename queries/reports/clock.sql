-- clock: how far each source's wall clock stands ahead of UTC and how that is known.
--
-- Reads clock. local time = UTC + offset_s.
--
-- Columns:
--   source      text
--   offset_s    int   seconds; empty when it could not be found
--   basis       text  configured, paired, none
--   pairs       int   events seen in both sources
--   residual_s  int   difference that remains, in seconds
--   detail      text
select c.source, c.offset_s, c.basis, c.pairs, c.residual_s, c.detail
from clock as c
order by c.source, c.offset_s;
