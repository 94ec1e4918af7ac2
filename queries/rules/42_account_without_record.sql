-- rule: account-without-record
-- title_de: Konto ohne protokollierte Anlage
-- title_en: Account whose creation is not on record
-- effect: hostile
-- technique: T1136
-- source: published web shell source and public exploit code, June 2023; both insert accounts by SQL, past the audit log
-- reasoning: The account says when it was made, the audit log covers that time and has no row of anybody making it (no such
--   row that names it, nor any administration in the five minutes before or after,
--   counted in full ones). Accounts that come from a directory or by a restored
--   backup look so too, and the codes of the log are not fully documented, so this is a note, and only where the log shows
--   at all that it records new accounts. It is hostile only when the account was made while an exploit chain that
--   succeeded was running, or within ten minutes after: whoever else would have to make it in just these minutes and leave
--   no trace. A published name is a rule of its own (planted-account).
insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)
with made as (
    select a.*, a.created_local - k.offset_s as made_utc
    from account as a
    join local_clock as k on k.uncertain_s = 0
    join source_cover as v on v.source = 'moveit_audit_log' and a.created_local - k.offset_s between v.from_utc and v.to_utc
    where a.account_id not in (select subject from mark where rule_id = 'planted-account')
      and not exists (select 1 from gap as g
                      where g.source = 'moveit_audit_log' and g.rule not in ('missing_ids', 'no_time')
                        and a.created_local - k.offset_s between g.from_utc and g.to_utc)
),
administration as materialized (
    select at_utc, target, kind from log_event where kind in ('account_add', 'admin') and success
),
unexplained as (
    select m.*,
           exists (select 1 from chain as c
                   where c.verdict = 'succeeded' and m.made_utc between c.first_utc - 60 and c.last_utc + 600) as in_chain
    from made as m
    where m.made_utc / 300 not in (
              select at_utc / 300 + n.n from administration join (select -1 as n union all select 0 union all select 1) as n
              where at_utc is not null)
      and lower(m.account_id) not in (select lower(target) from administration where kind = 'account_add' and target is not null)
      and lower(coalesce(m.login, '')) not in (select lower(target) from administration where kind = 'account_add' and target is not null)
)
select 'account-without-record', case when u.in_chain then 'hostile' else 'note' end, null, 'account', u.account_id, u.made_utc, 1,
       u.evidence_id, u.offset,
       'account ' || coalesce(u.login, u.account_id) || ', made by ' || coalesce(nullif(u.created_by, ''), '-')
       || ', permission ' || coalesce(u.permission, '-')
from unexplained as u
where u.in_chain or exists (select 1 from administration where kind = 'account_add')
order by u.account_id;
