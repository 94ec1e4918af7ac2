-- volume: requests, downloads and bytes sent in each hour.
--
-- Reads volume.
--
-- Columns:
--   hour        time  begin of the hour
--   requests    int
--   downloads   int
--   bytes_sent  int
select strftime('%Y-%m-%dT%H:%M:%SZ', v.hour_utc, 'unixepoch') as hour, v.requests, v.downloads, v.bytes_sent
from volume as v
order by v.hour_utc;
