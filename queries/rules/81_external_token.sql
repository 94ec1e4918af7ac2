-- rule: external-token
-- title_de: Externes Token oder Token-Aussteller
-- title_en: External token or token provider
-- effect: note
-- technique: T1550.001
-- source: public exploit code, 2023
-- reasoning: One public exploit signs on with a token whose issuer it planted. Regular use of external tokens leaves the
--   same rows.
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
select 'external-token', 'note', null, 'object', o.object_no, null, 0, o.evidence_id, o.offset,
       o.kind || ' ' || coalesce(o.name, '-') || coalesce(' ' || o.detail, '')
from planted_object as o
where o.kind in ('external_token', 'token_provider')
order by o.object_no;
