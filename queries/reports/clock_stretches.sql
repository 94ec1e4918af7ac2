-- clock_stretches: the times over which the audit log's clock stood at one distance from UTC, and between them the local times
-- that can be read in two ways.
--
-- Reads clock_stretch, clock_ambiguous. Local times are the server's wall clock, without a zone.
--
-- Columns:
--   kind               text  stretch; twice: a local time that occurred twice; between: which distance holds is not known
--   from_local         text  empty: open
--   to_local           text  empty: open; a stretch ends before it, the other kinds include it
--   offset_s           int   local = UTC + offset_s; at an ambiguous time the one before
--   quarter_s          int   the same to the quarter of an hour
--   offset_after_s     int   at an ambiguous time the other one
--   drift_s_per_day    real
--   pairs              int   events seen in both logs
--   residual_s         int  median distance of the pairs
--   residual_p95_s     int  distance that 95 of 100 pairs keep
--   boundary           text  how its beginning is known: open, zone, order, pairs
--   rows               int   rows of the audit log in an ambiguous time
--   open_rows          int   those whose reading is not decided
--   stated_offset_s    int   what the zone stated in case.toml says there
select c.kind, c.from_local, c.to_local, c.offset_s, c.quarter_s, c.offset_after_s, c.drift_s_per_day, c.pairs, c.residual_s,
       c.residual_p95_s, c.boundary, c.rows, c.open_rows, c.stated_offset_s
from (
    select 'stretch' as kind, strftime('%Y-%m-%d %H:%M:%S', s.from_local, 'unixepoch') as from_local,
           strftime('%Y-%m-%d %H:%M:%S', s.to_local, 'unixepoch') as to_local, s.offset_s, s.quarter_s, null as offset_after_s,
           s.drift_s_per_day, s.pairs, s.residual_s, s.residual_p95_s, s.boundary, null as rows, null as open_rows,
           s.stated_offset_s, coalesce(s.from_local, -9223372036854775807) as place
    from clock_stretch as s
    union all
    select a.kind, strftime('%Y-%m-%d %H:%M:%S', a.from_local, 'unixepoch'),
           strftime('%Y-%m-%d %H:%M:%S', a.to_local, 'unixepoch'), a.offset_before_s, null, a.offset_after_s, null, null, null,
           null, a.boundary, a.rows, a.open_rows, null, a.from_local
    from clock_ambiguous as a
) as c
order by c.place, c.kind desc;
