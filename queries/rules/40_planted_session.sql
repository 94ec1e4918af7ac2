-- rule: planted-session
-- title_de: Untergeschobene Sitzung in der Datenbank
-- title_en: Planted session in the database
-- effect: hostile
-- technique: T1550
-- source: published web shell source, June 2023
-- reasoning: The web shell inserts a session that stays valid for 9999 minutes and is bound to the loopback address; the
--   product itself makes no such pair. The long time alone is enough too, for it is a setting of the organisation: where it
--   had been set so high, other people's sessions would have it as well (then, and with the loopback address alone, see
--   odd-session). Its time is the last use, so the planting is only known to be no later.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'planted-session', 'hostile', null, 'object', o.object_no, o.at_local - k.offset_s, 0, o.evidence_id, o.offset,
       'session of ' || coalesce(o.account, '-') || ', timeout ' || coalesce(o.timeout, '-') || ', address '
       || coalesce(o.address, '-')
from planted_object as o
join local_clock as k
where o.kind = 'session' and o.timeout >= 9999
  and (o.address in ('127.0.0.1', '::1')
       or not exists (
           select 1 from planted_object as b
           where b.kind = 'session' and b.timeout >= 9999 and b.org_id is o.org_id and b.account is not o.account
             and b.address is not o.address and coalesce(b.address, '') not in ('127.0.0.1', '::1')))
order by o.object_no;
