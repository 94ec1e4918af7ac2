-- volume: requests, rows of the audit log, and bytes sent in each hour.
--
-- Reads volume.
--
-- Columns:
--   hour        time  begin of the hour
--   requests    int   lines of the web log
--   bytes_sent  int   by the web log, where it states bytes
--   log_rows    int   rows of the audit log
--   log_bytes   int   of downloads, by the audit log
select strftime('%Y-%m-%dT%H:%M:%SZ', v.hour_utc, 'unixepoch') as hour, v.requests, v.bytes_sent, v.log_rows, v.log_bytes
from volume as v
order by v.hour_utc;
