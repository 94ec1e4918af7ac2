-- Purpose: the table of marks; the rules (queries/rules) fill it, in order.
-- Columns: effect hostile (a success of the attack), attempt (refused), note (reported, changes nothing by itself);
-- subject_kind session | request | log_row | account | file | object | inventory; exact 0 when at_utc is only a bound
-- ("not later than"); evidence_id and offset: the row that triggers it.
drop table if exists mark;
create table mark (
    mark_id integer primary key,
    rule_id text not null,
    effect text not null,
    session_no integer,
    subject_kind text not null,
    subject text,
    at_utc integer,
    exact integer not null,
    evidence_id integer,
    offset integer,
    detail text not null
) strict;
create index mark_session on mark (session_no);
