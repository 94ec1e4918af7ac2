//! From a sentence back to the bytes: what `abfluss explain` prints is read again here, by other means, at the place that it
//! names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use abfluss::case::Case;
use abfluss::intake::record::{Shelf, raw_records};
use abfluss::model::Language;
use abfluss::report::Texts;
use abfluss::report::explain::{self, Subject};
use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;

use crate::audit::audited;
use crate::tiny::{Tiny, ZONE};

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo")
}

fn run(args: &[&str]) -> Output {
    Command::cargo_bin("abfluss").unwrap().args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A case of some evidence, made by the program itself.
fn case_of(evidence: &Path, settings: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let toml = folder.path().join("case.toml");
    fs::write(&toml, settings).unwrap();
    let case = folder.path().join("case");
    let path = |p: &Path| p.to_str().unwrap().to_owned();
    let ran = run(&["-q", "audit", &path(evidence), "--case", &path(&toml), "--out", &path(&case)]);
    assert!(matches!(ran.status.code(), Some(0 | 3)), "{}", said(&ran));
    let case = path(&case);
    (folder, case)
}

fn demo_settings() -> String {
    fs::read_to_string(demo().join("case.toml")).unwrap()
}

fn column(case: &Case, sql: &str) -> Vec<String> {
    let mut statement = case.connection().prepare(sql).unwrap();
    statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap).collect()
}

/// The explanation as JSON, with the evidence at hand.
fn document(case: &Case, shelf: &Shelf, subject: Subject, language: Language) -> Value {
    let conn = case.connection();
    let explanation = explain::explain(conn, &subject, language).unwrap().unwrap_or_else(|| panic!("{subject:?}"));
    let files = raw_records(conn, shelf, &explanation.wanted()).unwrap();
    let text = explain::text(&explanation, &files);
    assert!(!text.contains('⟦'), "a text is missing: {text}");
    assert!(!text.chars().any(|c| c != '\n' && abfluss::report::plain::is_hidden(c)), "{subject:?}");
    serde_json::from_str(&explain::json(&explanation, &files)).unwrap()
}

fn rows(document: &Value) -> &Vec<Value> {
    document["rows"].as_array().unwrap()
}

fn part<'d>(document: &'d Value, id: &str) -> Vec<&'d Value> {
    let parts =
        document["parts"].as_array().unwrap().iter().filter(|part| part["id"].as_str().unwrap().starts_with(id));
    parts.flat_map(|part| part["statements"].as_array().unwrap()).collect()
}

/// Reads the evidence at the place a row names and compares; the row must be a whole record.
fn assert_bytes(evidence: &Path, row: &Value) {
    let path = row["path"].as_str().unwrap();
    let bytes = fs::read(evidence.join(path)).unwrap();
    let offset = usize::try_from(row["offset"].as_u64().unwrap()).unwrap();
    let raw = row["raw"].as_str().unwrap_or_else(|| panic!("{row}")).as_bytes();
    assert!(!raw.is_empty() && raw.len() as u64 == row["length"].as_u64().unwrap(), "{row}");
    assert_eq!(&bytes[offset..offset + raw.len()], raw, "{path}@{offset}");
    let behind = &bytes[offset + raw.len()..];
    if path.ends_with(".sql") {
        assert!(raw.starts_with(b"(") && raw.ends_with(b")"), "{row}");
        assert!(behind.starts_with(b",") || behind.starts_with(b";"), "{row}");
    } else {
        assert!(behind.starts_with(b"\n") || behind.starts_with(b"\r\n"), "{row}");
        assert!(offset == 0 || bytes[offset - 1] == b'\n', "{row}");
    }
}

#[test]
fn every_file_of_the_demo_leads_to_bytes_that_are_there_and_name_it() {
    let evidence = demo().join("evidence");
    let (_folder, path) = case_of(&evidence, &demo_settings());
    let case = Case::open_read(Path::new(&path)).unwrap();
    let shelf = Shelf::new(vec![evidence.clone()], Vec::new());
    let files = column(&case, "select file_id from finding order by 1");
    assert_eq!(files.len(), 129);
    let mut seen = 0;
    for file in &files {
        let told = document(&case, &shelf, Subject::File(file.clone()), Language::De);
        assert!(!rows(&told).is_empty(), "{file} has no row");
        for row in rows(&told) {
            assert_bytes(&evidence, row);
            seen += 1;
            let raw = row["raw"].as_str().unwrap();
            match row["role"].as_str().unwrap() {
                "log_row" | "web_request" | "inventory" | "upload" | "deletion" | "named" => {
                    assert!(raw.contains(file.as_str()), "{row}")
                }
                "access" => {
                    let sessions = column(
                        &case,
                        &format!(
                            "select s.address from finding as f join session as s on s.session_no = f.session_no where f.file_id = '{file}'"
                        ),
                    );
                    assert!(raw.contains(&sessions[0]), "{row}");
                }
                _ => {}
            }
        }
        assert!(!part(&told, "why_not_higher").is_empty() && !part(&told, "why_not_lower").is_empty(), "{told}");
        for statement in part(&told, "") {
            for number in statement["rows"].as_array().unwrap() {
                assert!(number.as_u64().unwrap() as usize <= rows(&told).len());
            }
        }
        document(&case, &shelf, Subject::Finding(format!("file:{file}")), Language::En);
    }
    assert!(seen > 300, "{seen} rows were compared");
}

#[test]
fn every_session_mark_and_gap_of_the_demo_is_explained() {
    let evidence = demo().join("evidence");
    let (_folder, path) = case_of(&evidence, &demo_settings());
    let case = Case::open_read(Path::new(&path)).unwrap();
    let shelf = Shelf::new(vec![evidence.clone()], Vec::new());
    let one_of_each = "select min(session_id) from session group by class union select session_id from session where class in ('hostile', 'unverified') order by 1";
    for session in column(&case, one_of_each) {
        for language in [Language::De, Language::En] {
            let told = document(&case, &shelf, Subject::Session(session.clone()), language);
            assert!(!part(&told, "why_class").is_empty(), "{session}");
            rows(&told).iter().for_each(|row| assert_bytes(&evidence, row));
            assert!(!rows(&told).is_empty());
        }
    }
    let found = column(&case, "select finding_id from named_finding order by 1");
    assert!(found.len() > 40 && found.iter().any(|id| id.starts_with("gap:moveit_audit_log:missing_ids:")));
    for id in found {
        let told = document(&case, &shelf, Subject::Finding(id.clone()), Language::De);
        assert_eq!(told["id"].as_str(), Some(id.as_str()));
        assert!(!rows(&told).is_empty(), "{id}");
        rows(&told).iter().for_each(|row| assert_bytes(&evidence, row));
        if id.contains(":missing_ids:") {
            assert_eq!(rows(&told).len(), 2, "{id}: a row on each side");
        }
    }
    let hostile =
        column(&case, "select min(session_id) from session where class = 'hostile' and derived_class = 'hostile'");
    let told = document(&case, &shelf, Subject::Session(hostile[0].clone()), Language::En);
    assert!(part(&told, "why_class")[0]["rows"].as_array().is_some_and(|rows| !rows.is_empty()), "{told}");
    // An id noted down with less evidence is still understood.
    let former = "select min(a.session_id) || ' ' || s.session_id from session_alias as a
                  join session as s on s.session_no = a.session_no
                  where a.session_id not in (select session_id from session)";
    let pair = column(&case, former).remove(0);
    let (former, current) = pair.split_once(' ').unwrap();
    let told = document(&case, &shelf, Subject::Session(former.to_owned()), Language::De);
    assert_eq!(told["id"].as_str(), Some(current));
}

/// The demo packed in several ways gives the same raw rows: zip, gzip, gzip inside zip.
#[test]
fn packed_evidence_gives_the_same_rows() {
    let plain = demo().join("evidence");
    let packed = tempfile::tempdir().unwrap();
    let mut logs: Vec<PathBuf> = fs::read_dir(plain.join("iis/W3SVC2")).unwrap().map(|e| e.unwrap().path()).collect();
    logs.sort();
    let gz = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    fs::write(packed.path().join("moveittransfer.sql.gz"), gz(&fs::read(plain.join("db/moveittransfer.sql")).unwrap()))
        .unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(packed.path().join("logs.zip")).unwrap());
    let deflated = zip::write::SimpleFileOptions::default();
    for (n, log) in logs.iter().enumerate() {
        let name = log.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(log).unwrap();
        if n % 2 == 0 {
            zip.start_file(format!("W3SVC2/{name}"), deflated).unwrap();
            zip.write_all(&bytes).unwrap();
        } else {
            zip.start_file(format!("W3SVC2/{name}.gz"), deflated).unwrap();
            zip.write_all(&gz(&bytes)).unwrap();
        }
    }
    zip.finish().unwrap();

    let raw_of = |evidence: &Path| -> BTreeMap<String, BTreeSet<(String, u64, String)>> {
        let (_folder, path) = case_of(evidence, &demo_settings());
        let case = Case::open_read(Path::new(&path)).unwrap();
        let shelf = Shelf::new(vec![evidence.to_owned()], Vec::new());
        let files = column(
            &case,
            "select file_id from finding where grade in ('proven', 'likely') or file_id in (select min(file_id) from finding group by grade, reason) order by 1",
        );
        let rows_of = |file: &String| {
            let told = document(&case, &shelf, Subject::File(file.clone()), Language::De);
            let one = |row: &Value| {
                assert_eq!(row["state"], "unchanged", "{row}");
                (
                    row["sha256"].as_str().unwrap().to_owned(),
                    row["offset"].as_u64().unwrap(),
                    row["raw"].as_str().unwrap().to_owned(),
                )
            };
            (file.clone(), rows(&told).iter().map(one).collect())
        };
        files.iter().map(rows_of).collect()
    };
    let (unpacked, repacked) = (raw_of(&plain), raw_of(packed.path()));
    assert!(unpacked.len() >= 12);
    assert_eq!(unpacked, repacked);
}

fn copy_of_demo(into: &Path) -> PathBuf {
    let evidence = into.join("evidence");
    for entry in walkdir::WalkDir::new(demo().join("evidence")) {
        let entry = entry.unwrap();
        let target = evidence.join(entry.path().strip_prefix(demo().join("evidence")).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
    evidence
}

#[test]
fn changed_evidence_is_4_and_shows_nothing_and_moved_evidence_is_found_again() {
    let desk = tempfile::tempdir().unwrap();
    let evidence = copy_of_demo(desk.path());
    let (_folder, case) = case_of(&evidence, &demo_settings());
    let file = {
        let case = Case::open_read(Path::new(&case)).unwrap();
        column(&case, "select min(file_id) from finding where grade = 'proven'").remove(0)
    };
    let ran = run(&["explain", &case, "file", &file]);
    assert_eq!(ran.status.code(), Some(0), "{}", said(&ran));
    let whole = String::from_utf8(ran.stdout).unwrap();
    assert!(whole.contains("unverändert") && whole.contains("Warum dieser Grad"), "{whole}");

    // Moved: everything but the bytes is printed, and the place where they were is said.
    let elsewhere = desk.path().join("elsewhere");
    fs::rename(&evidence, &elsewhere).unwrap();
    let ran = run(&["explain", &case, "file", &file]);
    assert_eq!(ran.status.code(), Some(5), "{}", said(&ran));
    assert!(
        said(&ran).contains("--evidence DIR") && said(&ran).contains("u_ex230528.log was not found"),
        "{}",
        said(&ran)
    );
    assert!(String::from_utf8(ran.stdout).unwrap().contains("Warum dieser Grad"));
    let ran = run(&["explain", &case, "file", &file, "--evidence", elsewhere.to_str().unwrap()]);
    assert_eq!((ran.status.code(), String::from_utf8(ran.stdout).unwrap()), (Some(0), whole));

    // Changed by one byte, far from the row.
    let dump = elsewhere.join("db/moveittransfer.sql");
    let mut bytes = fs::read(&dump).unwrap();
    *bytes.last_mut().unwrap() = b' ';
    fs::write(&dump, bytes).unwrap();
    let ran = run(&["explain", &case, "file", &file, "--evidence", elsewhere.to_str().unwrap(), "--format", "json"]);
    assert_eq!(ran.status.code(), Some(4), "{}", said(&ran));
    assert!(said(&ran).contains("is not what was imported: expected SHA-256"), "{}", said(&ran));
    let told: Value = serde_json::from_slice(&ran.stdout).unwrap();
    for row in rows(&told) {
        let changed = row["path"] == "db/moveittransfer.sql";
        assert_eq!(row["state"], if changed { "changed" } else { "unchanged" });
        assert_eq!(row["raw"].is_null(), changed);
    }
    assert!(rows(&told).iter().any(|row| row["state"] == "changed"));
}

/// Columns with quotes and line breaks inside them, and the statement that says the next id of a table.
#[test]
fn records_of_other_kinds_are_cut_at_their_ends() {
    let folder = tempfile::tempdir().unwrap();
    let conn = rusqlite::Connection::open_in_memory().unwrap();
    conn.execute_batch(include_str!("../../src/case/schema.sql")).unwrap();
    let csv = "ID,Message\r\n1,\"a\"\"b\r\nc\"\r\n2,x\r\n";
    let sql = "CREATE TABLE `log` (`ID` int COMMENT ';') AUTO_INCREMENT=9;\nINSERT INTO `log` VALUES (1),(2);\n";
    for (id, name, format, text) in [(1, "a.csv", "audit_csv", csv), (2, "d.sql", "mysqldump", sql)] {
        fs::write(folder.path().join(name), text).unwrap();
        let hash = {
            use sha2::Digest;
            sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        conn.execute(
            "insert into evidence (evidence_id, source, path, sha256, format, encoding, status) values (?1, 1, ?2, ?3, ?4, 'utf-8', 'imported')",
            (id, name, hash, format),
        )
        .unwrap();
    }
    let (third, aside, second) =
        (csv.find("2,x").unwrap() as u64, sql.find("INSERT").unwrap() as u64, sql.find("(2)").unwrap() as u64);
    conn.execute("insert into set_aside values (2, ?1, 6, 'unknown_statement', '', x'')", [aside as i64]).unwrap();
    let shelf = Shelf::new(vec![folder.path().to_owned()], Vec::new());
    let wanted = BTreeMap::from([(1, BTreeSet::from([12, third, 999])), (2, BTreeSet::from([0, aside, second]))]);
    let files = raw_records(&conn, &shelf, &wanted).unwrap();
    let text = |id: i64, offset: u64| String::from_utf8(files[&id].records[&offset].bytes.clone()).unwrap();
    assert_eq!((text(1, 12), text(1, third)), ("1,\"a\"\"b\r\nc\"".to_owned(), "2,x".to_owned()));
    assert!(!files[&1].records.contains_key(&999), "nothing stands behind the end");
    assert_eq!(text(2, 0), sql.lines().next().unwrap());
    assert_eq!((text(2, second), text(2, aside)), ("(2)".to_owned(), "INSERT".to_owned()));
}

#[test]
fn hostile_names_reach_a_terminal_as_text() {
    let (_folder, case) = case_of(&demo().join("evidence"), &demo_settings());
    let hostile: Vec<String> = {
        let case = Case::open_read(Path::new(&case)).unwrap();
        column(
            &case,
            "select file_id from finding where file_name like '%' || char(0x202e) || '%' or file_name like '%<script>%'",
        )
    };
    assert!(hostile.len() >= 2);
    for file in hostile {
        for language in ["de", "en"] {
            let ran = run(&["explain", &case, "file", &file, "--lang", language]);
            let text = String::from_utf8(ran.stdout).unwrap();
            assert!(!text.chars().any(|c| c != '\n' && abfluss::report::plain::is_hidden(c)), "{text}");
        }
    }
    // Escape sequences and a NUL in a request, which the server logs as sent.
    let mut tiny = Tiny::new();
    tiny.web("2023-05-28 10:00:00", "GET", "/human.aspx?x=\u{1b}[2J\u{202e}", "198.51.100.23", "200");
    let told = tiny.told();
    let session = told.text("select session_id from session where address = '198.51.100.23'");
    let shelf = Shelf::new(vec![told.folder.path().join("in")], Vec::new());
    let document = document(&told.case, &shelf, Subject::Session(session), Language::De);
    assert!(rows(&document).iter().any(|row| row["raw"].as_str().unwrap().contains('\u{1b}')), "JSON has the original");
}

#[test]
fn an_unknown_id_is_2_and_names_the_nearest() {
    let (_folder, case) = case_of(&demo().join("evidence"), &demo_settings());
    let known = {
        let case = Case::open_read(Path::new(&case)).unwrap();
        column(&case, "select min(file_id) from finding").remove(0)
    };
    for (kind, id, hint) in [
        ("file", known[..8].to_owned(), known.clone()),
        ("session", "S-0".to_owned(), "abfluss sessions CASE".to_owned()),
        ("finding", "gap:moveit_audit_log:missing_ids:1".to_owned(), "gap:moveit_audit_log:missing_ids:".to_owned()),
        ("finding", "nonsense".to_owned(), "finding_id".to_owned()),
        ("file", "\u{1b}[2J".to_owned(), "inventory".to_owned()),
    ] {
        let ran = run(&["explain", &case, kind, &id]);
        assert_eq!(ran.status.code(), Some(2), "{}", said(&ran));
        assert!(said(&ran).contains(&hint) && !said(&ran).contains('\u{1b}'), "{}", said(&ran));
        assert!(ran.stdout.is_empty());
    }
    assert_eq!(run(&["explain", &case, "person", "1"]).status.code(), Some(2));
}

#[test]
fn ids_of_marks_and_gaps_stay_when_evidence_is_added() {
    let desk = tempfile::tempdir().unwrap();
    let evidence = copy_of_demo(desk.path());
    let extra = evidence.join("iis/W3SVC2/u_ex230505.log");
    let put_away = desk.path().join("u_ex230505.log");
    fs::rename(&extra, &put_away).unwrap();
    let ids = |case: &str| -> BTreeSet<String> {
        let case = Case::open_read(Path::new(case)).unwrap();
        column(&case, "select finding_id from named_finding where finding_id not like '%starts_late%'")
            .into_iter()
            .collect()
    };
    let (_first, before) = case_of(&evidence, &demo_settings());
    fs::rename(&put_away, &extra).unwrap();
    let (_second, after) = case_of(&evidence, &demo_settings());
    assert!(ids(&before).len() > 40);
    assert_eq!(ids(&before), ids(&after));
}

/// A text in both languages for every id that a query wrote, over scenarios that differ as much as possible.
#[test]
fn every_reason_has_its_words_and_every_grade_its_rows() {
    let de = Texts::load(Language::De);
    for scenario in
        ["untouched", "web-shell", "missing-days", "new-address", "sftp-theft", "planted-account", "shell-and-session"]
    {
        let audited = audited(scenario);
        let case = &audited.case;
        let mut missing = BTreeSet::new();
        for (group, sql) in [
            ("why_higher", "select distinct reason from finding_why where direction = 'higher'"),
            ("why_lower", "select distinct reason from finding_why where direction = 'lower'"),
            ("file_reason", "select distinct reason from finding union select distinct reason from download"),
            ("role", "select distinct role from finding_evidence"),
            ("presence_basis", "select distinct from_basis from presence union select distinct to_basis from presence"),
            ("gap_rule", "select distinct rule from gap"),
            ("explain_origin", "select distinct origin from finding"),
        ] {
            let ids = column(case, sql);
            missing.extend(ids.into_iter().map(|id| format!("{group}.{id}")).filter(|key| de.find(key).is_none()));
        }
        assert!(missing.is_empty(), "{scenario}: {missing:?}");
        for direction in ["higher", "lower"] {
            let none = format!(
                "select file_id from finding where file_id not in (select file_id from finding_why where direction = '{direction}')"
            );
            assert_eq!(column(case, &none), [""; 0], "{scenario}");
        }
        let unknown = "select distinct direction || ' ' || subject from finding_why where reason = 'other_basis'";
        assert_eq!(column(case, unknown), [""; 0], "{scenario}");
        let bare = "select file_id from finding where file_id not in (select file_id from finding_evidence)";
        assert_eq!(column(case, bare), [""; 0], "{scenario}");
    }
    // The other way round: no text for a reason that no query knows.
    let query = include_str!("../../queries/audit/87_finding_why.sql");
    let sessions = include_str!("../../queries/reports/session_why.sql");
    let not_assessable = include_str!("../../queries/audit/80_finding.sql");
    for key in de.keys() {
        let known = match key.split_once('.') {
            Some(("why_higher" | "why_lower", id)) => {
                query.contains(&format!("'{id}'")) || not_assessable.contains(&format!("'{id}'"))
            }
            Some(("session_why", id)) => sessions.contains(&format!("'{id}'")),
            _ => true,
        };
        assert!(known, "{key} has words, but no query writes it");
    }
    for word in
        sessions.split("then '").skip(1).filter_map(|rest| rest.split('\'').next()).filter(|word| *word != "basis")
    {
        assert!(de.find(&format!("session_why.{word}")).is_some(), "{word}");
    }
    assert!(de.find("session_why.signed_on_or_refused").is_some());
}

/// A decision against each grade: a partner confirmed, a partner refuted, a thief called known.
#[test]
fn decisions_change_grades_and_it_is_said_which() {
    let thief = "198.51.100.23";
    let traveller = "203.0.113.77";
    let tiny = |decisions: &str| {
        let mut tiny = Tiny::new();
        tiny.settings = format!("{ZONE}{decisions}");
        tiny.sign_on("2023-05-22 09:00:00", "partnerpartner01", "203.0.113.40");
        tiny.chain("2023-05-28 10:00", "POST", thief);
        tiny.logged("2023-05-28 10:05:00", "adminadminadmin1", "974000001", thief, 5000);
        tiny.fetched("2023-05-28 10:05:00", "974000001", thief, "200");
        tiny.sign_on("2023-05-29 09:00:00", "partnerpartner01", traveller);
        tiny.web("2023-05-29 09:00:00", "POST", "/human.aspx", traveller, "302");
        tiny.logged("2023-05-29 09:01:00", "partnerpartner01", "974000002", traveller, 6000);
        tiny.fetched("2023-05-29 09:01:00", "974000002", traveller, "200");
        tiny
    };
    let told = tiny("").told();
    assert_eq!(told.number("select count(*) from decision_effect"), 0);
    assert_eq!((told.only_grade("974000001"), told.class(traveller)), ("proven".into(), "unverified".into()));
    assert_eq!(told.only_grade("974000002"), "possible");
    let session = |address: &str| {
        told.text(&format!("select session_id from session where address = '{address}' and downloads > 0"))
    };
    let decision = |id: &str, class: &str| {
        format!("[[decision]]\nsession = \"{id}\"\nclass = \"{class}\"\nreason = \"Rückruf\"\nwho = \"A. Muster\"\n")
    };

    let decided = tiny(&decision(&session(traveller), "hostile")).told();
    assert_eq!(decided.only_grade("974000002"), "proven", "the same rows, another recipient");
    assert_eq!(decided.text("select grade_undecided from decision_effect where file_id = '974000002'"), "possible");
    assert_eq!(decided.number("select count(*) from decision"), 1, "the decision itself is still there");

    let decided = tiny(&decision(&session(thief), "known")).told();
    assert_eq!(
        decided.text("select grade_undecided || '/' || grade from decision_effect where file_id = '974000001'"),
        "proven/no_indication"
    );
    let shelf = Shelf::new(vec![decided.folder.path().join("in")], Vec::new());
    let words = document(&decided.case, &shelf, Subject::File("974000001".into()), Language::De).to_string();
    assert!(words.contains("Ohne die Entscheidungen in case.toml wäre der Grad „belegt“"), "{words}");
    let words = document(&decided.case, &shelf, Subject::Session(session(thief)), Language::De).to_string();
    assert!(words.contains("Entscheidung von A. Muster: bekannt statt feindlich. Begründung: Rückruf"), "{words}");

    let decided = tiny(&decision(&session(thief), "unverified")).told();
    assert_eq!(decided.only_grade("974000001"), "possible", "capped");
    let report = tempfile::tempdir().unwrap();
    abfluss::report::write(decided.case.connection(), Language::De, report.path()).unwrap();
    let read = |name: &str| fs::read_to_string(report.path().join(name)).unwrap();
    let json: Value = serde_json::from_str(&read("findings.json")).unwrap();
    assert_eq!(json["decisions"][0]["derived_class"], "hostile");
    assert_eq!(json["decision_effects"][0]["grade_undecided"], "proven");
    assert_eq!(json["summary"]["files_regraded"], decided.number("select count(*) from decision_effect"));
    assert!(read("findings.json").contains("Dateien, deren Grad dadurch ein anderer ist: "));
    assert!(
        read("sessions.csv").lines().any(|line| line.contains(",unverified,hostile,") && line.contains("A. Muster"))
    );
    assert!(read("inventory.csv").lines().any(|line| line.starts_with("974000001,") && line.contains(",proven")));
    let page = read("report.html");
    assert!(
        page.contains("Entscheidung von A. Muster: nicht verifiziert statt feindlich"),
        "both classes side by side"
    );
}

#[test]
fn reasons_come_from_the_rows() {
    let thief = "198.51.100.23";
    let mut tiny = Tiny::new();
    tiny.chain("2023-05-28 10:00", "POST", thief);
    // By SFTP in the same session's time from the same address: the web log cannot show it.
    tiny.row("2023-05-28 10:02:00", "file_download", 100, "adminadminadmin1", "974000001", thief, 0, 5000, 30);
    // By the web, but the web log is silent.
    tiny.logged("2023-05-28 10:03:00", "adminadminadmin1", "974000002", thief, 6000);
    let told = tiny.told();
    let higher = |told: &crate::tiny::Told, file: &str| {
        told.text(&format!("select group_concat(reason, ' ') from (select reason from finding_why where file_id = '{file}' and direction = 'higher' and place < 4 order by place)"))
    };
    assert_eq!(
        (told.only_grade("974000001"), higher(&told, "974000001")),
        ("very_likely".into(), "web_log_cannot_show".into())
    );
    assert_eq!((told.only_grade("974000002"), higher(&told, "974000002")), ("likely".into(), "web_log_silent".into()));
    assert_eq!(told.only_grade("974000009"), "possible");
    assert_eq!(higher(&told, "974000009"), "no_request_for_it");

    // The same with the day's web log missing: silence is no contradiction any more, and the gap is named.
    tiny.drop_days.push("2023-05-28".to_owned());
    tiny.settings = format!("{ZONE}[window]\nfrom = \"2023-05-25T00:00:00Z\"\nto = \"2023-06-02T00:00:00Z\"\n");
    let told = tiny.told();
    if told.only_grade("974000002") == "very_likely" {
        assert_eq!(higher(&told, "974000002"), "second_source_gap");
        let gap = told.text("select n.finding_id from finding_why as w join named_finding as n on n.gap_no = w.gap_no where w.file_id = '974000002' and w.direction = 'higher'");
        assert!(gap.starts_with("gap:iis:missing_rollover:"), "{gap}");
    } else {
        assert_eq!(told.only_grade("974000009"), "not_excluded", "{}", told.grade("974000002"));
    }
    let gap_rows =
        "select count(*) from finding_evidence where file_id = '974000009' and role in ('gap_before', 'gap_after')";
    if told.only_grade("974000009") == "not_excluded" {
        assert_eq!(told.number(gap_rows), 2);
    }
}
