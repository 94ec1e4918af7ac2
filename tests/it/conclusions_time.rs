//! Small cases with a stated truth, second part: what the time and the gaps of the sources allow to say, and rows that are
//! not as they should be.

use std::process::{Command, Stdio};

use abfluss::audit::{audit_queries, model_queries, rule_queries};

use crate::tiny::{Tiny, ZONE, iis, local};

const HOSTILE: &str = "198.51.100.23";
const PARTNER: &str = "203.0.113.40";

fn shell(tiny: &mut Tiny) -> &mut Tiny {
    tiny.web("2023-05-28 10:00:00", "GET", "/human2.aspx", HOSTILE, "200")
}

#[test]
fn presence_decides_what_access_could_reach() {
    let mut tiny = Tiny::new();
    shell(&mut tiny);
    tiny.file("974000003", 100, "2023-05-28 10:00:05", 10); // after the access
    tiny.file("974000004", 100, "2023-06-02 23:52:00", 10);
    // Deleted before, deleted after.
    for (file, deleted) in [("974000006", "2023-05-25 08:00:00"), ("974000007", "2023-05-29 08:00:00")] {
        tiny.row("2023-05-22 08:00:00", "file_upload", 100, "partnerpartner01", file, PARTNER, 0, 900, 40);
        tiny.row(deleted, "file_delete", 100, "partnerpartner01", file, PARTNER, 0, 0, 40);
    }
    // Fetched with the planted account, deleted later.
    tiny.row("2023-05-22 08:00:00", "file_upload", 100, "partnerpartner01", "974000008", PARTNER, 0, 900, 40);
    tiny.fetched("2023-05-28 10:00:30", "974000008", HOSTILE, "200");
    tiny.logged("2023-05-28 10:00:31", "gonegonegonegone", "974000008", HOSTILE, 900);
    tiny.row("2023-05-30 08:00:00", "file_delete", 100, "partnerpartner01", "974000008", PARTNER, 0, 0, 40);
    let told = tiny.told();
    assert_eq!(told.only_grade("974000004"), "no_indication");
    assert_eq!(told.only_grade("974000006"), "no_indication");
    assert_eq!(told.only_grade("974000007"), "possible");
    assert_eq!(told.only_grade("974000008"), "proven");
    assert_eq!(told.only_grade("974000003"), "possible", "the session went on until 10:00:31");
}

#[test]
fn one_file_fetched_by_a_partner_and_by_a_thief() {
    let mut tiny = Tiny::new();
    shell(&mut tiny);
    for (day, address, account) in
        [("22", PARTNER, "partnerpartner01"), ("28", PARTNER, "partnerpartner01"), ("28", HOSTILE, "gonegonegonegone")]
    {
        tiny.fetched(&format!("2023-05-{day} 10:00:10"), "974000001", address, "200");
        tiny.logged(&format!("2023-05-{day} 10:00:10"), account, "974000001", address, 5000);
    }
    let told = tiny.told();
    assert_eq!(told.only_grade("974000001"), "proven");
    assert_eq!(told.text("select client_ips from finding where file_id = '974000001'"), HOSTILE);
    assert_eq!(told.class(PARTNER), "known");
}

#[test]
fn without_a_clock_nothing_is_cleared() {
    let mut tiny = Tiny::new();
    tiny.settings = String::new();
    let told = tiny.told();
    assert_eq!(told.text("select basis from clock"), "none");
    assert_eq!(told.grade("974000001"), "not_assessable/clock_not_known");
}

#[test]
fn a_column_without_which_no_download_is_seen_clears_nothing() {
    let mut tiny = Tiny::new();
    tiny.edit_dump =
        Some(("`FileID` varchar(12),\n  `IPAddress`".into(), "`OtherID` varchar(12),\n  `IPAddress`".into()));
    assert_eq!(tiny.told().grade("974000001"), "not_assessable/column_missing");
}

#[test]
fn a_log_without_client_addresses_still_shows_the_shell() {
    let mut tiny = Tiny::new();
    tiny.fields = tiny.fields.replace("c-ip", "x-other");
    shell(&mut tiny);
    let told = tiny.told();
    assert_eq!(told.number("select count(*) from mark where rule_id = 'webshell-answered'"), 1);
    assert_eq!(told.only_grade("974000001"), "possible");
}

#[test]
fn a_source_that_ends_before_the_window_clears_nothing() {
    let window = "[window]\nfrom = \"2023-05-25T00:00:00Z\"\nto = \"2023-06-02T20:00:00Z\"\n";
    let mut tiny = Tiny::new();
    tiny.settings = format!("{ZONE}{window}");
    assert_eq!(tiny.told().gaps(), "");
    tiny.dumped_local = local("2023-06-02 12:00:00");
    let told = tiny.told();
    assert_eq!((told.gaps(), told.only_grade("974000001")), ("ends_early".into(), "not_excluded".into()));
    let mut tiny = Tiny::new();
    tiny.settings = format!("{ZONE}{window}");
    tiny.drop_days = vec!["2023-06-02".into()];
    assert_eq!(tiny.told().gaps(), "ends_early", "the file of the last day is missing");
    // A month's last day.
    tiny.drop_days = vec!["2023-05-31".into()];
    assert_eq!(tiny.told().gaps(), "missing_rollover");
    // The log's first rows are gone.
    let mut tiny = Tiny::new();
    tiny.settings = format!("{ZONE}[window]\nfrom = \"2023-05-10T00:00:00Z\"\nto = \"2023-06-02T20:00:00Z\"\n");
    tiny.drop_days = vec![];
    tiny.first_id = 400;
    tiny.file("974000003", 100, "2023-05-05 08:00:00", 10);
    let told = tiny.told();
    assert_eq!(told.number("select count(*) from gap where rule = 'starts_late' and source = 'moveit_audit_log'"), 1);
    assert_eq!(told.only_grade("974000003"), "not_excluded");
    assert_eq!(told.only_grade("974000001"), "no_indication", "uploaded when both sources spoke");
}

#[test]
fn silence_counts_where_the_source_speaks_daily() {
    let mut tiny = Tiny::new();
    tiny.dumped_local = local("2023-06-08 12:00:00");
    tiny.settings = format!("{ZONE}[window]\nto = \"2023-06-02T05:00:00Z\"\n");
    let told = tiny.told();
    assert_eq!(told.gaps(), "", "silent only after the window");
    tiny.settings = format!("{ZONE}[window]\nto = \"2023-06-08T09:00:00Z\"\n");
    let told = tiny.told();
    assert!(told.gaps().contains("silence"), "{}", told.gaps());
    // Quiet at weekends: two weeks of working days.
    let mut tiny = Tiny::new();
    tiny.quiet_log = false;
    for day in [15, 16, 17, 18, 19, 22, 23, 24, 25, 26, 29, 30, 31] {
        tiny.row(&format!("2023-05-{day} 07:00:00"), "sec_viewlog", 100, "adminadminadmin1", "", "10.0.0.5", 0, 0, 10);
    }
    let told = tiny.told();
    assert_eq!(told.number("select count(*) from gap where rule = 'silence'"), 0);
    // One day of a daily source is missing.
    let mut tiny = Tiny::new();
    tiny.quiet_log = false;
    for day in (15..=31).filter(|d| *d != 24) {
        tiny.row(&format!("2023-05-{day} 07:00:00"), "sec_viewlog", 100, "adminadminadmin1", "", "10.0.0.5", 0, 0, 10);
    }
    assert!(tiny.told().number("select count(*) from gap where rule = 'silence' and detail like '48.0%'") == 1);
}

#[test]
fn each_site_of_the_web_server_has_its_own_coverage() {
    let mut tiny = Tiny::new();
    tiny.settings = format!("{ZONE}[window]\nfrom = \"2023-05-21T00:00:00Z\"\nto = \"2023-06-02T20:00:00Z\"\n");
    // The application's site is there from the 25th on only; another site covers the days before.
    for day in 20..=24 {
        tiny.drop_days.push(format!("2023-05-{day}"));
        let day = format!("2023-05-{day}");
        let line = format!("{day} 20:00:00 10.20.0.5 GET / - 80 - 192.0.2.9 Mozilla/5.0 200 0 0 5");
        tiny.more.push((format!("W3SVC1/u_ex{}.log", &day[2..].replace('-', "")), iis(&day, &tiny.fields, &[line])));
    }
    tiny.web("2023-05-29 10:00:00", "GET", "/api/v1/folders", PARTNER, "401");
    let told = tiny.told();
    assert_eq!(told.gaps(), "starts_late");
    assert_eq!(told.only_grade("974000001"), "not_excluded");
}

#[test]
fn a_window_with_one_side_never_ends_before_it_begins() {
    let mut tiny = Tiny::new();
    tiny.settings = format!("{ZONE}[window]\nfrom = \"2023-07-01T00:00:00Z\"\n");
    let told = tiny.told();
    assert_eq!(told.number("select from_utc <= to_utc from case_window"), 1);
    assert_eq!(told.only_grade("974000001"), "not_excluded");
    shell(&mut tiny);
    tiny.settings = format!("{ZONE}[window]\nto = \"2023-05-26T00:00:00Z\"\n");
    let told = tiny.told();
    assert_eq!(told.number("select from_utc < to_utc from case_window"), 1);
    assert_eq!(told.only_grade("974000001"), "possible", "hostile activity outside the window counts");
}

#[test]
fn a_missing_sign_on_counts_against_nobody_where_it_could_not_be_seen() {
    let with = |first: &str, at: &str| {
        let mut tiny = Tiny::new();
        tiny.quiet_log = false;
        tiny.first_id = 900;
        tiny.row(first, "sec_signon", 100, "adminadminadmin1", "", "10.0.0.5", 0, 0, 10);
        tiny.row("2023-05-22 05:00:00", "file_upload", 100, "partnerpartner01", "974000001", "192.0.2.77", 0, 5000, 10);
        tiny.settings = format!("{ZONE}[window]\nfrom = \"2023-05-20T00:00:00Z\"\nto = \"2023-06-02T20:00:00Z\"\n");
        tiny.logged(at, "partnerpartner01", "974000001", PARTNER, 5000);
        tiny.fetched(at, "974000001", PARTNER, "200");
        let told = tiny.told();
        (told.class(PARTNER), told.only_grade("974000001"))
    };
    assert_eq!(with("2023-05-24 00:00:00", "2023-05-24 08:00:00").0, "unverified", "the log begins that night");
    assert_eq!(with("2023-05-20 05:00:00", "2023-05-24 08:00:00"), ("unknown".into(), "proven".into()));
}

#[test]
fn uploads_alone_accuse_nobody_but_downloads_beside_them_do() {
    let mut tiny = Tiny::new();
    tiny.sign_on("2023-05-21 08:00:00", "adminadminadmin1", "10.0.0.5");
    tiny.row("2023-05-22 05:00:00", "file_upload", 100, "partnerpartner01", "974000001", "192.0.2.77", 0, 5000, 40);
    tiny.row("2023-05-29 10:00:00", "file_upload", 100, "partnerpartner01", "974000002", PARTNER, 0, 6000, 40);
    let told = tiny.told();
    assert_eq!((told.class(PARTNER), told.only_grade("974000001")), ("unverified".into(), "no_indication".into()));
    tiny.fetched("2023-05-29 10:05:00", "974000001", PARTNER, "200");
    let told = tiny.told();
    assert_eq!((told.class(PARTNER), told.only_grade("974000001")), ("unknown".into(), "possible".into()));
}

#[test]
fn networks_bound_to_an_account_hold_for_that_account_only() {
    for (name, class) in [("partner1", "known"), ("partner2", "unknown")] {
        let mut tiny = Tiny::new();
        tiny.sign_on("2023-05-21 08:00:00", "adminadminadmin1", "10.0.0.5");
        tiny.row("2023-05-22 05:00:00", "file_upload", 100, "partnerpartner01", "974000001", "192.0.2.77", 0, 5000, 40);
        tiny.settings = format!("{ZONE}[[known.account]]\nname = \"{name}\"\nnetworks = [\"203.0.113.0/24\"]\n");
        tiny.logged("2023-05-29 10:00:00", "partnerpartner01", "974000001", PARTNER, 5000);
        assert_eq!(tiny.told().class(PARTNER), class, "{name}");
    }
}

#[test]
fn a_cut_address_is_a_client_only_where_it_fits_one() {
    let (one, other) = ("2001:db8:85a3:1::7", "2001:db8:85a3:1::9");
    let cut = &one[..16];
    let mut tiny = Tiny::new();
    for day in ["22", "29"] {
        tiny.logged(&format!("2023-05-{day} 10:00:00"), "partnerpartner01", "974000001", cut, 5000);
        tiny.fetched(&format!("2023-05-{day} 10:00:00"), "974000001", one, "200");
    }
    let told = tiny.told();
    assert_eq!((told.class(one), told.only_grade("974000001")), ("known".into(), "no_indication".into()));
    // A second address begins the same: nobody can say whose rows these are, the pairs can.
    tiny.fetched("2023-05-29 11:00:00", "974000002", other, "200");
    let told = tiny.told();
    assert_eq!((told.class(one), told.class(other)), ("known".into(), "unknown".into()));
    assert_eq!(told.only_grade("974000002"), "possible");
    assert_ne!(told.only_grade("974000001"), "proven");
    // A row that pairs with nothing is neither proven nor cleared.
    let mut tiny = Tiny::new();
    tiny.fetched("2023-05-22 10:00:00", "974000002", one, "404");
    tiny.fetched("2023-05-22 10:00:00", "974000002", other, "404");
    tiny.row("2023-05-29 12:00:00", "file_download", 200, "partnerpartner02", "974000009", cut, 0, 7000, 40);
    assert_eq!(tiny.told().only_grade("974000009"), "possible");
}

#[test]
fn excluded_needs_an_upload_that_the_web_log_shows() {
    let with = |status: &str| {
        let mut tiny = Tiny::new();
        tiny.settings = format!("{ZONE}[window]\nfrom = \"2023-05-25T00:00:00Z\"\nto = \"2023-05-30T00:00:00Z\"\n");
        tiny.file("974000003", 100, "2023-05-31 10:00:00", 10);
        tiny.web(
            "2023-05-31 10:00:00",
            "PUT",
            "/api/v1/folders/966000001/files?uploadType=resumable&fileId=974000003",
            "10.0.0.5",
            status,
        );
        tiny.told().grade("974000003")
    };
    assert_eq!(with("200"), "excluded/uploaded_after_window");
    assert_eq!(with("500"), "no_indication/not_there_in_window_by_database");
}

#[test]
fn the_same_row_from_three_dumps_is_one_event() {
    let mut tiny = Tiny::new();
    tiny.fetched("2023-05-28 10:00:10", "974000001", HOSTILE, "200");
    tiny.logged("2023-05-28 10:00:10", "gonegonegonegone", "974000001", HOSTILE, 5000);
    let folder = tempfile::tempdir().unwrap();
    tiny.write(folder.path());
    let dump = std::fs::read_to_string(folder.path().join("db.sql")).unwrap();
    for n in 1..=2 {
        tiny.more.push((format!("older/db{n}.sql"), format!("-- copy {n}\n{dump}")));
    }
    let told = tiny.told();
    assert_eq!(
        told.number("select count(*) from log_event where log_id is not null"),
        told.number("select count(distinct log_id) from log_event")
    );
    assert_eq!(told.number("select count(*) from download"), 1);
    assert_eq!(told.only_grade("974000001"), "proven");
}

/// The second expert's way: the same files in a stock shell on a copy give the same findings.
#[test]
fn the_plain_sqlite_shell_concludes_the_same() {
    if Command::new("sqlite3").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        eprintln!("skipped: sqlite3 is not installed");
        return;
    }
    let mut tiny = Tiny::new();
    tiny.planted_session("adminadminadmin1", "2023-05-28 10:05:00");
    tiny.chain("2023-05-28 10:00", "POST", HOSTILE);
    tiny.logged("2023-05-28 10:00:10", "adminadminadmin1", "974000001", HOSTILE, 5000);
    tiny.fetched("2023-05-28 10:00:10", "974000001", HOSTILE, "200");
    tiny.fetched("2023-05-29 10:00:10", "974000002", PARTNER, "200");
    tiny.logged("2023-05-29 10:00:10", "partnerpartner01", "974000002", "NULL", 5000);
    tiny.skip_ids = vec![4];
    let told = tiny.told();
    let path = told.folder.path().join("copy.db");
    let original = told.folder.path().join("original.db");
    for copy in [&path, &original] {
        told.case.connection().execute("vacuum into ?1", [copy.to_str().unwrap()]).unwrap();
    }

    let (before, after): (Vec<_>, Vec<_>) = audit_queries().iter().partition(|q| q.name < "audit/40");
    let all = model_queries().iter().chain(before).chain(rule_queries()).chain(after);
    let mut script = String::from(".bail on\n");
    for query in all {
        script.push_str(query.text);
        script.push('\n');
    }
    let file = told.folder.path().join("all.sql");
    std::fs::write(&file, script).unwrap();
    let run = |database: &std::path::Path, command: &str| {
        let output = Command::new("sqlite3").arg("-batch").arg(database).arg(command).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&path, &format!(".read '{}'", file.display()));
    for table in [
        "finding order by 1",
        "finding_evidence",
        "session order by 1",
        "download order by 1",
        "mark",
        "chain",
        "chain_step",
        "gap",
        "coverage",
    ] {
        let select = format!("select * from {table}");
        assert_eq!(run(&original, &select), run(&path, &select), "{table}");
    }
}
