//! A small case made by hand: every grade once, hostile names, a gap, a decision, records set aside.

use std::path::Path;

use rusqlite::{Connection, params};

/// 2023-05-28T00:00:00Z.
pub(crate) const DAY: i64 = 1_685_232_000;
/// Names an attacker might choose, each hostile to another medium.
pub(crate) const HOSTILE_NAMES: [&str; 7] = [
    "<script>alert('x')</script>.zip",
    "=cmd|' /C calc'!A0",
    "rechnung\u{202E}fdp.exe",
    "\u{1b}[2J\u{1b}[31mrot.txt",
    "\"><img src=x onerror=alert(1)>, \"zitiert\".csv",
    "zwei\r\nZeilen.txt",
    "{{ t.get(\"x\") }} {n} ⟦x⟧.txt",
];

/// Tables of the import and of the conclusions, empty.
pub(crate) fn empty() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(include_str!("../../../src/case/schema.sql")).unwrap();
    conn.execute_batch(include_str!("case.sql")).unwrap();
    conn
}

/// The case of this test.
pub(crate) fn hostile() -> Connection {
    let conn = empty();
    conn.execute_batch(&format!(
        "insert into setting values ('case.id', '2023-MFT-07'), ('case.title', 'Verdacht auf Datenabfluss <b>am</b> Server'),
             ('window.from', '2023-05-27T00:00:00Z');
         insert into evidence (evidence_id, source, path, sha256, size_bytes, format, status, first_utc, last_utc, complete,
             records_read, records_stored, records_set_aside, records_header) values
             (1, 1, 'moveit.sql', '{sha}', 5000, 'mysqldump', 'imported', null, null, 1, 1020, 1000, 0, 20),
             (2, 1, 'u_ex230528.log', '{sha}', 9000, 'iis_w3c', 'imported', {DAY}, {DAY} + 86000, null, 1240, 1233, 3, 4);
         insert into evidence (evidence_id, source, path, sha256, size_bytes, status, reason, detail) values
             (3, 1, 'notes<i>.docx', '{sha}', 77, 'refused', 'no_reader', 'expected a dump or a log');
         insert into evidence_note values (2, 17, 'repaired', 'raw blanks in a query');
         insert into set_aside values (2, 120, 4, 'no_anchor', 'expected a status', x'3c1b5d00'), (2, 130, 1, 'no_anchor', 'x', x'00'),
             (2, 140, 1, 'cut_off', 'x', x'41');
         insert into case_window values ({DAY} - 86400, {DAY} + 3 * 86400, 'configured');
         insert into clock values ('moveit_audit_log', 7200, 'paired', 412, 2, 'x', 'contradicted', 9, null, 0),
             ('iis', 0, 'configured', 0, 0, '', 'unchecked', null, null, 0);
         insert into clock_stretch values (null, {DAY} + 3600, 7200, {DAY}, 0.5, 7200, 400, 2, 9, {DAY} - 9000, {DAY} + 20, 'open', 3600, 1),
             ({DAY} + 3600, null, 3600, {DAY} + 9000, 0, 3600, 12, 1, 1, {DAY} + 4000, {DAY} + 90000, 'order', 3600, 2);
         insert into clock_ambiguous values ({DAY}, {DAY} + 3600, 7200, 3600, 'twice', 'order', 9, 4);
         insert into coverage values ('moveit_audit_log', 1, {DAY} - 20 * 86400, {DAY} + 3 * 86400, 1000, 1, 96, 96),
             ('iis', 1, {DAY} - 3 * 86400, {DAY} + 2 * 86400, 1233, 5, 96, 72.5);
         insert into gap values (1, 'iis', {DAY} + 86400, {DAY} + 2 * 86400, 'missing_rollover', null, null, null, 1, 'u_ex230529.log', 2, 8900, null, null, 1);
         insert into rule values ('webshell-request', 'Anfrage an eine Web-Shell', 'Request to a web shell', 'x', 'T1505.003'),
             ('planted-account', 'Vom Angreifer angelegtes Konto', 'Account planted by the attacker', 'x', 'T1136');
         insert into session values
             (1, 'S-0001', '198.51.100.7', {DAY} + 11000, {DAY} + 12000, 40, 0, null, 'agent <x>|=agent', 'hostile', 'hostile',
              'webshell-answered|planted-session-used', null, null, {DAY} + 11500, {DAY} + 12000, 'all', 2, 2, 4210000),
             (2, 'S-0002', '203.0.113.9', {DAY} + 20000, {DAY} + 21000, 12, 9, 'partner', 'Mozilla', 'unknown', 'unverified',
              'sign-on-from-new-address', 'A. Muster', 'Rückruf beim Partner steht aus', {DAY} + 20000, {DAY} + 21000,
              'organisation', 1, 1, 900),
             (3, 'S-0003', '10.1.1.1', {DAY}, {DAY} + 100, 3, 3, 'known', 'Mozilla', 'known', 'known', 'known-network', null, null,
              {DAY}, {DAY} + 100, 'organisation', 1, 1, 10);
         insert into client values (77, '198.51.100.7<i>', 'client');
         insert into chain values (1, 77, {DAY} + 11490, {DAY} + 11491, 'succeeded', 'residue|missing_ids');
         insert into chain_step values (901, 1, 1, 77, 1, 'exploit_m2', {DAY} + 11490, 200, 'succeeded', 900, 2, 3000),
             (902, 1, 2, 77, 1, 'guest_post', {DAY} + 11491, 200, 'succeeded', null, 2, 3100);
         insert into mark values (1, 'webshell-request', 'hostile', 1, 'request', '7',
              {DAY} + 11500, 1, 2, 4000, 'answered 200'), (2, 'planted-account', 'hostile', null, 'account', 'Health Check Service',
              null, 0, 1, 300, 'created by nobody'), (3, 'webshell-request', 'hostile', 1, 'request', 'early', {DAY} - 9 * 86400, 0, 2, 1, '<script>alert(2)</script>');
         insert into download values
             (1, '1', 1, 'hostile', {DAY} + 11600, 1, 7, 2, 4100, 8, 1, 900, '=account', '198.51.100.7', 'web', 200, 4200000,
              4200000, 'complete', 'audit+web', 'proven', 'proven', 'two_sources', 0, 1, 'counted_whole', 4200000, 4200000),
             (2, '10', 3, 'known', {DAY}, 1, 9, 2, 5100, null, null, null, 'known', '10.1.1.1', 'web', 200, 10, 10, 'complete', 'web',
              'no_indication', 'likely', 'known_session', 0, 2, 'counted_whole', 10, 10);
         insert into content_copy values ('a/1.bin', 5, 'x', 'y', '1', 9, 9), ('b.bin', 5, 'x', 'y', null, 9, 9);
         insert into content_pair values ('a/1.bin', '1', 'file_id', 0), ('b.bin', null, 'none', 0);
         insert into vendor_missing values ('moveit_files', 'Hash', 'no SHA-1');
         insert into volume values ({DAY}, 12, 4210000, 9, 0);
         insert into web_text values (1, '/human2.aspx'), (2, 'x=<script>alert(3)</script>');
         insert into web_line (web_id, evidence_id, offset, path, query, repaired) values (7, 2, 4000, 1, 2, 0);",
        sha = "0123456789abcdef".repeat(4),
    ))
    .unwrap();
    let grades =
        ["proven", "very_likely", "likely", "possible", "not_excluded", "not_assessable", "no_indication", "excluded"];
    for (place, name) in HOSTILE_NAMES.iter().enumerate() {
        file(&conn, &(place + 1).to_string(), name, grades[place], Some(4_200_000));
    }
    file(&conn, "8", "später.txt", "excluded", None);
    file(&conn, "9", "reise.zip", "possible", Some(900));
    conn.execute("update finding set transfer_grade = 'proven', session_class = 'unverified', recipient_unverified = 1, bytes_sent = 900 where file_id = '9'", [])
        .unwrap();
    conn.execute("update finding set bytes_sent = 4200000, extent = 'complete' where file_id in ('1', '2')", [])
        .unwrap();
    for file in 1..=6 {
        conn.execute(
            "insert into finding_evidence (file_id, role, evidence_id, offset, at_utc, detail) values (?1, 'inventory', 1, 200 + ?1, null, 'row of files')",
            [file.to_string()],
        )
        .unwrap();
    }
    for offset in 0..30 {
        let row = params![4100 + offset, DAY + 11600 + offset, "GET <b>/x</b>"];
        conn.execute("insert into finding_evidence (file_id, role, evidence_id, offset, at_utc, detail) values ('1', 'web_request', 2, ?1, ?2, ?3)", row).unwrap();
    }
    ranges(&conn);
    conn
}

/// A case in which nothing was found, with or without a gap.
pub(crate) fn quiet(with_gap: bool) -> Connection {
    let conn = empty();
    conn.execute_batch(&format!(
        "insert into case_window values ({DAY}, {DAY} + 86400, 'coverage');
         insert into coverage values ('moveit_audit_log', 1, {DAY} - 86400, {DAY} + 86400, 10, 1, 24, 24),
             ('iis', 1, {DAY} - 86400, {DAY} + 86400, 10, 2, 24, 24);"
    ))
    .unwrap();
    if with_gap {
        conn.execute("insert into gap values (1, 'iis', ?1, ?1 + 3600, 'silence', null, null, null, null, '', null, null, null, null, 1)", [DAY])
            .unwrap();
    }
    file(&conn, "1", "bestand.zip", if with_gap { "not_excluded" } else { "no_indication" }, Some(10));
    ranges(&conn);
    conn
}

/// One file of the inventory.
pub(crate) fn file(conn: &Connection, id: &str, name: &str, grade: &str, size: Option<i64>) {
    conn.execute(
        "insert into finding values (?1, 1, 'inventory', 3636, 'Muster & Söhne', '/Home/=x', ?2, ?3, null, ?4, '-sender', null, ?5, ?5, null, null,
            'hostile', 'S-0001', ?4, ?4, '198.51.100.7|203.0.113.9', '@konto', 1, 'unknown', null, null, null, null,
            'webshell-request', 'u_ex230528.log@4100|moveit.sql@201', 'both_sources', 0, null, null)",
        params![id, name, size, DAY + 11600, grade],
    )
    .unwrap();
}

/// The range over the findings as they stand, by the query of the audit.
pub(crate) fn ranges(conn: &Connection) {
    conn.execute_batch(include_str!("../../../queries/audit/86_range.sql")).unwrap();
}

/// Writes the report of a case into a folder.
pub(crate) fn report(
    conn: &Connection,
    language: abfluss::model::Language,
    dir: &Path,
) -> abfluss::report::ReportSummary {
    ranges(conn);
    abfluss::report::write(conn, language, dir).unwrap()
}
