-- The tables of the conclusions, as queries/audit makes them: enough of a case to write a report from.
create table case_window (from_utc integer, to_utc integer, basis text not null) strict;
create table clock (source text not null, offset_s integer, basis text not null, pairs integer not null, residual_s integer, detail text not null, checked text not null, residual_p95_s integer, instead_s integer, uncertain_s integer not null) strict;
create table clock_stretch (from_local integer, to_local integer, offset_s integer not null, reference_local integer not null, drift_s_per_day real not null,
    quarter_s integer not null, pairs integer not null, residual_s integer, residual_p95_s integer, first_pair_local integer,
    last_pair_local integer, boundary text not null, stated_offset_s integer, example_event_no integer) strict;
create table clock_ambiguous (from_local integer not null, to_local integer not null, offset_before_s integer not null,
    offset_after_s integer not null, kind text not null, boundary text not null, rows integer not null, open_rows integer not null) strict;
create table session (
    session_no integer primary key, session_id text not null unique, address text, first_utc integer, last_utc integer,
    requests integer not null, log_rows integer not null, accounts text, agents text, derived_class text not null,
    class text not null, reasons text, decided_by text, decision_reason text, access_from_utc integer, access_to_utc integer,
    access_scope text, downloads integer not null, files integer not null, bytes_sent integer,
    client_no integer generated always as (session_no)
) strict;
create table mark (
    mark_id integer primary key, rule_id text not null, effect text not null, session_no integer, subject_kind text not null,
    subject text, at_utc integer, exact integer not null, evidence_id integer, offset integer, detail text not null
) strict;
create table rule (rule_id text primary key, title_de text, title_en text, source text, technique text) strict;
create table download (
    download_no integer primary key, file_id text, session_no integer, class text not null, at_utc integer, in_window integer not null,
    web_id integer, web_evidence_id integer, web_offset integer, log_id integer, log_evidence_id integer, log_offset integer,
    account text, address text, interface text, status integer, bytes_sent integer, size_bytes integer, extent text,
    sources text, grade text, transfer_grade text, reason text,
    win32 integer, group_no integer, extent_basis text, bytes_at_most integer, certain_prefix_bytes integer
) strict;
create table presence (
    file_id text primary key, from_utc integer, from_basis text, to_utc integer, to_basis text, certain_from_utc integer,
    certain_to_utc integer, order_from_utc integer, order_to_utc integer
) strict;
create table organisation (org_id integer primary key, name text) strict;
create table coverage (
    source text not null, required integer not null, from_utc integer, to_utc integer, records integer not null,
    files integer not null, window_hours real, covered_hours real
) strict;
create table gap (
    gap_no integer primary key, source text not null, from_utc integer, to_utc integer, rule text not null,
    missing_ids integer, first_id integer, last_id integer, items integer, detail text, before_evidence_id integer,
    before_offset integer, evidence_id integer, offset integer, in_window integer not null
) strict;
create table finding (
    file_id text primary key, in_inventory integer not null, origin text not null, org_id integer, org_name text, folder_path text, file_name text, size_bytes integer, sha1 text,
    uploaded_utc integer, uploaded_by text, deleted_utc integer, grade text not null, transfer_grade text, extent text,
    bytes_sent integer, session_class text, sessions text, first_access_utc integer, last_access_utc integer,
    client_ips text, accounts text, metadata_exposed integer not null, readability text, data_category text,
    records integer, persons_min integer, persons_max integer, rules text, evidence text, reason text not null,
    recipient_unverified integer not null, bytes_at_most integer, certain_prefix_bytes integer
) strict;
create table finding_evidence (
    file_id text not null, role text not null, evidence_id integer, offset integer, at_utc integer, detail text, at_local integer
) strict;
create table finding_why (
    file_id text not null, direction text not null, place integer not null, reason text not null, subject text, number integer,
    at_utc integer, until_utc integer, gap_no integer, evidence_id integer, offset integer
) strict;
create table named_finding (finding_id text primary key, kind text not null, mark_id integer, gap_no integer) strict;
create table decision_effect (file_id text primary key, grade_undecided text not null, reason_undecided text not null, grade text not null) strict;
create table gap_row (gap_no integer not null, side text not null, evidence_id integer not null, offset integer not null, at_utc integer,
    at_local integer) strict;
create table vendor_missing (table_name text not null, column_name text, note text) strict;
create table shell_call (web_id integer primary key, session_no integer, at_utc integer) strict;
create table shell_session (session_no integer primary key, first_utc integer not null, last_utc integer not null, calls integer not null,
    calls_answered integer not null, content_calls integer not null, broken_calls integer not null, bytes_total integer) strict;
create table shell_bound (session_no integer not null, org_id integer, k integer not null, k_probably integer not null,
    n integer not null, basis text not null) strict;
create table size_run (session_no integer primary key, calls integer not null, copies integer not null, overhead integer,
    overhead_spread integer, tolerance_low real not null, tolerance_high real not null, score real, score_permuted real,
    chance_matches real, matches integer not null, method text not null, detail text not null) strict;
create table size_match (web_id integer primary key, session_no integer not null, file_id text not null, posterior real not null,
    predicted_low integer not null, predicted_high integer not null, bytes_sent integer not null, overhead integer not null,
    basis text not null, method text not null) strict;
create table content_pair (path text not null, file_id text, paired_by text not null, conflict integer not null) strict;
create table volume (hour_utc integer primary key, requests integer not null, bytes_sent integer not null, log_rows integer not null,
    log_bytes integer not null) strict;
create table log_event (event_no integer primary key, log_id integer, evidence_id integer not null, offset integer not null, action text,
    org_id integer, account_id text, login text, at_utc integer, at_local integer, success integer, error integer, file_id text,
    address text) strict;
create table planted_object (object_no integer primary key, kind text not null, name text, account text, org_id integer, address text,
    timeout integer) strict;
create table account (account_id text primary key, login text) strict;
create table dump_age (evidence_id integer primary key, dumped_utc integer, first_hostile_utc integer, last_hostile_utc integer,
    after_first_s integer, after_last_s integer, has_inventory integer not null, has_log integer not null) strict;
create table log_conflict (log_id integer not null, column_name text not null, evidence_a integer not null, offset_a integer not null,
    value_a text, evidence_b integer not null, offset_b integer not null, value_b text) strict;
create table web_copy_range (range_no integer primary key, evidence_id integer not null, from_offset integer not null,
    to_offset integer not null, lines integer not null, first_utc integer not null, last_utc integer not null,
    of_evidence_id integer not null, of_from_offset integer not null, of_to_offset integer not null) strict;
create table log_gone (first_id integer not null, last_id integer not null, records integer not null, evidence_id integer not null,
    offset integer not null, event_no integer not null, gone_evidence_id integer not null) strict;
create table client (client_no integer primary key, address text not null, kind text not null) strict;
create table chain (chain_no integer primary key, client_no integer, first_utc integer, last_utc integer, verdict text, effects text) strict;
create table chain_step (web_id integer primary key, chain_no integer, step_no integer, client_no integer, session_no integer, kind text,
    at_utc integer, status integer, outcome text, loopback_web_id integer, evidence_id integer, offset integer) strict;
create table web_session (web_id integer primary key, session_no integer not null) strict;
create table log_session (event_no integer primary key, session_no integer not null) strict;
create table web_access (web_id integer primary key, file_id text, evidence_id integer, offset integer) strict;
create table session_account (session_no integer not null, account_id text not null, signed_on integer not null) strict;
create table known_address (account_id text not null, client_no integer not null) strict;
create table session_facts (session_no integer primary key, data_answered integer, refused integer, failed_sign_ons integer, account_rows integer,
    guest_rows integer, stranger_rows integer, guest_foreign integer, signed_on integer, token_answered integer, system_rows integer,
    attack_requests integer) strict;
create table source_cover (source text primary key, records integer not null) strict;
