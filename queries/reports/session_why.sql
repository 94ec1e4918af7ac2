-- session_why: why a session has none of the classes that come before its own, and what its own rests on.
--
-- Reads session, session_facts, session_account, account, client, known_address, known_account, mark. The first class
-- that applies decides, in the order server, hostile, known, guest, unverified, refused, visitor, unknown; so each class
-- before the derived one gets a row that says what it lacks, and the derived class a row of its own. A decision overrules
-- afterwards and is not spoken of here.
--
-- Columns:
--   session_id  text
--   place       int   order of the classes
--   class       text
--   reason      text  id of why it is not this class; basis for the class it is
--   subject     text  account or address it is about
--   number      int   count it is about
with step (place, class) as (
    values (1, 'server'), (2, 'hostile'), (3, 'known'), (4, 'guest'), (5, 'unverified'), (6, 'refused'), (7, 'visitor'), (8, 'unknown')
),
seen as (
    select s.session_id, s.session_no, s.address, s.derived_class, s.accounts, k.kind as client_kind, k.client_no, f.data_answered,
           f.refused, f.failed_sign_ons, f.account_rows, f.guest_rows, f.stranger_rows, f.guest_foreign, f.signed_on, f.token_answered,
           f.system_rows, f.attack_requests,
           (select count(*) from mark as m where m.session_no = s.session_no and m.effect = 'attempt') as attempts,
           (select count(*) from session_account as a where a.session_no = s.session_no) as account_count,
           (select min(c.login) from session_account as a join account as c on c.account_id = a.account_id
            where a.session_no = s.session_no and not exists (
                select 1 from known_address as h where h.account_id = a.account_id and h.client_no = k.client_no)) as new_account,
           (select min(c.login) from session_account as a join account as c on c.account_id = a.account_id
            where a.session_no = s.session_no and a.signed_on = 0) as silent_account
    from session as s
    join client as k on k.client_no = s.client_no
    join session_facts as f on f.session_no = s.session_no
)
select v.session_id, p.place, p.class,
       case
           when p.class = v.derived_class then 'basis'
           when p.class = 'server' and v.system_rows > 0 then 'not_only_the_system'
           when p.class = 'server' then 'not_loopback'
           when p.class = 'hostile' and v.attempts > 0 then 'attempts_only'
           when p.class = 'hostile' then 'no_hostile_mark'
           when p.class = 'known' and v.stranger_rows > 0 then 'name_without_account'
           when p.class = 'known' and v.account_count = 0 and v.data_answered = 0 then 'no_account_acted'
           when p.class = 'known' and v.account_count = 0 then 'address_of_no_account'
           when p.class = 'known' and v.new_account is not null then 'address_new_for_account'
           when p.class = 'known' then 'more_than_the_account'
           when p.class = 'guest' and v.guest_rows = 0 then 'no_token_opened'
           when p.class = 'guest' and v.guest_foreign > 0 then 'more_than_the_package'
           when p.class = 'guest' then 'accounts_acted_too'
           when p.class = 'unverified' and v.account_count = 0 then 'no_account_acted'
           when p.class = 'unverified' and v.stranger_rows > 0 then 'name_without_account'
           when p.class = 'unverified' and v.silent_account is not null then 'no_sign_on_of_account'
           when p.class = 'unverified' then 'more_than_the_account'
           when p.class in ('refused', 'visitor') and v.data_answered > 0 then 'data_answered'
           when p.class in ('refused', 'visitor') and v.account_rows + v.guest_rows + v.stranger_rows > 0 then 'rows_that_succeeded'
           when p.class = 'refused' then 'nothing_refused'
           else 'signed_on_or_refused'
       end as reason,
       case
           when p.class = v.derived_class then null
           when p.class = 'server' then v.address
           when p.class = 'known' and v.account_count > 0 then v.new_account
           when p.class = 'unverified' then v.silent_account
       end as subject,
       case
           when p.class = v.derived_class then null
           when p.class = 'hostile' then nullif(v.attempts, 0)
           when v.stranger_rows > 0 and p.class in ('known', 'unverified') then v.stranger_rows
           when p.class = 'guest' then nullif(v.guest_foreign, 0)
           when p.class in ('refused', 'visitor') and v.data_answered > 0 then v.data_answered
           when p.class in ('refused', 'visitor') then nullif(v.account_rows + v.guest_rows + v.stranger_rows, 0)
       end as number
from seen as v
join step as p on p.place <= (select q.place from step as q where q.class = v.derived_class)
order by v.session_id, p.place;
