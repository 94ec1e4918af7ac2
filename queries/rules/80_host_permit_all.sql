-- rule: host-permit-all
-- title_de: Zugriffsregel für alle Adressen
-- title_en: Permit for all addresses
-- effect: note
-- technique: T1562
-- source: public exploit code, 2023
-- reasoning: The exploit opens the host permits to every address. The table has no time and administrators do this too,
--   so it is reported and changes nothing.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'host-permit-all', 'note', null, 'object', o.object_no, null, 0, o.evidence_id, o.offset,
       'permit ' || o.address || ' for organisation ' || coalesce(o.org_id, '-')
from planted_object as o
where o.kind = 'host_permit' and o.address = '*.*.*.*'
order by o.object_no;
