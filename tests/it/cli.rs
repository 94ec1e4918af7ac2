//! The command line as its users meet it: messages, exit codes, what goes to which stream, what is left behind.

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// What a run of the program gave.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn abfluss(args: &[&str]) -> Ran {
    let mut command = Command::cargo_bin("abfluss").expect("the binary is built with the tests");
    let output = command.args(args).env_remove("NO_COLOR").output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("all output is UTF-8");
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// A folder to work in, with evidence or without.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("temporary paths are UTF-8").to_owned()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = PathBuf::from(self.path(name));
        std::fs::create_dir_all(path.parent().expect("names are inside the folder")).expect("folders can be made");
        std::fs::write(&path, content).expect("files can be written");
        self.path(name)
    }

    fn entries(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.0.path())
            .expect("the folder is there")
            .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// A small web log of a quiet hour.
    fn evidence(&self) -> String {
        self.write(
            "evidence/u_ex230528.log",
            "#Fields: date time cs-method cs-uri-stem c-ip sc-status\n\
             2023-05-28 03:18:02 GET /human.aspx 198.51.100.7 200\n\
             2023-05-28 03:18:04 GET / 198.51.100.7 302\n",
        );
        self.path("evidence")
    }
}

fn demo() -> (String, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let text = |path: PathBuf| path.to_str().expect("the project's path is UTF-8").to_owned();
    (text(root.join("evidence")), text(root.join("case.toml")))
}

#[test]
fn a_wrong_path_is_named_and_leaves_nothing() {
    let desk = Desk::new();
    let ran = abfluss(&["audit", &desk.path("nope"), "--out", &desk.path("case")]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("nope does not exist\n\nhint: "), "{}", ran.err);
    assert_eq!(ran.out, "");
    assert_eq!(desk.entries(), [""; 0]);
}

#[test]
fn an_empty_folder_is_no_evidence() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("evidence/inner")).unwrap();
    let ran = abfluss(&["audit", &desk.path("evidence"), "--out", &desk.path("case")]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is an empty folder"), "{}", ran.err);
    assert_eq!(desk.entries(), ["evidence"]);
}

#[test]
fn a_folder_without_known_evidence_names_each_file_and_its_reason() {
    let desk = Desk::new();
    desk.write("evidence/notes.txt", "remember the milk\n");
    desk.write("evidence/b/empty.log", "");
    let ran = abfluss(&["audit", &desk.path("evidence"), "--out", &desk.path("case")]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("notes.txt: ") && ran.err.contains("b/empty.log: "), "{}", ran.err);
    assert!(ran.err.contains("hint: "), "{}", ran.err);
    assert_eq!(desk.entries(), ["evidence"]);
}

#[test]
fn a_wrong_key_is_named_with_its_line_before_anything_is_read() {
    let desk = Desk::new();
    let settings = desk.write("case.toml", "[window]\nform = \"2023-05-27T00:00:00Z\"\n");
    let ran = abfluss(&["audit", &desk.evidence(), "--case", &settings, "--out", &desk.path("case")]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("case.toml:2:1: unknown key \"window.form\"; the nearest valid one is \"window.from\""),
        "{}",
        ran.err
    );
    assert_eq!(desk.entries(), ["case.toml", "evidence"]);
}

#[test]
fn a_bad_time_names_key_value_and_form() {
    let desk = Desk::new();
    let settings = desk.write("case.toml", "[window]\nfrom = \"27.05.2023\"\n");
    let ran = abfluss(&["audit", &desk.evidence(), "--case", &settings, "--out", &desk.path("case")]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("window.from: \"27.05.2023\" is no point in time; expected RFC 3339"), "{}", ran.err);
}

#[test]
fn settings_that_are_no_utf8_name_the_byte() {
    let desk = Desk::new();
    let settings = desk.write("case.toml", b"[case]\nid = \"\xe4\"\n");
    let ran = abfluss(&["audit", &desk.evidence(), "--case", &settings, "--out", &desk.path("case")]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("not UTF-8 at byte 13"), "{}", ran.err);
}

#[test]
fn an_existing_case_is_replaced_only_with_force_and_other_folders_never() {
    let desk = Desk::new();
    let (evidence, case) = (desk.evidence(), desk.path("case"));
    let first = abfluss(&["import", &evidence, "--out", &case]);
    assert_eq!(first.code, 0, "{}", first.err);
    let before = std::fs::read(desk.path("case/case.db")).unwrap();
    let again = abfluss(&["audit", &evidence, "--out", &case]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("already holds a case") && again.err.contains("--force"), "{}", again.err);
    assert_eq!(std::fs::read(desk.path("case/case.db")).unwrap(), before);
    assert_eq!(abfluss(&["import", &evidence, "--out", &case, "--force"]).code, 0);

    let holiday = desk.write("holiday/photo.jpg", "x");
    let ran = abfluss(&["audit", &evidence, "--out", &desk.path("holiday"), "--force"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is not a case folder"), "{}", ran.err);
    assert!(Path::new(&holiday).exists());
    assert_eq!(desk.entries(), ["case", "evidence", "holiday"]);
}

#[test]
fn a_case_folder_inside_the_evidence_is_refused() {
    let desk = Desk::new();
    let evidence = desk.evidence();
    let ran = abfluss(&["audit", &evidence, "--out", &desk.path("evidence/case")]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("must not lie inside each other"), "{}", ran.err);
    assert!(!Path::new(&desk.path("evidence/case")).exists());
}

#[test]
fn what_is_not_built_says_so_by_name() {
    let desk = Desk::new();
    let (evidence, case) = (desk.evidence(), desk.path("case"));
    for (args, name) in [
        (vec!["verify", &case], "`abfluss verify`"),
        (vec!["audit", &evidence, "--out", &case, "--sealed", "age1x"], "`--sealed RECIPIENT`"),
        (vec!["report", &case, "--part", "pdf"], "`--part pdf`"),
        (vec!["report", &case, "--part", "bsi"], "`--part bsi`"),
        (vec!["report", &case, "--part", "dpo"], "`--part dpo`"),
        (vec!["report", &case, "--part", "sealed"], "`--part sealed`"),
    ] {
        let ran = abfluss(&args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.err.starts_with(&format!("error: {name} is not built in this version")), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
    assert_eq!(desk.entries(), ["evidence"]);
}

#[test]
fn commands_on_what_is_no_case_say_so() {
    let desk = Desk::new();
    for command in ["analyse", "report", "sessions"] {
        let ran = abfluss(&[command, &desk.path("nothing")]);
        assert_eq!(ran.code, 2, "{command}: {}", ran.err);
        assert!(ran.err.contains("is not a case"), "{command}: {}", ran.err);
    }
    assert_eq!(desk.entries(), [""; 0]);
}

#[test]
fn a_mistyped_argument_is_2_and_help_is_0() {
    assert_eq!(abfluss(&["audit"]).code, 2);
    assert_eq!(abfluss(&["adit"]).code, 2);
    assert_eq!(abfluss(&["audit", "x", "--out", "y", "--fail-on", "prove"]).code, 2);
    for args in [vec!["--help"], vec!["audit", "--help"], vec!["--version"]] {
        let ran = abfluss(&args);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
        assert!(!ran.out.is_empty());
    }
}

#[test]
fn the_audit_talks_on_standard_error_only_and_the_case_is_whole() {
    let desk = Desk::new();
    let (evidence, settings) = demo();
    let case = desk.path("case");
    let ran = abfluss(&["audit", &evidence, "--case", &settings, "--out", &case, "--lang", "en"]);
    // The demo has planted gaps in a required source.
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(ran.out, "");
    for part in ["At least: ", "Probably: ", "At most: ", "records   ", "rows/s", "report/report.html", "exit code 3: "]
    {
        assert!(ran.err.contains(part), "{part} is missing in:\n{}", ran.err);
    }
    assert!(!ran.err.contains('\u{1b}'), "no colour where nobody looks");
    assert_eq!(desk.entries(), ["case"]);
    for name in
        ["case.db", "case.toml", "run.jsonl", "manifest.sha256", "report/report.html", "report/leaked_files.csv"]
    {
        assert!(Path::new(&case).join(name).is_file(), "{name}");
    }
    assert!(!Path::new(&case).join("case.db-journal").exists());

    let quiet = abfluss(&["-q", "audit", &evidence, "--case", &settings, "--out", &case, "--force"]);
    assert_eq!(quiet.code, 3);
    assert!(quiet.err.lines().all(|line| line.starts_with("warning: ")), "{}", quiet.err);
}

#[test]
fn a_gap_goes_before_a_finding_in_the_exit_code() {
    let desk = Desk::new();
    let (evidence, settings) = demo();
    let ran = abfluss(&["audit", &evidence, "--case", &settings, "--out", &desk.path("a"), "--fail-on", "proven"]);
    assert_eq!(ran.code, 3);
    // The web log alone is required: no gap is left, the finding counts.
    let only_web = desk.write("case.toml", "[required]\nsources = [\"iis\"]\n");
    let ran = abfluss(&["audit", &evidence, "--case", &only_web, "--out", &desk.path("b"), "--fail-on", "proven"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let ran = abfluss(&["audit", &evidence, "--case", &only_web, "--out", &desk.path("c")]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn the_steps_give_the_same_report_as_the_whole_way() {
    let desk = Desk::new();
    let (evidence, settings) = demo();
    let whole = desk.path("whole");
    assert_eq!(abfluss(&["audit", &evidence, "--case", &settings, "--out", &whole]).code, 3);
    let steps = desk.path("steps");
    assert_eq!(abfluss(&["import", &evidence, "--case", &settings, "--out", &steps]).code, 0);
    let early = abfluss(&["report", &steps]);
    assert_eq!(early.code, 2, "{}", early.err);
    assert!(early.err.contains("hint: run `abfluss analyse"), "{}", early.err);
    assert_eq!(abfluss(&["analyse", &steps]).code, 3);
    assert!(!Path::new(&steps).join("report").exists());
    assert_eq!(abfluss(&["report", &steps]).code, 3);
    let mut compared = 0;
    for entry in std::fs::read_dir(Path::new(&whole).join("report")).unwrap() {
        let name = entry.unwrap().file_name();
        let read = |case: &str| std::fs::read(Path::new(case).join("report").join(&name)).unwrap();
        assert!(read(&whole) == read(&steps), "{name:?} differs");
        compared += 1;
    }
    assert!(compared >= 8, "only {compared} files compared");
    let runs = std::fs::read_to_string(Path::new(&steps).join("run.jsonl")).unwrap();
    assert_eq!(runs.lines().count(), 4 - 1, "import, analyse and report are recorded, the refused report is not");
}

#[test]
fn a_changed_database_is_noticed() {
    let desk = Desk::new();
    let (evidence, settings) = demo();
    let case = desk.path("case");
    assert_eq!(abfluss(&["audit", &evidence, "--case", &settings, "--out", &case]).code, 3);
    let database = rusqlite::Connection::open(Path::new(&case).join("case.db")).unwrap();
    database.execute_batch("update finding set grade = 'no_indication'").unwrap();
    drop(database);
    let ran = abfluss(&["analyse", &case]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("is not the database that manifest.sha256 recorded"), "{}", ran.err);
}

#[test]
fn a_decision_overrules_and_one_without_session_is_warned_of() {
    let desk = Desk::new();
    let (evidence, settings) = demo();
    let case = desk.path("case");
    abfluss(&["audit", &evidence, "--case", &settings, "--out", &case]);
    let listed = abfluss(&["sessions", &case, "--class", "hostile", "--format", "csv"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert!(listed.out.starts_with("session_id,class,reasons,address,first_request,"), "{}", listed.out);
    let id = listed.out.lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    let settings = std::fs::read_to_string(&settings).unwrap();
    let decision = |id: &str| {
        format!(
            "[[decision]]\nsession = \"{id}\"\nclass = \"known\"\nreason = \"our own test\"\nwho = \"M. Mustermann\"\n"
        )
    };
    let other = desk.write("other.toml", format!("{settings}\n{}{}", decision(&id), decision("no-such-session")));
    let ran = abfluss(&["analyse", &case, "--case", &other]);
    assert!(ran.err.contains("names session \"no-such-session\", which does not exist"), "{}", ran.err);
    let after = abfluss(&["sessions", &case, "--class", "hostile", "--format", "csv"]);
    assert!(!after.out.contains(&id), "{}", after.out);
}

#[test]
fn queries_are_read_only_and_their_rows_go_to_standard_output() {
    let desk = Desk::new();
    let case = desk.path("case");
    assert_eq!(abfluss(&["import", &desk.evidence(), "--out", &case]).code, 0);
    let ran = abfluss(&["query", &case, "--sql", "select count(*) as n, '=x' as t from web_request"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "n,t\r\n2,'=x\r\n", ""));
    let ran = abfluss(&["query", &case, "--sql", "select char(27) || '[2J' as t", "--format", "table"]);
    assert_eq!(ran.out, "t\n-----------\n⟨U+001B⟩[2J\n");
    let before = std::fs::read(desk.path("case/case.db")).unwrap();
    for sql in ["delete from web_line", "select 1; delete from web_line", "attach 'x.db' as x", "select nope", ""] {
        let ran = abfluss(&["query", &case, "--sql", sql]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{sql}: {}", ran.err);
    }
    assert_eq!(std::fs::read(desk.path("case/case.db")).unwrap(), before);
    let names = abfluss(&["query"]);
    assert!(names.out.contains("\r\nleaked_files,"), "{}", names.out);
    let wrong = abfluss(&["query", &case, "leaked_file"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("did you mean \"leaked_files\"?"), "{}", wrong.err);
}

#[test]
fn lists_are_data() {
    for args in [vec!["formats"], vec!["rules"], vec!["man"], vec!["man", "audit"], vec!["completions", "bash"]] {
        let ran = abfluss(&args);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
        assert!(ran.out.lines().count() > 3, "{args:?}");
    }
    assert_eq!(abfluss(&["man", "adit"]).code, 2);
}

#[test]
fn the_reference_is_what_the_program_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/cli.md");
    let printed = abfluss::cli::reference();
    if std::env::var_os("ABFLUSS_UPDATE").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == printed, "docs/reference/cli.md is not up to date: ABFLUSS_UPDATE=1 cargo test --test it cli");
}

#[test]
fn every_setting_is_explained_in_the_reference() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/case-toml.md");
    let text = std::fs::read_to_string(path).unwrap();
    for key in abfluss::case::settings::keys() {
        assert!(text.contains(&format!("`{key}`")), "docs/reference/case-toml.md does not explain {key}");
    }
    // The example in it is one that works.
    let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    abfluss::case::settings::Settings::parse(example, "the example").unwrap_or_else(|error| panic!("{error}"));
}

/// The demo's evidence in a folder of its own, to be meddled with.
fn demo_copy(desk: &Desk) -> PathBuf {
    let (evidence, _) = demo();
    let copy = PathBuf::from(desk.path("evidence"));
    for entry in walkdir::WalkDir::new(&evidence) {
        let entry = entry.expect("the demo can be walked");
        let to = copy.join(entry.path().strip_prefix(&evidence).expect("it lies inside"));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&to).expect("folders can be made");
        } else {
            std::fs::copy(entry.path(), &to).expect("files can be copied");
        }
    }
    copy
}

fn edit_dump(evidence: &Path, edit: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let dump = evidence.join("db/moveittransfer.sql");
    let bytes = edit(std::fs::read(&dump).expect("the dump is there"));
    std::fs::write(&dump, bytes).expect("it can be written");
}

fn replaced(text: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = memchr::memmem::find(&text, from).expect("the text is in the dump");
    [&text[..at], to, &text[at + from.len()..]].concat()
}

fn ask(case: &str, sql: &str) -> String {
    abfluss(&["query", case, "--sql", sql]).out.lines().skip(1).collect::<Vec<_>>().join("\n")
}

#[test]
fn bytes_that_are_no_text_and_numbers_without_measure_do_not_end_the_audit() {
    let desk = Desk::new();
    let evidence = demo_copy(&desk);
    edit_dump(&evidence, |text| {
        // An id, an address and a size that no server writes.
        let text = replaced(text, b"('963587834',", b"('9635\xff834',");
        let text = replaced(text, b"'10.20.4.11'", b"'10.20.4.\xe4'");
        replaced(text, b",27066,", b",99999999999999999999999999,")
    });
    let case = desk.path("case");
    let ran = abfluss(&["audit", evidence.to_str().expect("UTF-8"), "--out", &case]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(
        ask(&case, "select file_id, size_bytes from finding where file_id like '9635\\xFF%'"),
        "9635\\xFF834,10000000000000"
    );
    // The vendor table keeps the bytes.
    assert_eq!(ask(&case, "select hex(ID) from moveit_files where typeof(ID) = 'blob'"), "39363335FF383334");
}

#[test]
fn without_the_users_table_the_audit_warns_and_nobody_is_a_stranger_for_it() {
    let desk = Desk::new();
    let evidence = demo_copy(&desk);
    edit_dump(&evidence, |text| {
        let from = memchr::memmem::find(&text, b"DROP TABLE IF EXISTS `users`").expect("the table is there");
        let end = from + memchr::memmem::find(&text[from..], b"UNLOCK TABLES;").expect("it ends") + 14;
        [&text[..from], &text[end..]].concat()
    });
    let (whole, case) = (desk.path("whole"), desk.path("case"));
    assert_eq!(abfluss(&["audit", &demo().0, "--out", &whole]).code, 3);
    let ran = abfluss(&["audit", evidence.to_str().expect("UTF-8"), "--out", &case]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("no dump has users: "), "{}", ran.err);
    let proven = "select count(*) from finding where grade = 'proven'";
    assert_eq!(ask(&case, proven), ask(&whole, proven));
}

#[test]
fn the_newer_of_two_dumps_says_what_a_file_is_whatever_their_names() {
    let desk = Desk::new();
    let evidence = demo_copy(&desk);
    let older = std::fs::read(evidence.join("db/moveittransfer.sql")).expect("the dump is there");
    let older = replaced(older, b"-- Dump completed on 2023-06-01", b"-- Dump completed on 2023-05-20");
    std::fs::write(evidence.join("db/zz_older.sql"), replaced(older, b",27066,", b",11111,"))
        .expect("it can be written");
    let case = desk.path("case");
    let ran = abfluss(&["audit", evidence.to_str().expect("UTF-8"), "--out", &case]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(ask(&case, "select size_bytes from finding where file_id = '963587834'"), "27066");
}

#[test]
fn a_copy_of_a_log_under_another_name_makes_no_missing_day() {
    let desk = Desk::new();
    let evidence = demo_copy(&desk);
    std::fs::copy(evidence.join("iis/W3SVC2/u_ex230528.log"), evidence.join("a copy.txt")).expect("it can be copied");
    let case = desk.path("case");
    let ran = abfluss(&["audit", evidence.to_str().expect("UTF-8"), "--out", &case]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(ask(&case, "select count(*) from gap where rule = 'missing_rollover'"), "0");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    use std::process::{Command, Stdio};
    let desk = Desk::new();
    let case = desk.path("case");
    assert_eq!(abfluss(&["import", &desk.evidence(), "--out", &case]).code, 0);
    let sql = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) select i from n";
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("abfluss"))
        .args(["query", &case, "--sql", sql])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned()), (Some(0), String::new()));
}
