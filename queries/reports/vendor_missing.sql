-- vendor_missing: tables and columns that the model of the product expects and the dump does not have.
--
-- Reads vendor_missing.
--
-- Columns:
--   table_name   text
--   column_name  text  empty: the whole table is missing
--   note         text
select m.table_name, m.column_name, m.note
from vendor_missing as m
order by m.table_name, m.column_name;
