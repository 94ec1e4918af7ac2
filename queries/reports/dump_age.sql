-- dump_age: how much younger each dump is than the first and the last hostile access.
--
-- Reads dump_age, evidence.
--
-- Columns:
--   path           text
--   dumped         time
--   first_hostile  time
--   last_hostile   time
--   after_first_h  real  hours from the first hostile access to the dump; negative when the dump is older
--   after_last_h   real  hours from the last one
--   has_inventory  flag
--   has_log        flag
select e.path, strftime('%Y-%m-%dT%H:%M:%SZ', d.dumped_utc, 'unixepoch') as dumped,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.first_hostile_utc, 'unixepoch') as first_hostile,
       strftime('%Y-%m-%dT%H:%M:%SZ', d.last_hostile_utc, 'unixepoch') as last_hostile,
       round(d.after_first_s / 3600.0, 2) as after_first_h, round(d.after_last_s / 3600.0, 2) as after_last_h, d.has_inventory,
       d.has_log
from dump_age as d
join evidence as e on e.evidence_id = d.evidence_id
order by d.dumped_utc is null, d.dumped_utc, d.evidence_id;
