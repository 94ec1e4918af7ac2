//! Rules: their cases, rules of the user's own, and the exploit chain in its hard cases.

use std::path::{Path, PathBuf};

use abfluss::audit::{Rule, RuleError, analyse, built_in_rules, check, own_rules, read_folders, store_own_rules};
use abfluss::case::{Case, Stopwatch};
use assert_cmd::Command;

use crate::tiny::{Tiny, Told, ZONE, local};

const HOSTILE: &str = "198.51.100.23";
const OTHER: &str = "198.51.100.77";
const PARTNER: &str = "203.0.113.40";
const M2: &str = "/moveitisapi/moveitisapi.dll?action=m2";

// ---- cases of the built-in rules

#[test]
fn every_case_of_every_rule_comes_out_as_it_says() {
    let rules = built_in_rules().unwrap();
    let failed = check(&rules).unwrap();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(rules.iter().all(|rule| rule.cases.len() >= 2));
}

#[test]
fn a_case_that_is_turned_round_fails() {
    let mut rules = built_in_rules().unwrap();
    rules.retain(|rule| rule.header.rule_id == "webshell-answered");
    let cases = &mut rules[0].cases;
    (cases[0].evidence, cases[1].evidence) = (cases[1].evidence.clone(), cases[0].evidence.clone());
    let failed: Vec<String> = check(&rules).unwrap().into_iter().map(|f| f.message).collect();
    assert_eq!(failed, ["expected at least one mark, found none", "expected no mark, found 1"]);
    // A case whose evidence nobody can read shows nothing.
    rules[0].cases[0].evidence[0].text = "remember the milk\n".to_owned();
    assert!(check(&rules).unwrap()[0].message.contains("is no evidence that can be read"));
}

// ---- rules of the user's own

const HEAD: &str = "-- rule: night-work\n-- title_de: Nachts\n-- title_en: At night\n-- effect: attempt\n-- technique: -\n\
                    -- source: house rules\n-- reasoning: nobody works at night\n";
const MARK: &str = "insert into mark (rule_id, effect, session_no, subject_kind, subject, at_utc, exact, evidence_id, offset, detail)\n\
                    select 'night-work', 'note', s.session_no, 'log_row', e.event_no, e.at_utc, 1, e.evidence_id, e.offset, 'at night'\n\
                    from log_event as e left join log_session as s on s.event_no = e.event_no\n\
                    where e.kind = 'download' order by e.event_no;\n";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn read(folder: &tempfile::TempDir) -> Result<Vec<Rule>, RuleError> {
    read_folders(&[folder.path().to_owned()])
}

fn theft() -> Told {
    let mut tiny = Tiny::new();
    tiny.sign_on("2023-05-29 00:09:00", "partnerpartner01", PARTNER);
    tiny.logged("2023-05-29 00:10:00", "partnerpartner01", "974000001", PARTNER, 5000);
    tiny.web("2023-05-29 11:00:00", "GET", "/human2.aspx", HOSTILE, "404");
    tiny.told()
}

fn again(case: &Case) -> Result<(), String> {
    let watch = Stopwatch::start();
    let db = case.connection();
    let transaction = db.unchecked_transaction().unwrap();
    analyse(db, |_| (), || watch.elapsed()).map_err(|error| error.to_string())?;
    transaction.commit().unwrap();
    Ok(())
}

#[test]
fn a_rule_of_ones_own_marks_is_kept_in_the_case_and_can_be_dropped() {
    let told = theft();
    let db = told.case.connection();
    let before = told.text("select group_concat(class) from (select class from session order by session_id)");
    let rules = read(&folder(&[("10_night.sql", &format!("{HEAD}{MARK}"))])).unwrap();
    store_own_rules(db, &rules).unwrap();
    for _ in 0..2 {
        again(&told.case).unwrap();
        assert_eq!(told.number("select count(*) from mark where rule_id = 'night-work'"), 1);
    }
    assert_eq!(told.text("select file || ' ' || own from rule where rule_id = 'night-work'"), "10_night.sql 1");
    assert_eq!(told.text("select sha256 from rule where rule_id = 'night-work'"), rules[0].sha256());
    assert_eq!(own_rules(db).unwrap()[0].text, rules[0].text);
    let after = told.text("select group_concat(class) from (select class from session order by session_id)");
    assert_eq!(after, before, "a note changes nothing");
    store_own_rules(db, &[]).unwrap();
    again(&told.case).unwrap();
    assert_eq!(told.number("select count(*) from mark where rule_id = 'night-work'"), 0);
}

#[test]
fn a_hostile_mark_of_ones_own_makes_the_session_hostile_and_begins_the_window() {
    let told = theft();
    assert_ne!(told.class(PARTNER), "hostile");
    let text = format!("{HEAD}{MARK}").replace("attempt", "hostile").replace("'note'", "'hostile'");
    store_own_rules(told.case.connection(), &read(&folder(&[("a.sql", &text)])).unwrap()).unwrap();
    again(&told.case).unwrap();
    assert_eq!(told.class(PARTNER), "hostile");
    assert_eq!(told.text("select reasons from session where class = 'hostile'"), "night-work");
    assert_eq!(told.text("select datetime(from_utc, 'unixepoch') from case_window"), "2023-05-29 00:10:00");
    assert_eq!(told.only_grade("974000001"), "likely", "the web log is silent about it");
    // Its access is that of the account, not that of a successful exploit.
    assert_eq!(told.text("select distinct scope from session_access"), "organisation");
}

#[test]
fn a_rule_may_add_marks_and_nothing_else() {
    let told = theft();
    let db = told.case.connection();
    let tables = "select group_concat(name) from (select name from sqlite_schema union all select name from sqlite_temp_schema order by 1)";
    let (schema, marks) = (told.text(tables), told.number("select count(*) from mark"));
    let log = told.number("select count(*) from log_event");
    let refused = [
        ("delete from log_event;", "line 8: a statement that begins with \"delete\""),
        ("update mark set effect = 'note';", "begins with \"update\""),
        ("drop table mark;", "begins with \"drop\""),
        ("pragma foreign_keys = on;", "begins with \"pragma\""),
        ("commit;", "begins with \"commit\""),
        ("attach 'other.db' as other;", "begins with \"attach\""),
        ("create temporary table mark (x);", "begins with \"create\""),
        ("replace into mark select * from mark;", "begins with \"replace\""),
        (";;\n( select 1 );", "begins with \"a sign\""),
        ("with x as (select 1) delete from log_event;", "changed rows other than by adding marks"),
        ("with x as (select 1) update log_event set login = 'x';", "changed rows other than by adding marks"),
        (
            "insert into log_event select * from log_event where 0;\ninsert into organisation values (7, 'x', 'x', 1, 1);",
            "line 9: the statement changed rows",
        ),
        ("insert or replace into mark select * from mark;", "changed rows other than by adding marks"),
        (
            "insert into mark values (-1, 'night-work', 'note', null, 'file', '1', null, 0, null, null, '');",
            "changed rows",
        ),
        ("insert into mark (x) values (1);", "line 8: table mark has no column named x"),
        ("insert into mark\nselect nonsense\nfrom log_event;", "line 9: no such column: nonsense"),
        ("select 1;", "begins with \"select\""),
        ("with x as (select 1) select * from x;", "returns rows"),
        ("insert into mark select * from session;", "no such table: session"),
    ];
    for (statement, expected) in refused {
        let rules = read(&folder(&[("a.sql", &format!("{HEAD}{statement}\n"))])).unwrap();
        store_own_rules(db, &rules).unwrap();
        let message = again(&told.case).expect_err(statement);
        assert!(message.starts_with("rule a.sql, line ") && message.contains(expected), "{statement}: {message}");
        assert_eq!(
            (told.text(tables), told.number("select count(*) from mark")),
            (schema.clone(), marks),
            "{statement}"
        );
        assert_eq!(told.number("select count(*) from log_event"), log);
    }
}

#[test]
fn a_mark_must_be_the_rules_own_and_about_something_that_exists() {
    let told = theft();
    let with = |from: &str, to: &str| {
        let text = format!("{HEAD}{}", MARK.replace(from, to));
        store_own_rules(told.case.connection(), &read(&folder(&[("a.sql", &text)])).unwrap()).unwrap();
        again(&told.case).unwrap_err()
    };
    assert!(with("select 'night-work'", "select 'webshell-answered'").contains("rule_id \"webshell-answered\""));
    assert!(with("'note'", "'hostile'").contains("effect \"hostile\"; expected attempt, note"));
    assert!(with("'log_row'", "'row'").contains("subject_kind \"row\""));
    assert!(with("s.session_no", "4711").contains("session_no \"4711\""));
    assert!(with("e.at_utc, 1,", "null, 1,").contains("exact \"1\""));
    assert!(with("e.evidence_id, e.offset", "99, 0").contains("evidence_id"));
}

#[test]
fn a_folder_that_holds_no_proper_rules_is_refused() {
    let message = |files: &[(&str, &str)]| read(&folder(files)).unwrap_err().to_string();
    let good = format!("{HEAD}{MARK}");
    assert!(message(&[("readme.md", "x")]).contains("expected files named *.sql"));
    assert!(message(&[("a.sql", MARK)]).contains("rule a.sql: the header lacks `-- rule: …`"));
    let taken = good.replace("-- rule: night-work", "-- rule: webshell-answered");
    assert!(message(&[("a.sql", &taken)]).contains("\"webshell-answered\" belongs to a built-in rule already"));
    assert!(
        message(&[("a.sql", &good), ("b.sql", &good)]).contains("rule b.sql: the id \"night-work\" belongs to a.sql")
    );
    assert!(
        message(&[("a.sql", &good), ("cases/other.fires.txtar", "-- a --\n")]).contains("no rule beside it has the id")
    );
    assert!(message(&[("a.sql", &good), ("cases/night-work.txtar", "-- a --\n")]).contains("expected a name such as"));
    assert!(message(&[("a.sql", &good), ("cases/night-work.quiet.txtar", "-- ../a --\n")]).contains("leads out"));
    let missing = read_folders(&[PathBuf::from("nowhere-at-all")]).unwrap_err().to_string();
    assert!(missing.contains("nowhere-at-all"), "{missing}");
}

// ---- on the command line

fn abfluss(args: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("abfluss").unwrap().args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The example of the guide, taken from its text: what we tell people to write has to work.
fn example() -> (String, String) {
    let guide = include_str!("../../docs/guide/own-rules.md");
    let block = |first: &str| {
        let from = guide.find(&format!("    {first}")).unwrap();
        let lines = guide[from..].lines().map_while(|line| line.strip_prefix("    "));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    (block("-- rule: service-account"), block("The account, from an address outside."))
}

#[test]
fn the_example_of_the_guide_works_as_it_says() {
    let (rule, fires) = example();
    let quiet = fires.replace("198.51.100.23", "10.20.0.7");
    let name = "service-account-from-outside";
    let good = folder(&[
        ("10.sql", &rule),
        (&format!("cases/{name}.fires.txtar"), &fires),
        (&format!("cases/{name}.quiet.txtar"), &quiet),
    ]);
    let dir = good.path().to_str().unwrap();
    let (code, out, err) = abfluss(&["rules", name, "--rules", dir, "--check", "--format", "csv"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("rule_id,effect,") && out.contains("10.sql,ok,"), "{out}");
    assert_eq!(err, "1 rules, 2 cases, 0 failed\n");
    // A case that does not hold: named with rule and case, exit code 2, the data all the same.
    std::fs::write(good.path().join(format!("cases/{name}.quiet.txtar")), &fires).unwrap();
    let (code, out, err) = abfluss(&["rules", name, "--rules", dir, "--check", "--format", "csv"]);
    assert_eq!(code, 2);
    assert!(out.contains("10.sql,failed,"), "{out}");
    let expected = format!("warning: rule {name}, case {name}.quiet.txtar: expected no mark, found 1\n");
    assert!(err.contains(&expected), "{err}");
}

#[test]
fn rules_are_listed_and_one_is_shown_with_its_reasoning() {
    let (code, out, err) = abfluss(&["rules", "--format", "csv"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out.lines().count(), built_in_rules().unwrap().len() + 1);
    let (code, out, _) = abfluss(&["rules", "webshell-answered", "--format", "table"]);
    assert_eq!(code, 0);
    assert!(out.contains("reasoning  A server without the shell") && out.contains("insert into mark"), "{out}");
    let (code, out, err) = abfluss(&["rules", "webshell-anwsered"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("did you mean \"webshell-answered\"?"), "{err}");
}

#[test]
fn own_rules_of_an_audit_are_recorded_repeated_and_dropped() {
    let (rule, fires) = example();
    let desk = folder(&[("rules/10.sql", &rule)]);
    let path = |name: &str| desk.path().join(name).to_str().unwrap().to_owned();
    for member in abfluss::audit::members(&fires).unwrap().1 {
        let at = desk.path().join("evidence").join(&member.path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, member.text).unwrap();
    }
    std::fs::rename(path("evidence/case.toml"), path("case.toml")).unwrap();
    let (evidence, case, rules) = (path("evidence"), path("case"), path("rules"));
    let settings = path("case.toml");
    let (code, _, err) = abfluss(&["audit", &evidence, "--case", &settings, "--out", &case, "--rules", &rules]);
    assert_eq!(code, 3, "{err}");
    let marks = || {
        let sql = "select count(*) as n from mark where rule_id = 'service-account-from-outside'";
        abfluss(&["query", &case, "--sql", sql, "--format", "csv"]).1.trim().replace("\r\n", " ")
    };
    assert_eq!(marks(), "n 1");
    let hash = read_folders(&[PathBuf::from(&rules)]).unwrap()[0].sha256();
    let run = std::fs::read_to_string(Path::new(&case).join("run.jsonl")).unwrap();
    assert!(run.contains(&format!("\"own rule 1: 10.sql\":\"{hash}\"")), "{run}");
    // The folder is gone, the rule is not.
    std::fs::remove_dir_all(&rules).unwrap();
    assert_eq!(abfluss(&["analyse", &case]).0, 3);
    assert_eq!(marks(), "n 1");
    assert!(std::fs::read_to_string(Path::new(&case).join("run.jsonl")).unwrap().matches(&hash).count() == 2);
    assert_eq!(abfluss(&["analyse", &case, "--built-in-rules"]).0, 3);
    assert_eq!(marks(), "n 0");
    // A broken rule: exit code 2 with file and line, and no case is left behind.
    std::fs::create_dir(&rules).unwrap();
    std::fs::write(path("rules/10.sql"), rule.replace("from log_event", "from no_such_table")).unwrap();
    let (code, _, err) = abfluss(&["audit", &evidence, "--out", &path("second"), "--rules", &rules]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("rule 10.sql, line ") && err.contains("no such table: no_such_table\n\nhint: "), "{err}");
    assert!(!Path::new(&path("second")).exists() && !Path::new(&path("second.partial")).exists());
}

// ---- the exploit chain

/// `verdict effects` of each chain, in order of time.
fn chains(told: &Told) -> String {
    told.text(
        "select group_concat(trim(verdict || ' ' || effects), '; ') from (select * from chain order by first_utc, chain_no)",
    )
}

/// m2, passed on, and the guest page, all answered.
fn probe<'t>(tiny: &'t mut Tiny, at: &str, address: &str) -> &'t mut Tiny {
    tiny.web(&format!("{at}:01"), "POST", "/machine2.aspx", "::1", "200");
    tiny.web(&format!("{at}:01"), "POST", M2, address, "200");
    tiny.web(&format!("{at}:03"), "POST", "/guestaccess.aspx", address, "200")
}

#[test]
fn answers_without_an_effect_are_an_attempt_and_accuse_nobody() {
    let mut tiny = Tiny::new();
    probe(&mut tiny, "2023-05-28 10:00", HOSTILE);
    let told = tiny.told();
    assert_eq!(chains(&told), "attempted");
    assert_eq!(told.class(HOSTILE), "refused");
    assert_eq!(told.text("select distinct reasons from session where address = '198.51.100.23'"), "chain-attempted");
    // The audit log covers that time, complete: had the injection run, its row would be there.
    assert_eq!(told.only_grade("974000001"), "no_indication");
    assert_eq!(
        told.text("select group_concat(kind || ' ' || outcome, ', ') from (select * from chain_step order by step_no)"),
        "exploit_m2 succeeded, guest_post attempted"
    );
}

#[test]
fn any_one_effect_turns_the_attempt_into_a_success() {
    let with = |add: &dyn Fn(&mut Tiny)| {
        let mut tiny = Tiny::new();
        probe(&mut tiny, "2023-05-28 10:00", HOSTILE);
        add(&mut tiny);
        let told = tiny.told();
        (chains(&told), told.class(HOSTILE))
    };
    let hostile = |effects: &str| (format!("succeeded {effects}"), "hostile".to_owned());
    let found = with(&|t| {
        t.web("2023-05-28 10:00:09", "POST", "/api/v1/auth/token", HOSTILE, "200");
    });
    assert_eq!(found, hostile("token"));
    let files = "/api/v1/folders/966000001/files?uploadType=resumable";
    let found = with(&|t| {
        t.web("2023-05-28 10:00:09", "POST", files, HOSTILE, "201");
    });
    assert_eq!(found, hostile("upload"));
    let found = with(&|t| {
        t.web("2023-05-28 10:00:09", "PUT", &format!("{files}&fileId=974155582"), HOSTILE, "500");
    });
    assert_eq!(found, hostile("upload"));
    let found = with(&|t| {
        t.row("2023-05-28 10:00:03", "msg_post", 100, "Guest:a@b.com", "0", HOSTILE, 4400, 0, 10);
    });
    assert_eq!(found, hostile("residue"));
    // The shell may answer another address.
    let found = with(&|t| {
        t.web("2023-05-28 10:05:00", "GET", "/human2.aspx", OTHER, "200");
    });
    assert_eq!(found, hostile("shell"));
    let found = with(&|t| {
        t.planted_session("adminadminadmin1", "2023-05-29 10:00:00");
    });
    assert_eq!(found, hostile("planted_session"));
    // Rows are missing over the time of the chain: ids 9 and 10 of 1 a day.
    let found = with(&|t| t.skip_ids = vec![10]);
    assert_eq!(found, hostile("missing_ids"));
}

#[test]
fn what_is_no_effect_of_this_chain_does_not_count() {
    let with = |add: &dyn Fn(&mut Tiny)| {
        let mut tiny = Tiny::new();
        probe(&mut tiny, "2023-05-28 10:00", HOSTILE);
        add(&mut tiny);
        chains(&tiny.told())
    };
    // A token of another client, before, or refused; an upload refused; a guest's mistake elsewhere; the shell two days later
    // or before; ids missing on another day; a session that was last used before.
    let token = "/api/v1/token";
    for (at, address, status) in [
        ("2023-05-28 10:00:09", PARTNER, "200"),
        ("2023-05-28 09:59:59", HOSTILE, "200"),
        ("2023-05-28 10:00:09", HOSTILE, "401"),
    ] {
        let found = with(&|t| {
            t.web(at, "POST", token, address, status);
        });
        assert_eq!(found, "attempted", "{at} {address} {status}");
    }
    let files = "/api/v1/folders/966000001/files?uploadType=resumable&fileId=974155582";
    assert_eq!(
        with(&|t| {
            t.web("2023-05-28 10:00:09", "PUT", files, HOSTILE, "401");
        }),
        "attempted"
    );
    assert_eq!(
        with(&|t| {
            t.row("2023-05-28 10:00:03", "msg_post", 100, "Guest:a@b.com", "0", PARTNER, 4400, 0, 10);
        }),
        "attempted"
    );
    for at in ["2023-05-30 10:00:01", "2023-05-28 09:00:00"] {
        assert_eq!(
            with(&|t| {
                t.web(at, "GET", "/human2.aspx", OTHER, "200");
            }),
            "attempted",
            "{at}"
        );
    }
    assert_eq!(with(&|t| t.skip_ids = vec![3]), "attempted");
    assert_eq!(
        with(&|t| {
            t.planted_session("adminadminadmin1", "2023-05-27 10:00:00");
        }),
        "attempted"
    );
}

#[test]
fn the_order_of_the_steps_counts() {
    // Guest page first, m2 afterwards, then a token: no chain beyond the m2 call.
    let mut tiny = Tiny::new();
    tiny.web("2023-05-28 10:00:00", "POST", "/guestaccess.aspx", HOSTILE, "200");
    tiny.web("2023-05-28 10:00:01", "POST", M2, HOSTILE, "200");
    tiny.web("2023-05-28 10:00:02", "POST", "/api/v1/token", HOSTILE, "200");
    let told = tiny.told();
    assert_eq!(chains(&told), "attempted");
    assert_eq!(told.number("select count(*) from chain_step where kind = 'guest_post'"), 0);
    // Steps of one second in the order of the log.
    let mut tiny = Tiny::new();
    for path in [M2, "/guestaccess.aspx", "/api/v1/token"] {
        tiny.web("2023-05-28 10:00:00", "POST", path, HOSTILE, "200");
    }
    assert_eq!(chains(&tiny.told()), "succeeded token");
    // More than half an hour between two steps: two visits, and nobody knows whether they belong together.
    let mut tiny = Tiny::new();
    probe(&mut tiny, "2023-05-28 10:00", HOSTILE);
    tiny.web("2023-05-28 10:30:04", "POST", "/api/v1/token", HOSTILE, "200");
    assert_eq!(chains(&tiny.told()), "attempted");
    let mut tiny = Tiny::new();
    probe(&mut tiny, "2023-05-28 10:00", HOSTILE);
    tiny.web("2023-05-28 10:30:03", "POST", "/api/v1/token", HOSTILE, "200");
    assert_eq!(chains(&tiny.told()), "succeeded token");
}

#[test]
fn two_chains_at_once_do_not_lend_each_other_the_servers_own_call() {
    let paired = |tiny: &Tiny| {
        let told = tiny.told();
        told.text(
            "select group_concat(k.address || ' ' || coalesce(q.time, '-'), ', ')
             from (select s.client_no, s.web_id, strftime('%H:%M:%S', w.at_utc, 'unixepoch') as time
                   from chain_step as s left join web_line as w on w.web_id = s.loopback_web_id
                   where s.kind = 'exploit_m2' order by s.web_id) as q
             join client as k on k.client_no = q.client_no",
        )
    };
    // One loopback call, two m2 calls in the same second: it belongs to the one logged right after it.
    let mut tiny = Tiny::new();
    tiny.web("2023-05-28 10:00:01", "POST", M2, HOSTILE, "200");
    tiny.web("2023-05-28 10:00:01", "POST", "/machine2.aspx", "::1", "200");
    tiny.web("2023-05-28 10:00:01", "GET", "/MOVEitISAPI/MOVEitISAPI.dll?ACTION=m2", OTHER, "200");
    assert_eq!(paired(&tiny), "198.51.100.23 -, 198.51.100.77 10:00:01");
    // Two of each, one inside the other.
    let mut tiny = Tiny::new();
    tiny.web("2023-05-28 10:00:01", "POST", "/machine2.aspx", "::1", "200");
    tiny.web("2023-05-28 10:00:02", "POST", "/machine2.aspx", "127.0.0.1", "200");
    tiny.web("2023-05-28 10:00:02", "POST", M2, HOSTILE, "200");
    tiny.web("2023-05-28 10:00:03", "POST", M2, OTHER, "200");
    assert_eq!(paired(&tiny), "198.51.100.23 10:00:02, 198.51.100.77 10:00:01");
    // Too far apart, from outside, refused, or for an m2 call that was refused itself: none.
    let mut tiny = Tiny::new();
    tiny.web("2023-05-28 10:00:01", "POST", "/machine2.aspx", "::1", "200");
    tiny.web("2023-05-28 10:00:05", "POST", M2, HOSTILE, "200");
    tiny.web("2023-05-28 11:00:01", "POST", "/machine2.aspx", OTHER, "200");
    tiny.web("2023-05-28 11:00:01", "POST", M2, HOSTILE, "200");
    tiny.web("2023-05-28 12:00:01", "POST", "/machine2.aspx", "::1", "500");
    tiny.web("2023-05-28 12:00:01", "POST", M2, HOSTILE, "200");
    tiny.web("2023-05-28 13:00:01", "POST", "/machine2.aspx", "::1", "200");
    tiny.web("2023-05-28 13:00:01", "POST", M2, HOSTILE, "404");
    assert_eq!(paired(&tiny), ["198.51.100.23 -"; 4].join(", "));
}

#[test]
fn an_open_server_is_open_to_all_and_to_the_clean_up() {
    let mut tiny = Tiny::new();
    tiny.chain("2023-05-28 10:00", "POST", HOSTILE);
    // Another client an hour later, while the first one is still at it; and the first one's clean-up in the evening.
    probe(&mut tiny, "2023-05-28 11:00", OTHER);
    tiny.chain("2023-05-28 12:00", "POST", HOSTILE);
    probe(&mut tiny, "2023-05-28 20:00", HOSTILE);
    // The server was mended; a week-late scan is only a scan.
    probe(&mut tiny, "2023-06-01 11:00", OTHER);
    let told = tiny.told();
    assert_eq!(
        chains(&told),
        "succeeded token; succeeded server_open; succeeded token; succeeded server_open; attempted"
    );
}

#[test]
fn a_scan_is_refused_and_each_step_says_so() {
    let mut tiny = Tiny::new();
    for (second, status) in [("01", "404"), ("02", "302"), ("03", "401"), ("04", "403"), ("05", "500")] {
        tiny.web(&format!("2023-05-28 10:00:{second}"), "GET", M2, HOSTILE, status);
    }
    tiny.web("2023-05-28 10:00:06", "POST", "/guestaccess.aspx", HOSTILE, "302");
    let told = tiny.told();
    assert_eq!(chains(&told), "refused");
    assert_eq!(told.number("select count(*) from mark where rule_id = 'chain-refused'"), 6);
    assert_eq!(told.number("select count(*) from mark where rule_id like 'chain-%'"), 6);
    assert_eq!(told.class(HOSTILE), "refused");
}

#[test]
fn steps_of_several_clients_behind_one_address_make_no_chain() {
    // Three accounts take turns at one address on two days: a balancer. One client probes there, another one works.
    let mut tiny = Tiny::new();
    tiny.user("partnerpartner03", "partner3", 100, 10);
    for day in ["22", "23"] {
        for (minute, user) in [("00", "partnerpartner01"), ("05", "partnerpartner02"), ("10", "partnerpartner03")] {
            tiny.sign_on(&format!("2023-05-{day} 09:{minute}:00"), user, PARTNER);
        }
    }
    probe(&mut tiny, "2023-05-28 10:00", PARTNER);
    tiny.agent = "PartnerClient/1.0".to_owned();
    tiny.web("2023-05-28 10:00:10", "POST", "/api/v1/token", PARTNER, "200");
    tiny.sign_on("2023-05-28 10:00:10", "partnerpartner01", PARTNER);
    let told = tiny.told();
    assert_eq!(told.number("select count(*) from shared_address"), 1);
    assert_eq!(chains(&told), "attempted");
    assert_eq!(told.number("select count(*) from session where class = 'hostile'"), 0);
}

// ---- tampering

#[test]
fn an_account_made_during_a_chain_that_succeeded_is_hostile_and_so_is_its_use() {
    let with = |chain: bool, made: &str| {
        let mut tiny = Tiny::new();
        tiny.row("2023-05-21 10:00:00", "user_add", 100, "adminadminadmin1", "", "10.0.0.5", 0, 0, 10);
        if chain {
            tiny.chain("2023-05-28 10:00", "POST", HOSTILE);
        }
        tiny.logged("2023-05-28 14:00:00", "svcsvcsvcsvcsvc1", "974000001", OTHER, 5000);
        tiny.user("svcsvcsvcsvcsvc1", "svc.backup", 100, 30);
        let column = ("RealName` varchar(256),", "RealName` varchar(256),\n  `CreateStamp` datetime,");
        let mut text = tiny.dump().replace(column.0, column.1);
        for user in ["admin", "partner1", "partner2"] {
            text = text.replace(&format!("'{user}',0)"), &format!("'{user}','2021-01-01 10:00:00',0)"));
        }
        text = text.replace("'svc.backup',0)", &format!("'svc.backup','{}',0)", local(made)));
        tiny.with_dump = false;
        tiny.more = vec![("db.sql".to_owned(), text)];
        let told = tiny.told();
        let mark = told
            .text("select group_concat(effect || ' ' || subject) from mark where rule_id = 'account-without-record'");
        (mark, told.class(OTHER))
    };
    let (mark, class) = with(true, "2023-05-28 10:05:00");
    assert_eq!((mark.as_str(), class.as_str()), ("hostile svcsvcsvcsvcsvc1", "hostile"));
    // Hours later, or without any chain: noted, and nobody is accused by it.
    for (chain, made) in [(true, "2023-05-28 12:00:00"), (false, "2023-05-28 10:05:00")] {
        let (mark, class) = with(chain, made);
        assert_eq!(mark, "note svcsvcsvcsvcsvc1");
        assert_ne!(class, "hostile");
    }
    // With a row of somebody making an account at that time: nothing.
    let (mark, _) = with(true, "2023-05-21 10:01:00");
    assert_eq!(mark, "");
}

#[test]
fn one_sign_of_a_planted_session_alone_moves_no_window() {
    let mut tiny = Tiny::new();
    tiny.planted_session("adminadminadmin1", "2023-05-28 10:05:00");
    tiny.edit_dump = Some((",9999,'127.0.0.1')".to_owned(), ",20,'127.0.0.1')".to_owned()));
    let told = tiny.told();
    assert_eq!(told.text("select rule_id || ' ' || effect from mark"), "odd-session note");
    assert_eq!(told.text("select basis from case_window"), "coverage");
    assert_eq!(told.only_grade("974000001"), "no_indication");
}

#[test]
fn missing_ids_are_told_with_number_and_times_on_both_sides() {
    let mut tiny = Tiny::new();
    tiny.skip_ids = vec![5, 6];
    let told = tiny.told();
    let detail = told.text("select detail from mark where rule_id = 'missing-log-ids'");
    assert!(detail.starts_with("2 missing between 2023-05-23T06:00:00Z and 2023-05-24T06:00:00Z: "), "{detail}");
}

#[test]
fn an_id_that_only_the_chain_names_gets_a_row_of_the_inventory_and_its_step() {
    let mut tiny = Tiny::new();
    tiny.chain("2023-05-28 10:00", "POST", HOSTILE);
    let put = "/api/v1/folders/966000001/files?uploadType=resumable&fileId=974155582";
    tiny.web("2023-05-28 10:00:09", "PUT", put, HOSTILE, "500");
    let told = tiny.told();
    assert_eq!(told.text("select origin from file where file_id = '974155582'"), "web_log");
    assert_eq!(
        told.text("select detail from mark where rule_id = 'file-not-in-inventory'"),
        "resumable_upload answered 500, step 5 of an exploit chain"
    );
    assert_eq!(told.only_grade("974155582"), "possible", "a finding, and so a row of inventory.csv");
}

#[test]
fn an_attempt_that_the_audit_log_does_not_cover_is_part_of_the_question() {
    // The audit log begins with id 500 on 24 May: older rows were archived. A complete attempt lies before.
    let with = |steps: usize, settings: &str| {
        let mut tiny = Tiny::new();
        tiny.settings = format!("{ZONE}{settings}");
        tiny.first_id = 500;
        for (second, path) in ["/", M2, "/guestaccess.aspx"].iter().enumerate().take(steps) {
            tiny.web(&format!("2023-05-22 10:00:0{second}"), "POST", path, HOSTILE, "200");
        }
        let log_from = |day: &str| format!("'2023-05-{day} 08:00:00','sec_viewlog'");
        let mut text = tiny.dump();
        for day in ["20", "21", "22", "23"] {
            let from = text.find(&log_from(day)).unwrap();
            let start = text[..from].rfind('(').unwrap();
            let end = start + text[start..].find("),").unwrap() + 2;
            text.replace_range(start..end, "");
        }
        tiny.with_dump = false;
        tiny.more = vec![("db.sql".to_owned(), text)];
        tiny.told()
    };
    let told = with(3, "");
    assert_eq!(chains(&told), "attempted");
    assert_eq!(told.text("select basis from case_window"), "coverage_and_attempts");
    assert_eq!(told.text("select datetime(from_utc, 'unixepoch') from case_window"), "2023-05-22 10:00:01");
    assert_eq!(told.grade("974000001"), "not_excluded/gap_while_present");
    assert_eq!(told.class("10.0.0.5"), "known", "nobody else is doubted by it");
    // A mere m2 call asks nothing of the audit log; a stated window is taken as it is.
    let told = with(2, "");
    assert_eq!(told.text("select basis from case_window"), "coverage");
    assert_eq!(told.only_grade("974000001"), "no_indication");
    let told = with(3, "[window]\nfrom = \"2023-05-25T00:00:00Z\"\nto = \"2023-06-01T00:00:00Z\"\n");
    assert_eq!(told.text("select basis from case_window"), "configured");
    assert_eq!(told.only_grade("974000001"), "no_indication");
}
