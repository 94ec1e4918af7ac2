//! What the sources cover, how copies merge, and what may be said where nothing was found.

use std::fmt::Write as _;
use std::fs;

use abfluss::model::Language;
use abfluss::report::{ReportSummary, negative_finding, sentences, warnings};

use crate::generator::cases::{Options, find, generate};
use crate::tiny::{Tiny, Told, ZONE, iis, local};

const HOSTILE: &str = "198.51.100.23";
const PARTNER: &str = "203.0.113.40";

/// Rows of gaps of one rule: missing ids, and the places on both sides.
fn sides(told: &Told, rule: &str) -> String {
    told.text(&format!(
        "select group_concat(coalesce(g.missing_ids, '-') || ' ' || coalesce(b.path || '@' || g.before_offset, '-') || ' '
                || coalesce(a.path || '@' || g.offset, '-'), ';')
         from gap as g left join evidence as b on b.evidence_id = g.before_evidence_id
         left join evidence as a on a.evidence_id = g.evidence_id where g.rule = '{rule}'"
    ))
}

/// Every place named beside a gap begins a record of its file.
fn assert_places(told: &Told) {
    let db = told.case.connection();
    let mut statement = db
        .prepare(
            "select e.path, p.offset, p.rule from evidence as e join (
                 select before_evidence_id as id, before_offset as offset, rule from gap union all
                 select evidence_id, offset, rule from gap) as p on p.id = e.evidence_id
             where e.status = 'imported'",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (path, offset, rule): (String, Option<i64>, String) =
            (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
        let bytes = fs::read(told.folder.path().join("in").join(&path)).unwrap();
        let at = usize::try_from(offset.unwrap_or_else(|| panic!("{rule} in {path} names no place"))).unwrap();
        let text = String::from_utf8_lossy(&bytes[at..(at + 12).min(bytes.len())]).into_owned();
        let record = if path.ends_with(".sql") {
            text.starts_with('(') || text.starts_with("CREATE TABLE")
        } else {
            text.starts_with("20")
        };
        assert!(record && (at == 0 || b"\n ,".contains(&bytes[at - 1])), "{rule}: {path}@{at} begins {text:?}");
    }
}

#[test]
fn a_gap_names_the_rows_on_both_sides() {
    let mut tiny = Tiny::new();
    tiny.skip_ids = vec![4, 5];
    tiny.drop_days = vec!["2023-05-25".into()];
    tiny.settings = format!("{ZONE}[window]\nfrom = \"2023-05-10T00:00:00Z\"\nto = \"2023-06-08T00:00:00Z\"\n");
    tiny.first_id = 3;
    let told = tiny.told();
    assert!(sides(&told, "missing_ids").starts_with("2 db.sql@"), "{}", sides(&told, "missing_ids"));
    assert!(sides(&told, "missing_rollover").contains("u_ex230524.log@"));
    assert_eq!(told.number("select count(distinct rule) from gap where rule in ('starts_late', 'ends_early')"), 2);
    assert_places(&told);
}

#[test]
fn ids_missing_at_the_end_are_shown_by_the_next_id() {
    let next = |id: u32| {
        let mut tiny = Tiny::new();
        tiny.edit_dump = Some((
            ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb3;\nINSERT INTO `log`".into(),
            format!(") ENGINE=InnoDB AUTO_INCREMENT={id} DEFAULT CHARSET=utf8mb3;\nINSERT INTO `log`"),
        ));
        tiny.told()
    };
    assert_eq!(next(15).number("select count(*) from gap"), 0);
    let told = next(20);
    assert_eq!(told.text("select first_id || '-' || last_id || ' ' || missing_ids from gap"), "15-19 5");
    assert_eq!(told.number("select (to_utc - from_utc) / 3600 from gap"), 17, "from the last row to the dump");
    assert_eq!(told.only_grade("974000001"), "not_excluded");
    assert_places(&told);
}

/// Six weeks of a server that speaks every hour; `silent` are hours (day of May or June, hour) without a line.
fn weeks(silent: impl Fn(i64, i64) -> bool) -> Told {
    let mut tiny = Tiny::new();
    (tiny.quiet_web, tiny.quiet_log) = (false, true);
    for day in 0..44 {
        let date = jiff::civil::date(2023, 4, 20).checked_add(jiff::Span::new().days(day)).unwrap();
        for hour in (0..24).filter(|hour| !silent(day, *hour)) {
            for minute in [1, 11, 21, 31, 41, 51] {
                tiny.web(&format!("{date} {hour:02}:{minute:02}:00"), "GET", "/", "192.0.2.250", "200");
            }
        }
    }
    tiny.told()
}

#[test]
fn hours_that_speak_every_week_and_are_silent_once_are_a_gap() {
    let of = |told: &Told| {
        told.text("select group_concat(rule || ' ' || datetime(from_utc, 'unixepoch') || ' ' || items) from gap where rule = 'rhythm'")
    };
    let told = weeks(|day, hour| day == 35 && (3..7).contains(&hour));
    assert_eq!(of(&told), "rhythm 2023-05-25 02:51:00 6");
    assert_places(&told);
    // Two hours are too few; a day that is quiet every week; a holiday in business hours.
    assert_eq!(of(&weeks(|day, hour| day == 35 && (3..5).contains(&hour))), "");
    assert_eq!(of(&weeks(|day, hour| day % 7 == 0 && (3..7).contains(&hour))), "");
    let night = |hour: i64| !(6..18).contains(&hour);
    assert_eq!(of(&weeks(|day, hour| night(hour) || (day == 35 && hour > 5))), "");
    assert_eq!(of(&weeks(|day, hour| night(hour) || (day == 35 && hour > 11))), "", "the day before a holiday");
    assert_eq!(
        of(&weeks(|day, hour| night(hour) || (day == 35 && (9..13).contains(&hour)))),
        "rhythm 2023-05-25 08:51:00 6"
    );
}

#[test]
fn untouched_cases_have_no_gap_whatever_the_seed() {
    for seed in 1..=3 {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { seed, lines: Some(6_000), log_rows: Some(1_600), ..Options::default() };
        generate(find("untouched").unwrap(), options, &folder.path().join("in")).unwrap();
        let case = crate::audit::audit_folder(&folder.path().join("in/evidence"), "", &folder.path().join("case"));
        let gaps: i64 = case.connection().query_row("select count(*) from gap", [], |row| row.get(0)).unwrap();
        assert_eq!(gaps, 0, "seed {seed}");
    }
}

/// A log of numbered lines, one every ten seconds.
fn log_of(numbers: std::ops::Range<u32>) -> String {
    let line = |n: u32| {
        let (hour, minute, second) = (n / 360, n / 6 % 60, n % 6 * 10);
        format!(
            "2023-05-28 {hour:02}:{minute:02}:{second:02} 10.20.0.5 GET /human2.aspx - 443 - {HOSTILE} Mozilla/5.0 200 0 0 {n}"
        )
    };
    let fields = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken";
    iis("2023-05-28", fields, &numbers.map(line).collect::<Vec<_>>())
}

#[test]
fn lines_in_two_copies_of_a_log_count_once() {
    let calls = |files: &[(&str, String)]| {
        let mut tiny = Tiny::new();
        tiny.drop_days = vec!["2023-05-28".into()];
        for (name, text) in files {
            tiny.more.push(((*name).into(), text.clone()));
        }
        let told = tiny.told();
        let stored = "select sum(records_stored) from evidence where format = 'iis_w3c' and status = 'imported'";
        assert_eq!(told.number(stored), told.number("select count(*) from web_line"));
        assert_eq!(
            told.number("select count(*) from web_copy"),
            told.number("select coalesce(sum(lines), 0) from web_copy_range")
        );
        let shell = told.number("select count(*) from mark where rule_id = 'webshell-answered'");
        assert_eq!(shell, told.number("select coalesce(sum(requests), 0) from session_span as s join client as c using (client_no) where c.address like '198.%'"));
        shell
    };
    // In the middle: neither is the beginning of the other.
    assert_eq!(
        calls(&[("W3SVC2/u_ex230528.log", log_of(0..60)), ("copy/W3SVC2/u_ex230528.log", log_of(30..100))]),
        100
    );
    // A month put together from days, and a piece of it.
    let whole = log_of(0..200);
    assert_eq!(calls(&[("W3SVC2/u_ex230528.log", whole.clone()), ("carved.log", log_of(90..95))]), 200);
    // Three files.
    assert_eq!(
        calls(&[
            ("a/W3SVC2/x.log", log_of(0..60)),
            ("b/W3SVC2/x.log", log_of(20..80)),
            ("c/W3SVC2/x.log", log_of(10..90))
        ]),
        90
    );
    // Another site is another site, whatever its lines look like; another node differs.
    assert_eq!(calls(&[("W3SVC2/u_ex230528.log", log_of(0..60)), ("W3SVC1/u_ex230528.log", log_of(30..100))]), 130);
    let node = log_of(0..60).replace("10.20.0.5", "10.20.0.6");
    assert_eq!(calls(&[("n1/W3SVC2/u_ex230528.log", log_of(0..60)), ("n2/W3SVC2/u_ex230528.log", node)]), 120);
    // Equal lines of one file are as many requests, also when a copy holds them.
    let double = |text: String| {
        text.lines().fold(String::new(), |mut twice, line| {
            for _ in 0..if line.ends_with(" 39") { 2 } else { 1 } {
                writeln!(twice, "{line}").unwrap();
            }
            twice
        })
    };
    assert_eq!(
        calls(&[
            ("W3SVC2/u_ex230528.log", double(log_of(0..60))),
            ("copy/W3SVC2/u_ex230528.log", double(log_of(30..100)))
        ]),
        101
    );
}

/// A dump without and one with the attack, the younger first in order of names.
fn two_dumps(older: &Tiny, younger: &Tiny) -> Told {
    let folder = tempfile::tempdir().unwrap();
    older.write(folder.path());
    let text = fs::read_to_string(folder.path().join("db.sql")).unwrap();
    let evidence = tempfile::tempdir().unwrap();
    let place = evidence.path().join("in");
    younger.write(&place);
    fs::create_dir_all(place.join("older")).unwrap();
    fs::write(place.join("older/db.sql"), text).unwrap();
    let case = crate::audit::audit_folder(&place, &younger.settings, &evidence.path().join("case"));
    Told { folder: evidence, case }
}

#[test]
fn rows_that_a_younger_dump_lacks_are_said_unless_archiving_explains_them() {
    let download = |tiny: &mut Tiny| {
        tiny.logged("2023-05-28 10:00:10", "gonegonegonegone", "974000001", HOSTILE, 5000);
        tiny.web("2023-05-28 10:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    };
    let mut older = Tiny::new();
    older.dumped_local = local("2023-06-01 12:00:00");
    download(&mut older);
    // The same ids, but the row of the download (10th) is gone.
    let mut younger = Tiny::new();
    younger.skip_ids = vec![10];
    younger.web("2023-05-28 10:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    let told = two_dumps(&older, &younger);
    assert_eq!(told.text("select first_id || ' ' || records from log_gone"), "10 1");
    assert_eq!(told.number("select count(*) from mark where rule_id = 'log-row-gone'"), 1);
    assert_eq!(told.number("select count(*) from gap where rule = 'missing_ids'"), 0, "the older dump has the row");
    assert_eq!(told.number("select count(*) from log_conflict"), 0);
    assert_eq!(told.only_grade("974000001"), "likely");
    // Archiving took the oldest.
    let mut younger = Tiny::new();
    download(&mut younger);
    younger.edit_dump = Some(("(1,'2023-05-20 08:00:00'".into(), "(15,'2023-05-20 08:00:00'".into()));
    let told = two_dumps(&older, &younger);
    assert_eq!(told.number("select count(*) from log_gone"), 0);
}

#[test]
fn a_row_changed_between_dumps_keeps_what_was_written_first() {
    let mut older = Tiny::new();
    older.dumped_local = local("2023-05-29 12:00:00");
    older.web("2023-05-28 10:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    older.logged("2023-05-28 10:00:10", "gonegonegonegone", "974000001", HOSTILE, 5000);
    let mut younger = Tiny::new();
    younger.web("2023-05-28 10:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    younger.logged("2023-05-28 10:00:10", "partnerpartner01", "974000001", PARTNER, 5000);
    let told = two_dumps(&older, &younger);
    assert_eq!(told.text("select address from log_event where log_id = 10"), HOSTILE);
    assert_eq!(told.text("select group_concat(column_name) from log_conflict where log_id = 10"), "IPAddress,Username");
    assert_eq!(told.number("select count(*) from mark where rule_id = 'log-copies-differ'"), 2);
    assert_eq!(told.only_grade("974000001"), "likely");
}

#[test]
fn a_dump_says_how_much_younger_it_is_and_what_it_no_longer_has() {
    let mut older = Tiny::new();
    older.dumped_local = local("2023-05-27 12:00:00");
    older.file("974000005", 100, "2023-05-21 08:00:00", 10);
    let mut younger = Tiny::new();
    younger.web("2023-05-28 10:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    younger.web("2023-05-28 11:00:00", "GET", "/human2.aspx", HOSTILE, "200");
    let told = two_dumps(&older, &younger);
    assert_eq!(told.text("select group_concat((after_first_s / 3600) || ' ' || (after_last_s / 3600), ';') from (select * from dump_age order by dumped_utc)"), "-22 -23;133 132");
    assert_eq!(told.text("select file_id || ' ' || datetime(last_seen_utc, 'unixepoch') || ' ' || datetime(gone_by_utc, 'unixepoch') from inventory_gone"), "974000005 2023-05-27 12:00:00 2023-06-02 23:55:00");
    assert_eq!(told.number("select count(*) from inventory_seen where file_id = '974000001'"), 2);
}

/// Everything that the report says in sentences.
fn said(told: &Told, language: Language) -> String {
    let summary = ReportSummary::load(told.case.connection()).unwrap();
    let mut all = sentences(&summary, language).to_vec();
    all.extend(negative_finding(&summary, language).map(|r| format!("{}: {}", r.id, r.text)));
    all.extend(warnings(&summary, language).into_iter().map(|r| format!("{}: {}", r.id, r.text)));
    all.join("\n")
}

fn both(told: &Told) -> (String, String) {
    let texts = (said(told, Language::De), said(told, Language::En));
    for text in [&texts.0, &texts.1] {
        assert!(!text.contains('⟦') && !text.contains("  ") && !text.contains("NaN"), "{text}");
    }
    texts
}

#[test]
fn nothing_found_in_full_coverage_is_stated_with_all_it_rests_on() {
    let told = Tiny::new().told();
    let (de, en) = both(&told);
    for part in [
        "negative: In den ausgewerteten Quellen (",
        "MOVEit-Anwendungsprotokoll: 20.05.2023 06:00:00 UTC – 02.06.2023 23:55:00 UTC, 1 Beweismittel, SHA-256 ",
        "keine Zugriffe",
        "auf 3 Dateien aus Bestand und Protokollen",
        "von ",
        "Lücken: keine.",
        "SQL-Injection",
    ] {
        assert!(de.contains(part), "{part}\n{de}");
    }
    assert!(en.contains("gaps: none") && en.contains("SHA-256 under “Evidence”"), "{en}");
}

#[test]
fn without_a_clock_the_statement_is_refused() {
    let mut tiny = Tiny::new();
    tiny.settings = String::new();
    let (de, en) = both(&tiny.told());
    assert!(de.contains("negative_refused: ") && de.contains("Uhr der Quelle MOVEit-Anwendungsprotokoll"), "{de}");
    assert!(!de.contains("Für die Lücken") && en.contains("is not known"), "{de}");
}

#[test]
fn a_case_without_audit_log_is_worded() {
    // The dump has no table of that name; then there is no dump at all.
    let mut tiny = Tiny::new();
    tiny.edit_dump = Some(("`log`".into(), "`lock`".into()));
    let told = tiny.told();
    let (de, en) = both(&told);
    assert!(
        de.contains("Die geforderte Quelle MOVEit-Anwendungsprotokoll fehlt")
            && de.contains("kann ein Abfluss nicht ausgeschlossen werden"),
        "{de}"
    );
    assert!(en.contains("MOVEit audit log is missing") || en.contains("is missing"), "{en}");
    assert_eq!(told.number("select count(*) from finding where grade in ('no_indication', 'excluded')"), 0);
    let mut tiny = Tiny::new();
    tiny.with_dump = false;
    tiny.fetched("2023-05-28 10:00:10", "974000001", HOSTILE, "404");
    let (de, _) = both(&tiny.told());
    assert!(de.contains("negative_refused") || de.contains("Wahrscheinlich"), "{de}");
}

#[test]
fn a_case_without_web_log_is_worded() {
    let mut tiny = Tiny::new();
    tiny.with_iis = false;
    let told = tiny.told();
    let (de, en) = both(&told);
    assert!(de.contains("Die geforderte Quelle IIS-Web-Protokoll fehlt"), "{de}");
    assert!(de.contains("decken 0,00 von ") && en.contains("cover 0.00 of "), "{de}");
    assert_eq!(told.only_grade("974000001"), "not_excluded");
    // Not required, it is not missed; but its absence is said.
    tiny.settings = format!("{ZONE}[required]\nsources = [\"moveit_audit_log\"]\n");
    let told = tiny.told();
    assert_eq!(told.only_grade("974000001"), "no_indication");
    let (de, _) = both(&told);
    assert!(
        de.contains("negative: ") && de.contains("nicht vorhanden: die Inhalte der Dateien; IIS-Web-Protokoll."),
        "{de}"
    );
}

#[test]
fn a_log_of_seven_years_is_no_trouble() {
    let mut tiny = Tiny::new();
    for month in 0..84 {
        let date = jiff::civil::date(2016, 5, 3).checked_add(jiff::Span::new().months(month)).unwrap();
        tiny.row(&format!("{date} 08:00:00"), "sec_signon", 100, "partnerpartner01", "", PARTNER, 0, 0, 10);
    }
    let told = tiny.told();
    let (de, _) = both(&told);
    assert!(de.contains("negative: "), "{de}");
    assert_eq!(told.number("select count(*) from gap where in_window"), 0);
    // The whole case is seven years old, and the zone's rules of then hold.
    let mut tiny = Tiny::new();
    (tiny.quiet_log, tiny.quiet_web) = (false, false);
    tiny.settings = "[system]\ntimezone = \"Europe/Berlin\"\n".into();
    tiny.dumped_local = "2016-06-30 12:00:00".into();
    tiny.files.clear();
    tiny.file("974000001", 100, "2016-05-02 08:00:00", 5000);
    for day in 1..=30 {
        for at in ["00:01:00", "12:00:00", "23:50:00"] {
            tiny.web(&format!("2016-06-{day:02} {at}"), "GET", "/", "192.0.2.250", "200");
        }
        tiny.row(
            &format!("2016-06-{day:02} 06:00:00"),
            "sec_viewlog",
            100,
            "adminadminadmin1",
            "",
            "10.0.0.5",
            0,
            0,
            10,
        );
    }
    let told = tiny.told();
    let (de, _) = both(&told);
    assert_eq!(told.only_grade("974000001"), "no_indication");
    assert!(de.contains("30.06.2016 10:00:00 UTC"), "{de}");
}

#[test]
fn every_gap_of_a_required_source_refuses_and_of_another_does_not() {
    for (name, spoil) in [
        ("missing_ids", Box::new(|t: &mut Tiny| t.skip_ids = vec![4]) as Box<dyn Fn(&mut Tiny)>),
        ("missing_rollover", Box::new(|t: &mut Tiny| t.drop_days = vec!["2023-05-25".into()])),
        ("silence", Box::new(|t: &mut Tiny| t.dumped_local = local("2023-06-08 12:00:00"))),
        ("cut_off", Box::new(|t: &mut Tiny| t.edit_dump = Some(("\n-- Dump completed".into(), "\n-- Dump".into())))),
        ("ends_early", Box::new(|t: &mut Tiny| t.dumped_local = local("2023-06-02 07:00:00"))),
        ("starts_late", Box::new(|t: &mut Tiny| t.first_id = 7)),
        (
            "no_time",
            Box::new(|t: &mut Tiny| {
                t.row("NULL", "sec_viewlog", 100, "adminadminadmin1", "", "10.0.0.5", 0, 0, 10);
            }),
        ),
        ("missing_source", Box::new(|t: &mut Tiny| t.with_iis = false)),
    ] {
        let of = |required: &str| {
            let mut tiny = Tiny::new();
            tiny.settings = format!(
                "{ZONE}[window]\nfrom = \"2023-05-20T02:00:00Z\"\nto = \"2023-06-02T22:00:00Z\"\n[required]\nsources = [{required}]\n"
            );
            if name != "starts_late" {
                tiny.settings = tiny.settings.replace("05-20T02", "05-20T12");
            }
            spoil(&mut tiny);
            let told = tiny.told();
            (
                told.number(&format!("select count(*) from gap where rule = '{name}' and in_window")) > 0,
                told.only_grade("974000001"),
                said(&told, Language::De).contains("negative: "),
            )
        };
        let source = if matches!(name, "missing_rollover" | "missing_source") {
            ("\"iis\"", "\"moveit_audit_log\"")
        } else {
            ("\"moveit_audit_log\"", "\"iis\"")
        };
        // Uploaded when both sources spoke, the file is clear; the statement about all is refused all the same.
        let grade = if name == "starts_late" { "no_indication" } else { "not_excluded" };
        assert_eq!(of(source.0), (true, grade.into(), false), "{name}");
        let other = of(source.1);
        assert_eq!((other.1.as_str(), other.2), ("no_indication", true), "{name}, not required");
    }
}
