//! Audit logs exported as CSV, through the import: which event they hold, and what merges with the dump.

use crate::tiny::{Tiny, local};

const HOSTILE: &str = "198.51.100.23";
const HEAD: &str = "ID,LogTime,Action,InstID,Username,FileID,IPAddress,Error,XferSize,InterfaceType";

fn shell(tiny: &mut Tiny) {
    tiny.web("2023-05-28 10:00:00", "GET", "/human2.aspx", HOSTILE, "200");
}

fn line(id: &str, utc: &str, bytes: &str) -> String {
    format!("{id},{},file_download,100,gonegonegonegone,974000001,{HOSTILE},0,{bytes},10", local(utc))
}

#[test]
fn an_archived_log_is_an_event_like_any_other() {
    let mut tiny = Tiny::new();
    shell(&mut tiny);
    tiny.first_id = 101;
    tiny.fetched("2023-05-28 10:00:10", "974000001", HOSTILE, "200");
    let row = line("100", "2023-05-28 10:00:10", "5000");
    tiny.more.push(("archive/Log_2023.csv".into(), format!("{HEAD}\r\n{row}\r\n")));
    let told = tiny.told();
    assert_eq!(
        told.text(
            "select format || ' ' || records_stored || ' ' || records_header from evidence where path like '%.csv'"
        ),
        "audit_csv 1 1"
    );
    assert_eq!(told.only_grade("974000001"), "proven");
    assert_eq!(told.number("select offset from log_event where log_id = 100"), HEAD.len() as i64 + 2);
    assert_eq!(told.number("select count(*) from gap where rule = 'missing_ids'"), 0);
}

#[test]
fn the_same_id_in_archive_and_dump_is_one_event_and_a_difference_is_said() {
    // Nine quiet rows stand before it, one a day.
    let with = |bytes: &str| {
        let mut tiny = Tiny::new();
        shell(&mut tiny);
        tiny.logged("2023-05-28 10:00:10", "gonegonegonegone", "974000001", HOSTILE, 5000);
        tiny.more.push(("log.csv".into(), format!("{HEAD}\n{}\n", line("10", "2023-05-28 10:00:10", bytes))));
        tiny.told()
    };
    let same = with("5000");
    assert_eq!(same.number("select count(*) from log_event"), 15);
    assert_eq!(same.number("select count(*) from log_copy"), 1);
    assert_eq!(same.number("select count(*) from log_conflict"), 0);
    let other = with("50");
    assert_eq!(other.number("select bytes from log_event where log_id = 10"), 5000, "the dump's copy counts");
    assert_eq!(
        other.text("select column_name || ' ' || value_a || ' ' || value_b from log_conflict"),
        "XferSize 5000 50"
    );
    assert_eq!(other.number("select count(*) from mark where rule_id = 'log-copies-differ' and effect = 'note'"), 1);
}

#[test]
fn an_archive_without_ids_merges_by_time_and_content() {
    let head = HEAD.strip_prefix("ID,").unwrap();
    let row = |utc: &str| line("", utc, "5000")[1..].to_owned();
    let mut tiny = Tiny::new();
    shell(&mut tiny);
    tiny.logged("2023-05-28 10:00:10", "gonegonegonegone", "974000001", HOSTILE, 5000);
    // Twice in each export, once in the dump: two events.
    let twice = format!("{head}\n{0}\n{0}\n{1}\n", row("2023-05-28 10:00:10"), row("2023-05-28 11:00:00"));
    tiny.more.push(("a.csv".into(), twice.clone()));
    tiny.more.push(("b.csv".into(), format!("{twice}\n")));
    let told = tiny.told();
    assert_eq!(told.number("select count(*) from log_event where kind = 'download'"), 3);
    assert_eq!(told.number("select count(*) from log_event where kind = 'download' and log_id is not null"), 1);
    assert_eq!(told.number("select count(*) from log_copy"), 4);
    assert_eq!(told.only_grade("974000001"), "likely");
}

#[test]
fn an_export_as_xml_is_refused_with_advice() {
    let mut tiny = Tiny::new();
    tiny.more
        .push(("log.xml".into(), "<?xml version=\"1.0\"?><Log><LogTime>x</LogTime><Action>y</Action></Log>".into()));
    let told = tiny.told();
    assert!(told.text("select detail from evidence where path = 'log.xml'").contains("as CSV"));
}

#[test]
fn the_wording_of_the_web_interface_is_understood() {
    let mut tiny = Tiny::new();
    shell(&mut tiny);
    tiny.first_id = 101;
    let at = |utc: &str| local(utc).replace(' ', "T");
    let rows = [
        format!("99;{};Signed on;gonegonegonegone;;{HOSTILE};Success;", at("2023-05-19 10:00:00")),
        format!("100;{};Download;gonegonegonegone;974000001;{HOSTILE};Success;5.000", at("2023-05-28 10:00:10")),
        format!("98;{};FAILED: Sign On;nobody;;{HOSTILE};Failure;", at("2023-05-19 09:00:00")),
    ];
    tiny.more.push((
        "log.csv".into(),
        format!("Log ID;Date/Time;Action;User;File ID;IP Address;Result;Size\n{}\n", rows.join("\n")),
    ));
    let told = tiny.told();
    let kinds =
        "select group_concat(kind || ' ' || success) from (select * from log_event where log_id < 101 order by log_id)";
    assert_eq!(told.text(kinds), "security 0,sign_on 1,download 1");
    assert_eq!(told.number("select bytes from log_event where log_id = 100"), 5000);
    assert_eq!(told.only_grade("974000001"), "likely");
    assert_eq!(told.number("select count(*) from evidence_note where kind = 'headings_guessed'"), 1);
}
