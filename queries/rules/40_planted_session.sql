-- rule: planted-session
-- title_de: Untergeschobene Sitzung in der Datenbank
-- title_en: Planted session in the database
-- effect: hostile
-- technique: T1550
-- source: published web shell source, June 2023
-- reasoning: The web shell inserts a session that stays valid for 9999 minutes and is bound to the loopback address. The
--   product itself makes neither. Its time is the last use, so the planting is only known to be no later.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'planted-session', 'hostile', null, 'object', o.object_no, o.at_local - k.offset_s, 0, o.evidence_id, o.offset,
       'session of ' || coalesce(o.account, '-') || ', timeout ' || coalesce(o.timeout, '-') || ', address '
       || coalesce(o.address, '-')
from planted_object as o
join local_clock as k
where o.kind = 'session' and o.timeout >= 9999
order by o.object_no;
