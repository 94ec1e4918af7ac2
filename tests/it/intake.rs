//! Evidence into a case: what is found, what becomes of it, and that nothing depends on chance.

#![allow(clippy::unwrap_used, reason = "helpers of tests, outside of #[test] functions")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use abfluss::case::{Case, CaseError, EvidenceStatus, ManifestLine, verify_manifest, write_manifest};
use abfluss::intake::{ImportError, ImportOptions, ImportReport, Limits, import};
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

/// A web log of `lines` requests on a day of May 2023; `salt` makes its bytes differ from others.
fn web_log(salt: &str, lines: usize) -> Vec<u8> {
    let mut text = "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n\
                    #Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) sc-status time-taken\r\n"
        .to_owned();
    for n in 0..lines {
        text.push_str(&format!(
            "2023-05-28 {:02}:{:02}:{:02} GET /{salt}/{n} - 192.0.2.{} agent 200 {n}\r\n",
            n / 3600 % 24,
            n / 60 % 60,
            n % 60,
            n % 200
        ));
    }
    text.into_bytes()
}

fn dump(table: &str, columns: &[&str], rows: &[&str]) -> Vec<u8> {
    let declared: Vec<String> = columns.iter().map(|c| format!("  `{c}` varchar(40) DEFAULT NULL")).collect();
    let mut text =
        "-- MySQL dump 10.13  Distrib 8.0.33, for Win64 (x86_64)\n--\n-- Host: localhost    Database: moveittransfer\n"
            .to_owned();
    text.push_str(&format!("CREATE TABLE `{table}` (\n{}\n);\n", declared.join(",\n")));
    if !rows.is_empty() {
        text.push_str(&format!("INSERT INTO `{table}` VALUES {};\n", rows.join(",")));
    }
    text.push_str("-- Dump completed on 2023-06-01 12:00:00\n");
    text.into_bytes()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

struct Bench {
    root: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("evidence")).unwrap();
        Self { root }
    }

    fn evidence(&self) -> PathBuf {
        self.root.path().join("evidence")
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.evidence().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn case(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn import_with(&self, name: &str, options: &ImportOptions<'_>) -> ImportReport {
        let case = Case::create(&self.case(name), false).unwrap();
        let report = import(&case, &[self.evidence()], options).unwrap();
        case.close().unwrap().publish().unwrap();
        report
    }

    fn import(&self, name: &str) -> ImportReport {
        self.import_with(name, &ImportOptions::default())
    }

    fn ask(&self, name: &str, sql: &str) -> Vec<String> {
        ask(&self.case(name), sql)
    }
}

/// Rows of one text column.
fn ask(case: &Path, sql: &str) -> Vec<String> {
    let case = Case::open_read(case).unwrap();
    let mut statement = case.connection().prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
    rows.map(|row| row.unwrap().unwrap_or_else(|| "NULL".to_owned())).collect()
}

const FATES: &str = "select path || ' ' || status || ' ' || coalesce(reason, '-') from evidence order by evidence_id";

#[test]
fn everything_found_is_listed_with_its_fate() {
    let bench = Bench::new();
    bench.put("logs/u_ex230528.log", &web_log("a", 3));
    bench.put("logs/copy.log", &web_log("a", 3));
    bench.put("dump.sql", &dump("log", &["ID", "Action"], &["('1','file_download')", "('2',NULL)"]));
    bench.put("empty.log", b"");
    bench.put("note.txt", b"dear all\n");
    bench.put("server.log", b"2023-05-28 00:00:01 10.0.0.1 GET / - 443 - 192.0.2.1 x - 200 0 0 1\r\n");
    let report = bench.import("case");
    assert_eq!(
        bench.ask("case", FATES),
        [
            "dump.sql imported -",
            "empty.log refused empty_file",
            "logs/copy.log imported -",
            "logs/u_ex230528.log duplicate same_bytes",
            "note.txt refused no_reader",
            "server.log refused no_fields",
        ]
    );
    assert_eq!(report.count(EvidenceStatus::Imported), 2);
    assert_eq!(report.not_imported.len(), 4);
    assert!(report.records.adds_up());
    assert_eq!(report.records.stored, 5);
    let sums = "select count(*) || '' from evidence where records_read != records_stored + records_set_aside + \
                records_header or (status != 'imported' and records_read > 0) or length(sha256) != 64";
    assert_eq!(bench.ask("case", sums), ["0"]);
    assert_eq!(bench.ask("case", "select count(*) || '' from web_request"), ["3"]);
    let logged = "select \"ID\" || ' ' || coalesce(\"Action\", 'null') || ' ' || _evidence_id from moveit_log";
    assert_eq!(bench.ask("case", logged), ["1 file_download 1", "2 null 1"]);
    assert_eq!(bench.ask("case", "select rollover_day from evidence where path like '%u_ex%'"), ["2023-05-28"]);
}

#[test]
fn two_imports_give_the_same_bytes_with_any_number_of_readers() {
    let bench = Bench::new();
    for day in 10..30 {
        bench.put(&format!("u_ex2305{day}.log"), &web_log(&day.to_string(), 20 * day));
    }
    bench.put("u_ex230601.log", &web_log("long", 30_000));
    bench.put("dump.sql", &dump("files", &["ID", "Name"], &["('123456789','a.pdf')"]));
    bench.put("old.zip", &zip_of(&[("u_ex230401.log", &web_log("zip", 50)), ("dump.sql.gz", &gz(&web_log("x", 5)))]));
    for (name, workers) in [("one", 1), ("one_again", 1), ("four", 4)] {
        bench.import_with(name, &ImportOptions { workers, ..ImportOptions::default() });
    }
    let bytes = |name: &str| fs::read(bench.case(name).join("case.db")).unwrap();
    assert!(bytes("one") == bytes("one_again"), "two imports differ");
    assert!(bytes("one") == bytes("four"), "the number of readers shows");
}

#[test]
fn archives_are_read_in_place() {
    let bench = Bench::new();
    let inner = zip_of(&[("deep/u_ex230529.log", &web_log("deep", 4))]);
    let mut two_members = gz(&web_log("first", 2));
    two_members.extend(gz(b"2023-05-28 23:59:59 GET /last - 192.0.2.1 agent 200 1\r\n"));
    bench.put("u_ex230528.log.gz", &two_members);
    bench
        .put("logs.zip", &zip_of(&[("../../x.log", &web_log("outer", 3)), ("in.zip", &inner), ("readme", b"hello\n")]));
    bench.import("case");
    assert_eq!(
        bench.ask("case", FATES),
        [
            "logs.zip container -",
            "logs.zip!../../x.log imported -",
            "logs.zip!in.zip container -",
            "logs.zip!in.zip!deep/u_ex230529.log imported -",
            "logs.zip!readme refused no_reader",
            "u_ex230528.log.gz container -",
            "u_ex230528.log.gz!u_ex230528.log imported -",
        ]
    );
    let parents = "select coalesce(parent_id, 0) || '' from evidence order by evidence_id";
    assert_eq!(bench.ask("case", parents), ["0", "1", "1", "3", "1", "0", "6"]);
    let counts = "select group_concat(records_stored, ' ') from evidence where format = 'iis_w3c'";
    assert_eq!(bench.ask("case", counts), ["3 4 3"]);
    assert_eq!(bench.ask("case", "select rollover_day from evidence where evidence_id = 7"), ["2023-05-28"]);
    // The member's hash is that of its own bytes.
    bench.put(
        "u_ex230528.log",
        &[web_log("first", 2), b"2023-05-28 23:59:59 GET /last - 192.0.2.1 agent 200 1\r\n".to_vec()].concat(),
    );
    bench.import("again");
    assert!(bench.ask("again", FATES).contains(&"u_ex230528.log.gz!u_ex230528.log duplicate same_bytes".to_owned()));
}

#[test]
fn archives_made_to_harm_are_refused_and_leave_no_row() {
    let bench = Bench::new();
    let bomb = web_log("bomb", 20_000);
    bench.put("a.log", &web_log("a", 2));
    bench.put("bomb.log.gz", &gz(&bomb));
    bench.put("bomb.zip", &zip_of(&[("small.log", &web_log("small", 1)), ("big.log", &bomb)]));
    bench.put(
        "nested.zip",
        &zip_of(&[("1.zip", &zip_of(&[("2.zip", &zip_of(&[("3.zip", &zip_of(&[("x", b"y")]))]))]))]),
    );
    bench.put("many.zip", &zip_of(&[("1", b"1"), ("2", b"2"), ("3", b"3")]));
    let limits = Limits { ratio: 2, free_bytes: 100_000, members: 2, depth: 3, ..Limits::default() };
    bench.import_with("case", &ImportOptions { limits, ..ImportOptions::default() });
    assert_eq!(
        bench.ask("case", FATES),
        [
            "a.log imported -",
            "bomb.log.gz container -",
            "bomb.log.gz!bomb.log refused unpack_limit",
            "bomb.zip container -",
            "bomb.zip!small.log imported -",
            "bomb.zip!big.log refused unpack_limit",
            "many.zip refused unpack_limit",
            "nested.zip container -",
            "nested.zip!1.zip container -",
            "nested.zip!1.zip!2.zip container -",
            "nested.zip!1.zip!2.zip!3.zip refused unpack_limit",
        ]
    );
    assert_eq!(bench.ask("case", "select count(*) || '' from web_line"), ["3"]);
    assert_eq!(bench.ask("case", "select count(*) || '' from web_text where text like '%bomb%'"), ["0"]);
}

#[test]
fn a_cut_gzip_gives_what_it_holds_and_says_so() {
    let bench = Bench::new();
    let whole = gz(&web_log("cut", 50_000));
    bench.put("u_ex230528.log.gz", &whole[..whole.len() / 2]);
    let mut trailing = gz(&web_log("trailing", 5));
    trailing.extend(b"not a gzip member");
    bench.put("z.log.gz", &trailing);
    let whole_zip = zip_of(&[("a.log", &web_log("zip", 5))]);
    bench.put("z.zip", &whole_zip[..whole_zip.len() - 10]);
    let report = bench.import("case");
    assert_eq!(report.cut_off, ["u_ex230528.log.gz!u_ex230528.log"]);
    let kinds = "select distinct e.path || ' ' || n.kind from evidence_note n join evidence e using (evidence_id) \
                 where n.detail like '%archive%' order by 1";
    let expected = ["u_ex230528.log.gz!u_ex230528.log cut_off", "z.log.gz!z.log damaged_archive"];
    assert_eq!(bench.ask("case", kinds), expected);
    let stored: u64 = bench.ask("case", "select count(*) || '' from web_line")[0].parse().unwrap();
    assert!(stored > 1_000 && stored < 50_005, "{stored}");
    assert!(bench.ask("case", FATES).contains(&"z.zip refused damaged_archive".to_owned()));
}

#[test]
fn an_encrypted_member_is_named() {
    let bench = Bench::new();
    let mut bytes = zip_of(&[("secret.log", &web_log("s", 5)), ("open.log", &web_log("o", 5))]);
    // The general purpose flag, bit 0: in the local header and in the central directory.
    bytes[6] |= 1;
    let central = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    bytes[central + 8] |= 1;
    bench.put("a.zip", &bytes);
    bench.import("case");
    let expected = ["a.zip container -", "a.zip!secret.log refused encrypted_member", "a.zip!open.log imported -"];
    assert_eq!(bench.ask("case", FATES), expected);
}

#[test]
fn a_refused_file_leaves_no_row_and_the_others_stay() {
    let bench = Bench::new();
    bench.put("1.log", &web_log("one", 10));
    // The middle of its unpacking goes wrong for good: over the limit after rows were handed out.
    bench.put("2.log.gz", &gz(&web_log("two", 60_000)));
    bench.put("3.log", &web_log("three", 10));
    let limits = Limits { member_bytes: 3_000_000, ..Limits::default() };
    bench.import_with("case", &ImportOptions { limits, workers: 2, ..ImportOptions::default() });
    let counts = "select e.path || ' ' || count(l.web_id) from evidence e left join web_line l using (evidence_id) \
                  group by evidence_id";
    assert_eq!(bench.ask("case", counts), ["1.log 10", "2.log.gz 0", "2.log.gz!2.log 0", "3.log 10"]);
    // Texts follow on as if it had never been there, and every reference resolves.
    assert_eq!(bench.ask("case", "select (max(text_id) - count(*)) || '' from web_text"), ["0"]);
    assert_eq!(bench.ask("case", "select count(*) || '' from web_request where path is null"), ["0"]);
}

#[test]
fn further_evidence_is_appended_and_known_bytes_are_not_counted_twice() {
    let bench = Bench::new();
    bench.put("1.log", &web_log("one", 10));
    bench.put("dump.sql", &dump("log", &["ID", "Action"], &["('1','x')"]));
    bench.import("case");
    bench.put("2.log", &web_log("two", 10));
    // Another dump: columns in another order, one more, one less, another case.
    bench.put("dump2.sql", &dump("Log", &["InstID", "id"], &["('7','2')"]));
    let case = Case::open_write(&bench.case("case")).unwrap();
    let report = import(&case, &[bench.evidence()], &ImportOptions::default()).unwrap();
    case.close().unwrap().publish().unwrap();
    assert_eq!(report.count(EvidenceStatus::Duplicate), 2);
    assert_eq!(report.count(EvidenceStatus::Imported), 2);
    assert!(!report.nothing_known());
    let sources = "select source || ' ' || path || ' ' || status from evidence order by evidence_id";
    assert_eq!(
        bench.ask("case", sources),
        [
            "1 1.log imported",
            "1 dump.sql imported",
            "2 1.log duplicate",
            "2 2.log imported",
            "2 dump.sql duplicate",
            "2 dump2.sql imported",
        ]
    );
    let rows =
        "select concat_ws('|', \"ID\", coalesce(\"Action\", 'null'), coalesce(\"InstID\", 'null')) from moveit_log";
    assert_eq!(bench.ask("case", rows), ["1|x|null", "2|null|7"]);
    assert_eq!(bench.ask("case", "select count(distinct path) || '' from web_request"), ["20"]);
    assert!(!bench.case("case").join("case.db-journal").exists());
}

#[test]
fn names_of_tables_and_columns_can_do_no_harm() {
    let bench = Bench::new();
    let hostile = "x\"; drop table evidence; --";
    bench.put("1.sql", &dump(hostile, &["_offset", "_evidence_id", "select", "a\"b"], &["('1','2','3','4')"]));
    bench.import("case");
    let sql = "select concat_ws(' ', _offset_2, _evidence_id_2, \"select\", \"a\"\"b\") from \
               \"moveit_x\"\"; drop table evidence; --\"";
    assert_eq!(bench.ask("case", sql), ["1 2 3 4"]);
    assert_eq!(bench.ask("case", "select vendor_name from vendor_table"), [hostile]);
}

#[test]
fn a_table_with_more_columns_than_sqlite_takes_keeps_all_values() {
    let bench = Bench::new();
    let names: Vec<String> = (0..2_500).map(|n| format!("c{n}")).collect();
    let columns: Vec<&str> = names.iter().map(String::as_str).collect();
    let values: Vec<String> = (0..2_500).map(|n| format!("'{n}'")).collect();
    bench.put("1.sql", &dump("wide", &columns, &[&format!("({})", values.join(","))]));
    bench.import("case");
    let sql = "select concat_ws(' ', c0, c1899, _more ->> 'c1900', _more ->> 'c2499') from moveit_wide";
    assert_eq!(bench.ask("case", sql), ["0 1899 1900 2499"]);
}

#[test]
fn nothing_to_import_is_said() {
    let bench = Bench::new();
    let case = Case::create(&bench.case("case"), false).unwrap();
    let options = ImportOptions::default();
    assert!(matches!(import(&case, &[bench.evidence()], &options), Err(ImportError::NoFiles { .. })));
    assert!(matches!(import(&case, &[bench.case("none")], &options), Err(ImportError::Missing { .. })));
    bench.put("note.txt", b"dear all\n");
    assert!(import(&case, &[bench.evidence()], &options).unwrap().nothing_known());
}

#[test]
fn declared_fields_open_a_log_without_them() {
    let bench = Bench::new();
    bench.put("a/bare.log", b"2023-05-28 00:00:01 GET / 192.0.2.1 200\r\n");
    let fields = |path: &str| {
        let names = "date time cs-method cs-uri-stem c-ip sc-status".split(' ').map(str::to_owned).collect();
        (path == "a/bare.log").then_some(names)
    };
    bench.import_with("case", &ImportOptions { declared_fields: &fields, ..ImportOptions::default() });
    assert_eq!(bench.ask("case", "select client || ' ' || status from web_request"), ["192.0.2.1 200"]);
}

#[cfg(unix)]
#[test]
fn pipes_links_and_broken_links_are_listed_and_never_opened() {
    let bench = Bench::new();
    bench.put("1.log", &web_log("one", 1));
    std::os::unix::fs::symlink("1.log", bench.evidence().join("2.log")).unwrap();
    std::os::unix::fs::symlink("nowhere", bench.evidence().join("3.log")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(bench.evidence().join("4.log")).status();
    let pipe = made.is_ok_and(|status| status.success());
    bench.import("case");
    let mut expected = vec!["1.log imported -", "2.log refused symlink", "3.log refused symlink"];
    if pipe {
        expected.push("4.log refused not_a_file");
    } else {
        eprintln!("skipped: no mkfifo here");
    }
    assert_eq!(bench.ask("case", FATES), expected);
}

#[test]
fn the_manifest_covers_a_closed_case() {
    let bench = Bench::new();
    bench.put("1.log", &web_log("one", 1));
    let case = Case::create(&bench.case("case"), false).unwrap();
    import(&case, &[bench.evidence()], &ImportOptions::default()).unwrap();
    case.outputs().write_atomically("report/a.csv", b"a\n").unwrap();
    let closed = case.close().unwrap();
    write_manifest(closed.folder()).unwrap();
    let folder = closed.publish().unwrap();
    let lines = verify_manifest(&folder).unwrap();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(ManifestLine::unchanged));
}

/// A copy of database and journal in the middle of a transaction is what a killed process leaves behind.
#[test]
fn a_killed_import_leaves_the_files_before_it_and_nothing_of_its_own() {
    let bench = Bench::new();
    bench.put("1.log", &web_log("one", 100));
    bench.import("case");
    let killed = bench.case("killed");
    fs::create_dir(&killed).unwrap();
    let case = Case::open_write(&bench.case("case")).unwrap();
    // Few pages in memory, so that the half transaction reaches the disk.
    case.connection().execute_batch("pragma cache_size = 5; begin").unwrap();
    case.connection().execute_batch("update web_line set status = 999").unwrap();
    case.connection()
        .execute_batch(
            "insert into web_text with n(i) as (select 1000 union all select i + 1 from n where i < 200000) \
             select i, 'half' from n",
        )
        .unwrap();
    for file in ["case.db", "case.db-journal"] {
        fs::copy(bench.case("case").join(file), killed.join(file)).unwrap();
    }
    drop(case);
    assert!(fs::metadata(killed.join("case.db")).unwrap().len() > 1_000_000);
    assert!(matches!(Case::open_read(&killed), Err(CaseError::Interrupted { .. })));
    let report = {
        let case = Case::open_write(&killed).unwrap();
        bench.put("2.log", &web_log("two", 100));
        let report = import(&case, &[bench.evidence()], &ImportOptions::default()).unwrap();
        case.close().unwrap().publish().unwrap();
        report
    };
    assert_eq!(report.count(EvidenceStatus::Imported), 1);
    let counts = "select e.path || ' ' || count(l.web_id) || ' ' || coalesce(max(l.status), 0) from evidence e \
                  left join web_line l using (evidence_id) where e.status = 'imported' group by evidence_id";
    assert_eq!(ask(&killed, counts), ["1.log 100 200", "2.log 100 200"]);
    assert_eq!(ask(&killed, "select count(*) || '' from web_text where text = 'half'"), ["0"]);
}

/// Real logs and dumps of the working place: everything is accounted for.
#[test]
fn the_corpus_is_accounted_for() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: no corpus beside the project");
        return;
    }
    let bench = Bench::new();
    let case = Case::create(&bench.case("case"), false).unwrap();
    let report = import(&case, &[corpus], &ImportOptions::default()).unwrap();
    case.close().unwrap().publish().unwrap();
    assert!(report.records.adds_up());
    assert_eq!(report.count(EvidenceStatus::Unreadable), 0);
    assert!(!report.not_imported.iter().any(|file| file.reason == "reader_failed"), "{:?}", report.not_imported);
    let iis = "select path || ' ' || status || ' ' || coalesce(reason, '-') from evidence where path like 'iis/%' and \
               status != 'imported'";
    eprintln!("{:#?}", bench.ask("case", iis));
    let httperr = "select distinct status || ' ' || reason from evidence where path like 'httperr/%.log'";
    eprintln!("{:?}", bench.ask("case", httperr));
}

#[test]
fn of_two_copies_of_a_log_only_the_longer_one_counts() {
    let long = web_log("a", 50);
    // Taken while the server was writing: cut in the middle of a line.
    let short = &long[..long.len() / 2];
    for (first, second) in [("a.log", "b.log"), ("b.log", "a.log")] {
        let bench = Bench::new();
        bench.put(first, &long);
        bench.put(second, short);
        // The same beginning only, then other requests: no copy.
        let mut other = short.to_vec();
        other.extend_from_slice(b"\r\n2023-05-28 23:00:00 GET /other - 192.0.2.9 agent 200 1\r\n");
        let report = bench.import("case");
        assert_eq!(report.count(EvidenceStatus::Duplicate), 1);
        assert_eq!((report.records.stored, report.records.set_aside, report.records.headers), (50, 0, 3));
        assert_eq!(report.not_imported[0].reason, "beginning_of");
        assert!(report.cut_off.is_empty());
        let rows = "select (select count(*) from web_line) || ' ' || (select sum(records_read) from evidence) || ' ' || \
                    (select count(*) from set_aside)";
        assert_eq!(bench.ask("case", rows), ["50 53 0"]);
        bench.put("c.log", &other);
        let report = bench.import("again");
        assert_eq!(report.count(EvidenceStatus::Duplicate), 1, "{:?}", report.not_imported);
    }
}
