//! Presence, extent, grades and ranges on small cases, each with the verdict that a careful expert would reach, and on
//! generated ones what must hold for any evidence.

use crate::audit::audited;
use crate::tiny::{Tiny, Told, ZONE};

const HOSTILE: &str = "198.51.100.23";
const PARTNER: &str = "203.0.113.40";
const SHELL: &str = "2023-05-28 10:00:00";
const FILE: &str = "974000001"; // 5,000 bytes
const PATH: &str = "/api/v1/files/974000001/download";

/// A server whose web shell answered, with or without `sc-bytes` in the web log.
fn robbed(with_bytes: bool) -> Tiny {
    let mut tiny = Tiny::new();
    if with_bytes {
        tiny.fields = tiny.fields.replace("time-taken", "time-taken sc-bytes");
        tiny.quiet_web = false;
        for day in (20..=31).map(|d| format!("2023-05-{d}")).chain((1..=2).map(|d| format!("2023-06-0{d}"))) {
            tiny.web(&format!("{day} 12:00:00"), "GET", "/", "192.0.2.250", "200 0 0| 500");
            tiny.web(&format!("{day} 23:50:00"), "GET", "/", "192.0.2.250", "200 0 0| 500");
        }
        tiny.web(SHELL, "GET", "/human2.aspx", HOSTILE, "200 0 0| 900");
    } else {
        tiny.web(SHELL, "GET", "/human2.aspx", HOSTILE, "200");
    }
    tiny
}

fn row(tiny: &mut Tiny, utc: &str, file: &str, bytes: u64) {
    tiny.logged(utc, "gonegonegonegone", file, HOSTILE, bytes);
}

/// grade, extent, bytes that certainly left, at most, certain first bytes.
fn verdict(told: &Told, file: &str) -> String {
    told.text(&format!(
        "select grade || ' ' || coalesce(extent, '-') || ' ' || coalesce(bytes_sent, '-') || ' ' ||
                coalesce(bytes_at_most, '-') || ' ' || coalesce(certain_prefix_bytes, '-')
         from finding where file_id = '{file}'"
    ))
}

fn bases(told: &Told, file: &str) -> String {
    told.text(&format!("select from_basis || ' ' || to_basis from presence where file_id = '{file}'"))
}

#[test]
fn head_and_not_modified_send_nothing() {
    for (method, status) in [("HEAD", "200 0 0"), ("GET", "304 0 0")] {
        let told = robbed(false).web("2023-05-28 10:00:05", method, PATH, HOSTILE, status).told();
        assert_eq!(verdict(&told, FILE), "possible - - - -", "{method} {status}: in reach of the shell, no more");
        assert_eq!(told.text("select reason from download where file_id = '974000001'"), "nothing_sent");
    }
}

#[test]
fn a_range_may_begin_anywhere() {
    // The application counts 2,000 of 5,000 bytes; only an answer 200 begins at the first one.
    for (status, first) in [("200", "2000"), ("206", "-")] {
        let mut tiny = robbed(false);
        tiny.fetched("2023-05-28 10:00:05", FILE, HOSTILE, status);
        row(&mut tiny, "2023-05-28 10:00:05", FILE, 2000);
        assert_eq!(verdict(&tiny.told(), FILE), format!("proven partial 2000 2000 {first}"));
    }
    // By the web log alone, with and without its count: headers are no content.
    let mut tiny = robbed(true);
    tiny.skip_ids = vec![10];
    tiny.fetched("2023-05-28 10:00:05", FILE, HOSTILE, "206 0 0| 3024");
    tiny.fetched("2023-05-28 10:00:05", "974000002", HOSTILE, "206 0 0| -");
    let told = tiny.told();
    assert_eq!(verdict(&told, FILE), "very_likely partial 2000 3024 -");
    assert_eq!(verdict(&told, "974000002"), "likely unknown - 6000 -");
}

#[test]
fn what_a_lost_connection_says_depends_on_who_counted() {
    let told = |status: &str, counted: u64| {
        let mut tiny = robbed(true);
        tiny.fetched("2023-05-28 10:00:05", FILE, HOSTILE, status);
        row(&mut tiny, "2023-05-28 10:00:05", FILE, counted);
        verdict(&tiny.told(), FILE)
    };
    // 64: fewer bytes than the file has, so it broke off; all of them, so only the confirmation is missing.
    assert_eq!(told("200 0 64| -", 1500), "proven aborted 1500 1500 1500");
    assert_eq!(told("200 0 64| -", 5000), "proven complete 5000 5000 5000");
    // The application handed over everything, the web log shows less: what arrived lies between.
    assert_eq!(told("200 0 64| 3024", 5000), "proven unknown 2000 5000 2000");
    // 995 and 1236 are aborts, whatever was handed over.
    assert_eq!(told("200 0 995| -", 5000), "proven aborted 5000 5000 5000");
    assert_eq!(told("200 0 1236| 3024", 5000), "proven aborted 2000 5000 2000");
    // Nothing but headers went out: the web log contradicts the application, and two sources no longer agree.
    assert_eq!(told("200 0 1236| 400", 5000), "likely aborted - 5000 -");
    // A compressed answer is smaller than the file and yet whole.
    assert_eq!(told("200 0 0| 3024", 5000), "proven complete 5000 5000 5000");
}

#[test]
fn parts_of_a_resumed_download_bound_what_left() {
    let mut tiny = robbed(false);
    for (at, status, bytes) in
        [("10:00:10", "200 0 64", 1500), ("10:02:10", "206 0 64", 1000), ("10:05:10", "206", 2000)]
    {
        tiny.fetched(&format!("2023-05-28 {at}"), FILE, HOSTILE, status);
        row(&mut tiny, &format!("2023-05-28 {at}"), FILE, bytes);
    }
    let told = tiny.told();
    // The parts may overlap: at least the largest, at most the sum; the first 1,500 bytes are certain.
    assert_eq!(verdict(&told, FILE), "proven partial 2000 4500 1500");
    assert_eq!(told.text("select attempts || ' ' || requests || ' ' || log_rows from transfer_group"), "3 3 3");
    // A fourth part: the sum reaches the file, so all of it may have left, and never more than all of it.
    tiny.fetched("2023-05-28 10:06:10", FILE, HOSTILE, "206");
    row(&mut tiny, "2023-05-28 10:06:10", FILE, 1800);
    assert_eq!(verdict(&tiny.told(), FILE), "proven unknown 2000 5000 1500");
    // Two whole downloads are no more than one.
    let mut tiny = robbed(false);
    for at in ["2023-05-28 10:00:10", "2023-05-28 10:01:10"] {
        tiny.fetched(at, FILE, HOSTILE, "200");
        row(&mut tiny, at, FILE, 5000);
    }
    assert_eq!(verdict(&tiny.told(), FILE), "proven complete 5000 5000 5000");
}

#[test]
fn one_row_for_several_requests_contradicts_none_of_them() {
    let mut tiny = robbed(false);
    for (at, status) in [("10:00:10", "200 0 64"), ("10:02:10", "206 0 64"), ("10:05:10", "206")] {
        tiny.fetched(&format!("2023-05-28 {at}"), FILE, HOSTILE, status);
    }
    row(&mut tiny, "2023-05-28 10:05:10", FILE, 5000);
    let told = tiny.told();
    assert_eq!(verdict(&told, FILE), "proven complete 5000 5000 5000");
    assert_eq!(told.number("select count(*) from download where reason like '%silent'"), 0);
}

#[test]
fn an_archive_names_no_file_in_the_web_log() {
    let mut tiny = robbed(false);
    tiny.web("2023-05-28 10:00:20", "GET", "/moveitisapi/moveitisapi.dll?action=download&zip=1", HOSTILE, "200");
    row(&mut tiny, "2023-05-28 10:00:19", FILE, 5000);
    row(&mut tiny, "2023-05-28 10:00:20", "974000002", 6000);
    let told = tiny.told();
    assert_eq!(verdict(&told, FILE), "very_likely complete 5000 5000 5000");
    assert_eq!(verdict(&told, "974000002"), "very_likely complete 6000 6000 6000");
    assert_eq!(told.number("select count(distinct web_id) from download where reason = 'log_bytes_archive'"), 1);
}

#[test]
fn a_request_that_names_no_file_confirms_a_download_but_not_which() {
    let mut tiny = robbed(false);
    tiny.web("2023-05-28 10:00:20", "GET", "/moveitisapi/moveitisapi.dll?action=download", HOSTILE, "200");
    row(&mut tiny, "2023-05-28 10:00:20", FILE, 5000);
    let told = tiny.told();
    assert_eq!(told.grade(FILE), "very_likely/log_bytes_request_without_file");
    assert_eq!(told.text("select by from pair"), "client");
}

#[test]
fn a_slow_download_is_one_download() {
    // The application was done an hour before the slow client had the last byte.
    let mut tiny = Tiny::new();
    tiny.web(SHELL, "GET", "/human2.aspx", HOSTILE, "200 0 0| 80");
    tiny.fields = tiny.fields.replace("time-taken", "x-other time-taken");
    tiny.quiet_web = false;
    for day in (20..=31).map(|d| format!("2023-05-{d}")).chain((1..=2).map(|d| format!("2023-06-0{d}"))) {
        tiny.web(&format!("{day} 23:50:00"), "GET", "/", "192.0.2.250", "200 0 0| 5");
    }
    tiny.fetched("2023-05-28 12:00:00", FILE, HOSTILE, "200 0 0| 7200000");
    row(&mut tiny, "2023-05-28 11:00:00", FILE, 5000);
    let told = tiny.told();
    assert_eq!(told.number("select count(*) from download where file_id = '974000001'"), 1);
    assert_eq!(told.only_grade(FILE), "proven");
}

#[test]
fn a_silent_source_lowers_one_step_only_where_it_covers_the_time() {
    // A request without a count, and no row: the audit log covers the time and contradicts.
    let mut tiny = robbed(false);
    tiny.fetched("2023-05-28 10:00:05", FILE, HOSTILE, "200");
    assert_eq!(tiny.told().grade(FILE), "possible/answered_without_bytes_log_silent");
    // Ids are missing beside it: a gap contradicts nothing.
    tiny.row("2023-05-28 10:00:01", "sec_viewlog", 100, "adminadminadmin1", "", "10.0.0.5", 0, 0, 10);
    tiny.row("2023-05-28 10:00:09", "sec_viewlog", 100, "adminadminadmin1", "", "10.0.0.5", 0, 0, 10);
    tiny.skip_ids = vec![11];
    assert_eq!(tiny.told().grade(FILE), "likely/answered_without_bytes");
    // The other way round: a row that the web log should show, and SFTP, which it never shows.
    for (interface, grade) in [(10, "likely/log_bytes_web_silent"), (40, "very_likely/log_bytes")] {
        let mut tiny = robbed(false);
        tiny.row("2023-05-28 10:00:05", "file_download", 100, "gonegonegonegone", FILE, HOSTILE, 0, 5000, interface);
        assert_eq!(tiny.told().grade(FILE), grade);
    }
    // A row that says the download failed contradicts the answer too.
    let mut tiny = robbed(false);
    tiny.fetched("2023-05-28 10:00:05", FILE, HOSTILE, "200");
    tiny.row("2023-05-28 10:00:05", "file_download", 100, "gonegonegonegone", FILE, HOSTILE, 2100, 0, 10);
    assert_eq!(tiny.told().grade(FILE), "possible/answered_log_failed");
}

#[test]
fn each_end_of_presence_names_its_support() {
    let mut tiny = Tiny::new();
    let up = |tiny: &mut Tiny, at: &str, file: &str| {
        tiny.row(at, "file_upload", 100, "partnerpartner01", file, PARTNER, 0, 900, 40);
    };
    let gone = |tiny: &mut Tiny, at: &str, user: &str, file: &str| {
        tiny.row(at, "file_delete", 100, user, file, PARTNER, 0, 0, 40);
    };
    // Uploaded and deleted by the partner; by the nightly task; fetched after the deletion; uploaded again after it.
    up(&mut tiny, "2023-05-22 08:00:00", "974000011");
    gone(&mut tiny, "2023-05-24 08:00:00", "partnerpartner01", "974000011");
    up(&mut tiny, "2023-05-22 08:00:00", "974000012");
    tiny.row("2023-05-24 23:00:00", "file_delete", 100, "Automation", "974000012", "SCRIPT", 0, 0, 0);
    up(&mut tiny, "2023-05-22 08:00:00", "974000013");
    gone(&mut tiny, "2023-05-24 08:00:00", "partnerpartner01", "974000013");
    tiny.row("2023-05-25 08:00:00", "file_download", 100, "partnerpartner01", "974000013", PARTNER, 0, 900, 40);
    up(&mut tiny, "2023-05-22 08:00:00", "974000014");
    gone(&mut tiny, "2023-05-24 08:00:00", "partnerpartner01", "974000014");
    up(&mut tiny, "2023-05-26 08:00:00", "974000014");
    // Gone without a row; fetched only; named by a request to delete only.
    up(&mut tiny, "2023-05-22 08:00:00", "974000015");
    tiny.row("2023-05-23 08:00:00", "file_download", 100, "partnerpartner01", "974000016", PARTNER, 0, 900, 40);
    up(&mut tiny, "2023-05-22 08:00:00", "974000017");
    tiny.web("2023-05-23 08:00:00", "DELETE", "/api/v1/files/974000017", PARTNER, "204");
    // Refused: no deletion.
    up(&mut tiny, "2023-05-22 08:00:00", "974000018");
    tiny.web("2023-05-23 08:00:00", "DELETE", "/api/v1/files/974000018", PARTNER, "403");
    // In the inventory, but fetched a day before its stamp: the stamp is of a later version.
    tiny.file("974000019", 100, "2023-05-25 08:00:00", 900);
    tiny.row("2023-05-24 08:00:00", "file_download", 100, "partnerpartner01", "974000019", PARTNER, 0, 900, 40);
    let told = tiny.told();
    assert_eq!(bases(&told, FILE), "inventory_stamp in_inventory");
    assert_eq!(bases(&told, "974000011"), "upload_logged deletion_logged");
    assert_eq!(bases(&told, "974000012"), "upload_logged deleted_by_system");
    assert_eq!(bases(&told, "974000013"), "upload_logged there_after_deletion");
    assert_eq!(bases(&told, "974000014"), "upload_logged there_after_deletion");
    assert_eq!(bases(&told, "974000015"), "upload_logged deletion_not_seen");
    assert_eq!(bases(&told, "974000016"), "fetched deletion_not_seen");
    assert_eq!(bases(&told, "974000017"), "upload_logged deletion_requested");
    assert_eq!(bases(&told, "974000018"), "upload_logged deletion_not_seen");
    assert_eq!(bases(&told, "974000019"), "fetched_before_upload in_inventory");
    assert_eq!(told.number("select uploads from presence where file_id = '974000014'"), 2);
    let open =
        "select group_concat(file_id, ' ') from (select file_id from presence where from_utc is null order by 1)";
    assert_eq!(told.text(open), "974000016 974000019");
    let until = |file: &str| {
        told.text(&format!(
            "select datetime(to_utc, 'unixepoch') || ' ' || datetime(certain_to_utc, 'unixepoch') from presence where file_id = '{file}'"
        ))
    };
    assert_eq!(until("974000011"), "2023-05-24 08:00:00 2023-05-24 08:00:00");
    assert_eq!(until("974000017"), "2023-05-23 08:00:00 2023-05-22 08:00:00", "a request alone is no certainty");
    assert_eq!(until(FILE), "", "open: the inventory lists it");
    let dumped = "select datetime(certain_to_utc, 'unixepoch') from presence where file_id = '974000001'";
    assert_eq!(told.text(dumped), "2023-06-02 23:55:00");
    // Each supported end names the row, and nothing certain lies outside what is possible.
    let without =
        "select count(*) from presence where (from_evidence_id is null) <> (from_basis in ('not_known', 'id_order'))
                       or to_evidence_id is null and to_basis not in ('deletion_not_seen', 'not_known')";
    assert_eq!(told.number(without), 0);
    let outside = "select count(*) from presence
                   where certain_from_utc < from_utc or certain_to_utc > to_utc or certain_from_utc > certain_to_utc";
    assert_eq!(told.number(outside), 0);
    let shown = "select count(*) from presence where file_id = '974000011' and from_offset =
                     (select offset from log_event where kind = 'upload' and file_id = '974000011')";
    assert_eq!(told.number(shown), 1);
}

#[test]
fn the_order_of_ids_bounds_an_upload_and_clears_nothing() {
    let mut tiny = Tiny::new();
    tiny.settings = format!("{ZONE}[window]\nfrom = \"2023-05-22T00:00:00Z\"\nto = \"2023-05-26T00:00:00Z\"\n");
    for n in 0..22 {
        let (day, hour) = (21 + n / 3, 10 + n % 3);
        tiny.file(&(974_000_100 + 2 * n).to_string(), 100, &format!("2023-05-{day} {hour}:00:00"), 10);
    }
    // Nothing shows its upload; its id lies between two of the 27th, after the window.
    let admin = "adminadminadmin1";
    tiny.row("2023-05-30 08:00:00", "file_download", 100, admin, "974000139", "10.0.0.5", 0, 900, 40);
    tiny.row("2023-05-31 08:00:00", "file_delete", 100, admin, "974000139", "10.0.0.5", 0, 0, 40);
    tiny.skip_ids = vec![5]; // between the 23rd and the 24th
    let told = tiny.told();
    assert_eq!(bases(&told, "974000139"), "id_order deletion_logged");
    let between = "select datetime(order_from_utc, 'unixepoch') || ' ' || datetime(order_to_utc, 'unixepoch')
                   from presence where file_id = '974000139' and from_utc is null";
    assert_eq!(told.text(between), "2023-05-27 11:00:00 2023-05-27 12:00:00");
    assert_eq!(told.only_grade("974000139"), "not_excluded", "a gap in the window, and an inference is no evidence");
    // One upload out of order, and the order says nothing.
    tiny.file("974000145", 100, "2023-05-21 09:00:00", 10);
    assert_eq!(bases(&tiny.told(), "974000139"), "fetched deletion_logged");
}

#[test]
fn excluded_needs_an_upload_by_someone_known_and_no_earlier_trace() {
    let with = |address: &str, earlier: bool| {
        let mut tiny = Tiny::new();
        tiny.settings = format!("{ZONE}[window]\nfrom = \"2023-05-25T00:00:00Z\"\nto = \"2023-05-30T00:00:00Z\"\n");
        tiny.file("974000003", 100, "2023-05-31 10:00:00", 10);
        let put = "/api/v1/folders/966000001/files?uploadType=resumable&fileId=974000003";
        tiny.web("2023-05-31 10:00:00", "PUT", put, address, "200");
        if earlier {
            tiny.row(
                "2023-05-24 08:00:00",
                "file_download",
                100,
                "adminadminadmin1",
                "974000003",
                "10.0.0.5",
                0,
                10,
                40,
            );
        }
        tiny.told().only_grade("974000003")
    };
    assert_eq!(with("10.0.0.5", false), "excluded");
    assert_eq!(with("10.0.0.5", true), "no_indication", "an earlier version was there: covered, not excluded");
    assert_ne!(with(HOSTILE, false), "excluded", "what a stranger uploads shows nothing");
}

#[test]
fn ranges_count_what_the_grades_say() {
    let mut tiny = robbed(false);
    tiny.fetched("2023-05-28 10:00:05", FILE, HOSTILE, "206");
    row(&mut tiny, "2023-05-28 10:00:05", FILE, 2000);
    let told = tiny.told();
    let range = |scope: &str, unit: &str| {
        told.text(&format!(
            "select at_least || ' ' || probably || ' ' || at_most from range where {scope} and unit = '{unit}'"
        ))
    };
    // Proven: 2,000 of 5,000 bytes. The shell could reach the other files: 6,000 and, of the other organisation, 7,000.
    assert_eq!(
        (range("scope = 'total'", "files"), range("scope = 'total'", "bytes")),
        ("1 1 3".into(), "2000 2000 18000".into())
    );
    assert_eq!((range("org_id = 100", "files"), range("org_id = 200", "bytes")), ("1 1 2".into(), "0 0 7000".into()));
    assert_eq!(
        told.number("select count(*) from range where unit in ('records', 'persons') and at_most is not null"),
        0
    );
    // A file whose size nothing states is counted apart.
    let mut tiny = robbed(false);
    tiny.row("2023-05-22 08:00:00", "file_delete", 100, "partnerpartner01", "974000020", PARTNER, 0, 0, 40);
    tiny.row("2023-05-29 08:00:00", "file_delete", 100, "partnerpartner01", "974000021", PARTNER, 0, 0, 40);
    let told = tiny.told();
    assert_eq!(told.number("select files_without_size from range where scope = 'total' and unit = 'bytes'"), 1);
}

#[test]
fn a_bound_of_the_shell_stands_beside_the_range_and_changes_no_number() {
    let told = robbed(false).told();
    let db = told.case.connection();
    let numbers =
        "select group_concat(at_least || ' ' || probably || ' ' || at_most, '|') from range where unit = 'files'";
    let before = told.text(numbers);
    let session = told.text("select session_id from session where class = 'hostile'");
    db.execute_batch(
        "delete from shell_bound;
         insert into shell_bound (session_no, org_id, k, k_probably, n, basis)
         select session_no, null, 1, 1, 3, 'calls' from session where class = 'hostile'
         union all select session_no, 200, 1, 1, 1, 'calls' from session where class = 'hostile'
         union all select session_no, 100, 1, 1, 2, 'log_incomplete' from session where class = 'hostile';",
    )
    .unwrap();
    db.execute_batch(include_str!("../../queries/audit/86_range.sql")).unwrap();
    assert_eq!(told.text(numbers), before);
    assert_eq!(
        told.text("select bounded_by from range where scope = 'total' and unit = 'files'"),
        format!("{session}:1/3")
    );
    assert_eq!(
        told.text("select bounded_by from range where org_id = 200 and unit = 'files'"),
        format!("{session}:1/1")
    );
    assert_eq!(told.text("select bounded_by from range where org_id = 100 and unit = 'files'"), "");
}

/// Whatever the evidence: intervals are nested, organisations add up, each file has one grade, nothing certain lies outside
/// what is possible, and no part is larger than its upper bound.
#[test]
fn ranges_are_nested_and_add_up_on_generated_cases() {
    for scenario in ["shell-and-session", "sftp-theft", "missing-days", "planted-account"] {
        let audited = audited(scenario);
        let none = |sql: &str| {
            let n: i64 = audited.case.connection().query_row(sql, [], |r| r.get(0)).unwrap();
            assert_eq!(n, 0, "{scenario}: {sql}");
        };
        none(
            "select count(*) from range where at_least > probably or probably > at_most or not_excluded + not_assessable > at_most",
        );
        none(
            "select count(*) from range where unit in ('files', 'bytes') and (at_least is null or probably is null or at_most is null)",
        );
        for column in ["at_least", "probably", "at_most", "not_excluded", "not_assessable", "files_without_size"] {
            none(&format!(
                "select count(*) from (select unit from range where unit in ('files', 'bytes') group by unit
                 having sum(case scope when 'total' then {column} else -{column} end) <> 0)"
            ));
        }
        none("select count(*) - (select count(*) from file) from finding");
        none("select (select count(*) from finding where in_inventory) - (select count(*) from stored_file)");
        none(
            "select count(*) - (select at_most from range where scope = 'total' and unit = 'files') from finding
              where grade not in ('no_indication', 'excluded')",
        );
        none("select count(*) from presence
              where certain_from_utc < from_utc or certain_to_utc > to_utc or certain_from_utc > certain_to_utc or from_utc > to_utc");
        none(
            "select count(*) from download where bytes_sent > bytes_at_most or certain_prefix_bytes > bytes_sent
                  or (extent is null) <> (transfer_grade is null)",
        );
        none(
            "select count(*) from transfer_group where bytes_sent > bytes_at_most or certain_prefix_bytes > bytes_sent",
        );
        none("select count(*) from finding where bytes_sent > bytes_at_most or certain_prefix_bytes > bytes_sent");
        none(
            "select count(*) from (select web_id from pair where by <> 'archive' group by web_id having count(*) > 1)",
        );
    }
}

/// What a `case` of a query can give: the words after `then` and `else`.
fn given<'a>(query: &'a str, name: &str) -> Vec<&'a str> {
    let block = &query[..query.find(&format!("end as {name}")).unwrap()];
    let block = &block[block.rfind("\n           case").unwrap()..];
    let parts: Vec<&str> = block.split('\'').collect();
    let kept = |before: &str| before.ends_with("then ") || before.ends_with("else ");
    parts.chunks_exact(2).filter(|pair| kept(pair[0])).map(|pair| pair[1]).collect()
}

#[test]
fn every_reason_and_basis_is_a_sentence_in_both_languages() {
    let download = include_str!("../../queries/audit/65_download.sql");
    let presence = include_str!("../../queries/audit/60_presence.sql");
    let ids = [
        ("file_reason", given(download, "reason"), 15),
        ("extent_basis", given(download, "extent_basis"), 13),
        ("presence_basis", [given(presence, "from_basis"), given(presence, "to_basis"), vec!["id_order"]].concat(), 15),
    ];
    for texts in [include_str!("../../reports/texts/de.toml"), include_str!("../../reports/texts/en.toml")] {
        let texts: toml::Table = texts.parse().unwrap();
        for (table, ids, least) in &ids {
            assert!(ids.len() >= *least, "{table}: {ids:?}");
            let missing: Vec<_> =
                ids.iter().filter(|id| !texts[*table].as_table().unwrap().contains_key(**id)).collect();
            assert!(missing.is_empty(), "{table}: {missing:?}");
        }
    }
}
