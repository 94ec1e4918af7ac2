//! The clock against stated truths, on tables made by hand.

use rusqlite::{Connection, params};

use super::derive;
use crate::audit::AuditError;

/// 2023-05-01T00:00:00Z.
const START: i64 = 1_682_899_200;
const DAY: i64 = 86_400;

/// Events of both logs. Ids of the audit log are given in the order of calls.
struct Logs(Connection);

impl Logs {
    fn new() -> Self {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "create table client (client_no integer primary key, kind text);
             create table web_access (web_id integer primary key, client_no integer, kind text, method text, file_id text,
                                      status integer, at_utc integer);
             create table log_event (event_no integer primary key, log_id integer, kind text, file_id text, address text,
                                     at_local integer, interface_code integer);
             create table log_client (address text primary key, client_no integer not null);",
        )
        .unwrap();
        Self(db)
    }

    fn client(&self, number: i64, kind: &str) {
        self.0.execute("insert or ignore into client values (?1, ?2)", params![number, kind]).unwrap();
        self.0
            .execute("insert or ignore into log_client values (?1, ?2)", params![number.to_string(), number])
            .unwrap();
    }

    fn web(&self, client: i64, kind: &str, file: Option<&str>, at: i64) {
        self.client(client, "client");
        self.0
            .execute(
                "insert into web_access values (null, ?1, ?2, 'GET', ?3, 200, ?4)",
                params![client, kind, file, at],
            )
            .unwrap();
    }

    fn row(&self, client: i64, kind: &str, file: Option<&str>, local: i64) {
        self.client(client, "client");
        let id: i64 = self.0.query_row("select coalesce(max(log_id), 0) + 1 from log_event", [], |r| r.get(0)).unwrap();
        self.0
            .execute(
                "insert into log_event values (?1, ?1, ?2, ?3, ?4, ?5, 10)",
                params![id, kind, file, client.to_string(), local],
            )
            .unwrap();
    }

    /// A download that both logs show.
    fn download(&self, client: i64, file: &str, utc: i64, offset: i64) {
        self.web(client, "file_download", Some(file), utc);
        self.row(client, "download", Some(file), utc + offset);
    }

    /// One download a day at changing hours, each of its own file, from a changing client.
    fn daily(&self, days: std::ops::Range<i64>, offset: impl Fn(i64) -> i64) {
        for day in days {
            let utc = START + day * DAY + day * 7919 % 50_000;
            self.download(day % 7 + 1, &format!("daily{day}"), utc, offset(utc));
        }
    }

    fn derive(&self, zone: Option<&str>) {
        derive(&self.0, zone).unwrap();
    }

    fn text(&self, sql: &str) -> String {
        let sql = format!("select cast(({sql}) as text)");
        self.0.query_row(&sql, [], |r| r.get::<_, Option<String>>(0)).unwrap().unwrap_or_default()
    }

    /// offset, basis, checked, pairs.
    fn clock(&self) -> (Option<i64>, String, String, i64) {
        let sql = "select offset_s, basis, checked, pairs from clock";
        self.0.query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))).unwrap()
    }

    fn stretches(&self) -> Vec<(Option<i64>, Option<i64>, i64)> {
        let mut statement =
            self.0.prepare("select from_local, to_local, offset_s from clock_stretch order by rowid").unwrap();
        statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).unwrap().collect::<Result<_, _>>().unwrap()
    }
}

fn clock(offset: i64, basis: &str, checked: &str, pairs: i64) -> (Option<i64>, String, String, i64) {
    (Some(offset), basis.into(), checked.into(), pairs)
}

#[test]
fn any_offset_is_found_without_naming_a_zone() {
    for offset in [-8 * 3600, 5 * 3600 + 2700, 14 * 3600, -12 * 3600, 0] {
        let logs = Logs::new();
        logs.daily(0..3, |_| offset + 2);
        logs.derive(None);
        assert_eq!(logs.clock(), clock(offset, "paired", "found", 3));
        assert_eq!(logs.stretches(), [(None, None, offset)]);
    }
}

#[test]
fn seconds_and_drift_are_found() {
    let logs = Logs::new();
    logs.daily(0..30, |utc| 7200 + 37 + utc % 2);
    logs.derive(None);
    assert_eq!(logs.clock().0, Some(7200));
    assert!((7237..=7238).contains(&logs.stretches()[0].2));

    let logs = Logs::new();
    logs.daily(0..120, |utc| 3600 + (utc - START) / 43_200);
    logs.derive(None);
    assert_eq!(logs.text("select printf('%.1f', drift_s_per_day) from clock_stretch"), "2.0");
    assert_eq!(logs.text("select count(*) || ' ' || sum(pairs) from clock_stretch"), "1 120");
    assert_eq!(logs.text("select residual_p95_s <= 2 from clock"), "1");
}

#[test]
fn a_client_that_polls_does_not_decide() {
    let polls = |logs: &Logs| {
        for hour in 0..240 {
            logs.web(9, "token", None, START + hour * 3600);
            logs.row(9, "sign_on", None, START + hour * 3600 + 7200);
        }
    };
    let logs = Logs::new();
    polls(&logs);
    logs.derive(None);
    assert_eq!((logs.clock().1, logs.clock().0), ("none".into(), None));
    let logs = Logs::new();
    logs.daily(0..4, |_| 7200);
    polls(&logs);
    logs.derive(None);
    assert_eq!(logs.clock().0, Some(7200));
    assert_eq!(logs.text("select count(*) from clock_stretch"), "1");
}

#[test]
fn failed_sign_ons_or_messages_alone_are_enough() {
    for (seen, logged) in [("sign_on_form", "sign_on"), ("token", "sign_on"), ("guest_post", "message")] {
        let logs = Logs::new();
        for day in 0..4 {
            let utc = START + day * DAY + day * 7919;
            // A page more than there are events.
            logs.web(1, seen, None, utc - 2);
            logs.web(1, seen, None, utc);
            logs.row(1, logged, None, utc - 5 * 3600);
        }
        logs.derive(None);
        assert_eq!(logs.clock(), clock(-5 * 3600, "paired", "found", 4), "{seen}");
    }
}

#[test]
fn uploads_count_with_and_without_the_files_id() {
    let logs = Logs::new();
    for day in 0..4 {
        let (utc, file) = (START + day * DAY + day * 5000, format!("u{day}"));
        let named = day % 2 == 0;
        logs.web(1, if named { "resumable_upload" } else { "file_upload" }, named.then_some(&*file), utc);
        logs.row(1, "upload", Some(&file), utc + 3600);
    }
    logs.derive(None);
    assert_eq!(logs.clock(), clock(3600, "paired", "found", 4));
}

#[test]
fn a_hidden_client_counts_by_its_files_only() {
    let with = |file: bool| {
        let logs = Logs::new();
        logs.client(1, "proxy");
        for day in 0..4 {
            let utc = START + day * DAY + day * 7919;
            if file {
                logs.web(day + 2, "file_download", Some(&format!("f{day}")), utc);
                logs.row(1, "download", Some(&format!("f{day}")), utc + 7200);
            } else {
                logs.web(1, "token", None, utc);
                logs.row(1, "sign_on", None, utc + 7200);
            }
        }
        logs.derive(None);
        logs.clock().0
    };
    assert_eq!((with(true), with(false)), (Some(7200), None));
}

#[test]
fn a_clock_set_by_hand_for_some_days_gives_three_stretches() {
    let logs = Logs::new();
    let wrong = START + 20 * DAY..START + 29 * DAY;
    logs.daily(0..60, |utc| if wrong.contains(&utc) { 7200 + 5400 } else { 7200 });
    logs.derive(None);
    let offsets: Vec<i64> = logs.stretches().iter().map(|s| s.2).collect();
    assert_eq!(offsets, [7200, 12_600, 7200]);
    assert_eq!(logs.clock(), clock(7200, "paired", "found", 60));
    // Where the clock went back, times without an id may be read in two ways.
    assert_eq!(logs.text("select group_concat(kind, ' ') from clock_ambiguous"), "between twice");
}

/// Autumn: 2023-10-29T01:00:00Z, from +2 to +1. A pair every six hours, a row every ten minutes.
fn autumn(logs: &Logs) -> i64 {
    let change = 1_698_541_200;
    for step in -432_i64..432 {
        let utc = change + step * 600 + 5;
        let offset = if utc < change { 7200 } else { 3600 };
        if step.rem_euclid(36) == 17 {
            logs.download(1, &format!("f{step}"), utc, offset);
        } else {
            logs.row(3, "view_log", None, utc + offset);
        }
    }
    change
}

#[test]
fn the_doubled_hour_is_read_in_the_order_of_the_ids() {
    for zone in [None, Some("Europe/Berlin")] {
        let logs = Logs::new();
        let change = autumn(&logs);
        logs.derive(zone);
        let stretches = logs.stretches();
        let border = stretches[0].1.unwrap();
        assert_eq!(stretches, [(None, Some(border), 7200), (Some(border), None, 3600)], "{zone:?}");
        // A row each ten minutes; the zone knows it to the second.
        assert!((border - change - 7200).abs() <= if zone.is_some() { 0 } else { 600 }, "{zone:?}");
        let basis = if zone.is_some() { "zone" } else { "order" };
        let ambiguous = "select kind || ' ' || boundary || ' ' || rows || ' ' || open_rows from clock_ambiguous";
        assert!(logs.text(ambiguous).starts_with(&format!("twice {basis} ")), "{}", logs.text(ambiguous));
        assert!(logs.text(ambiguous).ends_with(" 0"), "{}", logs.text(ambiguous));
        let wrong = format!(
            "select count(*) from clock_row as r join log_event as e on e.event_no = r.event_no
             where (e.at_local - r.offset_s < {change}) <> (e.event_no <= 432)"
        );
        assert_eq!(logs.text(&wrong.replace("count(*)", "cast(count(*) as text)")), "0");
        assert!(logs.0.query_row("select count(*) >= 12 from clock_row", [], |r| r.get::<_, bool>(0)).unwrap());
    }
}

#[test]
fn the_doubled_hour_stays_open_where_ids_tell_nothing() {
    let logs = Logs::new();
    autumn(&logs);
    logs.0.execute("update log_event set log_id = null", []).unwrap();
    logs.derive(Some("Europe/Berlin"));
    // Six rows of each of the two hours.
    assert_eq!(logs.text("select kind || ' ' || rows || ' ' || open_rows from clock_ambiguous"), "twice 12 12");
    assert_eq!(logs.text("select cast(min(offset_s - other_offset_s) as text) from clock_row"), "3600");
}

#[test]
fn a_spring_change_leaves_nothing_open_where_rows_are_dense() {
    let logs = Logs::new();
    let change = 1_679_792_400; // 2023-03-26T01:00:00Z
    for step in -300_i64..300 {
        let utc = change + step * 600 + 5;
        let offset = if utc < change { 3600 } else { 7200 };
        if step.rem_euclid(30) == 17 {
            logs.download(1, &format!("f{step}"), utc, offset);
        } else {
            logs.row(3, "view_log", None, utc + offset);
        }
    }
    logs.derive(None);
    let stretches = logs.stretches();
    let border = stretches[0].1.unwrap();
    assert!((change + 3000..=change + 7800).contains(&border), "{}", border - change);
    assert_eq!(stretches.iter().map(|s| s.2).collect::<Vec<_>>(), [3600, 7200]);
    assert_eq!(logs.text("select cast(count(*) as text) from clock_row where other_offset_s is not null"), "0");
}

#[test]
fn a_stated_zone_yields_to_the_evidence() {
    let logs = Logs::new();
    logs.daily(0..10, |_| -8 * 3600);
    logs.derive(Some("Europe/Berlin"));
    assert_eq!(logs.clock(), clock(-8 * 3600, "paired", "contradicted", 10));
    assert_eq!(logs.text("select cast(stated_offset_s as text) from clock_stretch"), "7200");
    let logs = Logs::new();
    logs.daily(0..10, |_| 7200);
    logs.derive(Some("Europe/Berlin"));
    assert_eq!(logs.clock(), clock(7200, "configured", "agrees", 10));
    // A server that knows no summer time contradicts a zone that has one.
    let logs = Logs::new();
    logs.daily(160..200, |_| 3600);
    logs.derive(Some("Europe/Berlin"));
    assert_eq!(logs.clock().2, "contradicted");
}

#[test]
fn a_few_pairs_support_a_zone_or_make_it_uncertain_but_decide_nothing() {
    let with = |pairs: i64, offset: i64, zone: Option<&str>| {
        let logs = Logs::new();
        logs.daily(0..pairs, |_| offset);
        logs.derive(zone);
        let uncertain: i64 = logs.0.query_row("select uncertain_s from clock", [], |r| r.get(0)).unwrap();
        (logs.clock().1, logs.clock().2, uncertain)
    };
    let expect = |basis: &str, checked: &str, uncertain: i64| (basis.to_owned(), checked.to_owned(), uncertain);
    assert_eq!(with(0, 0, None), expect("none", "too_few", 50_400));
    assert_eq!(with(2, 7200, None), expect("none", "too_few", 50_400));
    assert_eq!(with(0, 0, Some("+02:00")), expect("configured", "unchecked", 0));
    assert_eq!(with(1, 7200, Some("+02:00")), expect("configured", "few_agree", 0));
    assert_eq!(with(1, 10_800, Some("+02:00")), expect("configured", "unchecked", 0));
    assert_eq!(with(2, 10_800, Some("+02:00")), expect("configured", "few_contradict", 3600));
    assert_eq!(with(3, 10_800, Some("+02:00")), expect("paired", "contradicted", 0));
}

#[test]
fn a_missing_day_of_the_web_log_makes_no_stretch() {
    // Jobs at 02:00 and 14:00 UTC of twelve clients; on the tenth day the web log is missing.
    let logs = Logs::new();
    for day in 0..20 {
        for half in 0..2 {
            for client in 1..=12 {
                let utc = START + day * DAY + half * DAY / 2 + 7200 + client;
                if day != 10 {
                    logs.web(client, "file_download", Some("job"), utc);
                }
                logs.row(client, "download", Some("job"), utc + 7200);
            }
        }
    }
    logs.daily(0..10, |_| 7200);
    logs.daily(11..20, |_| 7200);
    logs.derive(None);
    assert_eq!(logs.stretches(), [(None, None, 7200)]);
}

#[test]
fn an_old_log_far_from_the_web_log_gives_no_offset() {
    let logs = Logs::new();
    for day in 0..30 {
        let utc = START + day * DAY;
        logs.web(1, "file_download", Some("f"), utc);
        logs.row(1, "download", Some("f"), utc - 7 * 365 * DAY);
    }
    logs.derive(None);
    assert_eq!((logs.clock().1, logs.clock().3), ("none".into(), 0));
}

#[test]
fn an_unknown_zone_is_an_error() {
    let logs = Logs::new();
    assert!(matches!(derive(&logs.0, Some("Mars/Base")), Err(AuditError::Zone { .. })));
}
