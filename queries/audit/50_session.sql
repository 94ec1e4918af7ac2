-- Purpose: the sessions as the report shows them, with the class that holds.
-- Reasoning: the class is derived in 48_session_class.sql; a [[decision]] in case.toml overrules it, and the derived class stays
-- beside it. A decision names a session by its id. When further evidence has moved the session's beginning since, its former
-- id still names it (session_alias, audit::frames::sessions); a decision for the present id goes before one for a former id,
-- and decisions that contradict each other decide nothing.
-- Inputs: session_span, session_class, session_alias, client, decision, web_session, web_line, web_text.
drop table if exists session;
create table session (
    session_no integer primary key,
    session_id text not null unique,
    client_no integer not null,
    address text not null,
    first_utc integer not null,
    last_utc integer not null,
    requests integer not null,
    log_rows integer not null,
    accounts text not null,
    agents text not null,
    derived_class text not null,
    class text not null,
    reasons text not null,
    decided_by text,
    decision_reason text,
    access_from_utc integer,
    access_to_utc integer,
    access_scope text,
    downloads integer not null default 0,
    files integer not null default 0,
    bytes_sent integer not null default 0
) strict;
insert into session
    (session_no, session_id, client_no, address, first_utc, last_utc, requests, log_rows, accounts, agents, derived_class,
     class, reasons, decided_by, decision_reason)
with named as (
    select n.session_no, d.class, d.reason, d.who, 1 as place from decision as d
    join session_span as n on n.session_id = d.session_id
    union all
    select a.session_no, d.class, d.reason, d.who, 2 from decision as d
    join session_alias as a on a.session_id = d.session_id
),
decided as (
    select session_no, min(class) as class, min(reason) as reason, min(who) as who
    from named as n
    where place = (select min(b.place) from named as b where b.session_no = n.session_no)
    group by session_no
    having count(distinct class) = 1
)
select n.session_no, n.session_id, n.client_no, k.address, n.first_utc, n.last_utc, n.requests, n.log_rows, c.logins, '',
       c.class, coalesce(d.class, c.class), c.reasons, d.who, d.reason
from session_span as n
join client as k on k.client_no = n.client_no
join session_class as c on c.session_no = n.session_no
left join decided as d on d.session_no = n.session_no
order by n.session_no;

-- Programs the client named, as evidence of who it was, never as proof.
update session
set agents = named.agents
from (
    select session_no, group_concat(agent, '|') as agents
    from (
        select distinct s.session_no, t.text as agent
        from web_session as s
        join web_line as l on l.web_id = s.web_id
        join web_text as t on t.text_id = l.agent
        where s.session_no in (select session_no from session where class in ('hostile', 'unknown', 'unverified'))
        order by 1, 2
    )
    group by session_no
) as named
where named.session_no = session.session_no;
