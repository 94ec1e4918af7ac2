-- settings: the settings this run used, as flat keys of case.toml.
--
-- Reads setting.
--
-- Columns:
--   key    text
--   value  text
select s.key, s.value
from setting as s
order by s.key;
