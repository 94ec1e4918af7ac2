//! Literals, statements, cuts and properties of the dump reader. What real servers write is in `tests/it/mysqldump.rs`.

use std::io::Read;
use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::formats::{Note, Tally};

/// Everything read from a dump, with the block size given.
fn read_all(dump: &[u8], block: usize) -> (Vec<DumpItem>, Summary) {
    let mut items = Vec::new();
    let mut input = dump;
    let summary = read_in_blocks(&mut input, block, &mut |batch| {
        items.extend(batch);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(summary.tally.adds_up(), "{:?}", summary.tally);
    let rows = items.iter().filter(|i| matches!(i, DumpItem::Row(_))).count() as u64;
    let aside = items.iter().filter(|i| matches!(i, DumpItem::SetAside(_))).count() as u64;
    assert_eq!((summary.tally.stored, summary.tally.set_aside), (rows, aside));
    (items, summary)
}

fn rows(dump: impl AsRef<[u8]>) -> Vec<Vec<Value>> {
    let dump = dump.as_ref();
    let (items, _) = read_all(dump, source::BLOCK);
    items
        .into_iter()
        .filter_map(|item| match item {
            DumpItem::Row(row) => {
                assert_eq!(dump[row.offset as usize], b'(', "offset of a row");
                Some(row.values)
            }
            DumpItem::Table(_) | DumpItem::SetAside(_) => None,
        })
        .collect()
}

fn tables(dump: &str) -> Vec<TableDef> {
    let (items, _) = read_all(dump.as_bytes(), source::BLOCK);
    items.into_iter().filter_map(|i| if let DumpItem::Table(t) = i { Some(t) } else { None }).collect()
}

fn reasons(dump: impl AsRef<[u8]>) -> Vec<&'static str> {
    let (items, _) = read_all(dump.as_ref(), source::BLOCK);
    items.into_iter().filter_map(|i| if let DumpItem::SetAside(s) = i { Some(s.reason) } else { None }).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.into())
}

/// The value of one literal in a column of that type.
fn value(column: &str, literal: &str) -> Value {
    let dump =
        format!("SET NAMES utf8mb4; CREATE TABLE t (a {column}) CHARSET=utf8; INSERT INTO t VALUES ({literal});");
    let rows = rows(&dump);
    assert_eq!(rows.len(), 1, "{dump}");
    rows[0][0].clone()
}

#[test]
fn every_escape_is_read_as_the_server_reads_it() {
    assert_eq!(value("text", r#"'\0\'\"\b\n\r\t\Z\\\%\_\x'"#), text("\0'\"\u{8}\n\r\t\u{1a}\\\\%\\_x"));
    assert_eq!(value("text", "'it''s'"), text("it's"));
    assert_eq!(value("text", r#""say ""hi"" 'x'""#), text("say \"hi\" 'x'"));
    assert_eq!(value("text", "''"), text(""));
    assert_eq!(value("text", "''''"), text("'"));
    assert_eq!(value("text", "'a;b),(c -- d /* e'"), text("a;b),(c -- d /* e"));
}

#[test]
fn every_literal_form_has_its_value() {
    assert_eq!(value("int", "NULL"), Value::Null);
    assert_eq!(value("int", "null"), Value::Null);
    assert_eq!(value("int", "-12"), Value::Integer(-12));
    assert_eq!(value("int", "'42'"), Value::Integer(42));
    assert_eq!(value("int", "TRUE"), Value::Integer(1));
    assert_eq!(value("bigint unsigned", "18446744073709551615"), Value::Number("18446744073709551615".into()));
    assert_eq!(value("double", "1e+20"), Value::Number("1e+20".into()));
    assert_eq!(value("double", "0.30000000000000004"), Value::Real(0.300_000_000_000_000_04));
    assert_eq!(value("decimal(10,2)", "-1.50"), Value::Number("-1.50".into()));
    assert_eq!(value("blob", "0x00fF"), bytes(&[0, 0xff]));
    assert_eq!(value("blob", "x'00fF'"), bytes(&[0, 0xff]));
    assert_eq!(value("blob", "X''"), bytes(&[]));
    assert_eq!(value("blob", "0x"), bytes(&[]));
    assert_eq!(value("blob", "_binary 'a\\0b'"), bytes(b"a\0b"));
    assert_eq!(value("blob", "'plain'"), bytes(b"plain"));
    assert_eq!(value("text", "0x4DC3BC"), text("Mü"));
    assert_eq!(value("text", "_utf8mb4 'ü'"), text("ü"));
    assert_eq!(value("text", "_latin1 0xFC"), text("ü"));
    assert_eq!(value("text", "N'ü'"), text("ü"));
    assert_eq!(value("bit(1)", "b'1'"), bytes(&[1]));
    assert_eq!(value("bit(12)", "b'101'"), bytes(&[0, 5]));
    assert_eq!(value("bit(9)", "0b100000001"), bytes(&[1, 1]));
    assert_eq!(value("bit(8)", "'\\0'"), bytes(&[0]));
    assert_eq!(value("bit(16)", "5"), bytes(&[0, 5]));
    assert_eq!(value("datetime", "'2023-05-28 05:21:44'"), text("2023-05-28 05:21:44"));
    assert_eq!(value("date", "DATE '2023-05-28'"), text("2023-05-28"));
    assert_eq!(value("int", " /* c */ 5 -- end\n"), Value::Integer(5));
}

#[test]
fn what_states_no_value_sets_its_row_aside_and_no_other() {
    for literal in ["CURRENT_TIMESTAMP()", "now()", "DEFAULT", "1+1", "(1)", "'a' 'b'", "@x", "-", "12ab", "0xZZ", ""] {
        let dump = format!("CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1,2),({literal},')'),(3,4);");
        assert_eq!(rows(&dump).len(), 2, "{literal}");
        assert_eq!(reasons(&dump), ["unreadable_value"], "{literal}");
    }
    let dump = "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1,2),(1),(1,2,3),();";
    assert_eq!(reasons(dump), ["wrong_value_count"; 3]);
    let (items, _) = read_all(dump.as_bytes(), 7);
    let DumpItem::SetAside(aside) = &items[2] else { panic!("{items:?}") };
    assert_eq!((aside.raw.as_slice(), aside.length), (b"(1)".as_slice(), 3));
    assert_eq!(aside.offset, dump.find("(1)").unwrap() as u64);
}

#[test]
fn a_delimiter_ends_a_broken_row() {
    let dump = "INSERT INTO t VALUES (1, foo;\nINSERT INTO t VALUES (2);";
    assert_eq!(reasons(dump), ["unreadable_value"]);
    assert_eq!(rows(dump), [[Value::Integer(2)]]);
}

#[test]
fn sql_mode_decides_about_quotes() {
    let dump = "/*!40101 SET SQL_MODE='ANSI' */;CREATE TABLE \"t\" (\"a\"\"b\" text);INSERT INTO \"t\" (\"a\"\"b\") VALUES (\"x\\n\");";
    assert_eq!(rows(dump), [[text("x\n")]]);
    assert_eq!(tables(dump)[0].columns[0].name, "a\"b");
    let dump = r"SET sql_mode='NO_BACKSLASH_ESCAPES'; INSERT INTO t VALUES ('C:\'),('a''b\n');";
    assert_eq!(rows(dump), [[text("C:\\")], [text("a'b\\n")]]);
}

#[test]
fn create_table_is_read_with_everything_a_server_writes() {
    let dump = r#"CREATE TABLE IF NOT EXISTS `db`.`we``ird` (
      `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT COMMENT 'a, (b) `c` it''s; "x"',
      "dq" enum('a','b,)','c''d') CHARACTER SET latin1 DEFAULT 'a',
      j json DEFAULT NULL CHECK (json_valid(`j`) and j <> '(,"'),
      `g` int GENERATED ALWAYS AS (`id` + (1)) VIRTUAL,
      v varchar(10) COLLATE utf8mb4_bin, d decimal(10,2) unsigned zerofill, bb bit(12), dp double precision,
      vb char(4) CHARACTER SET binary, ts timestamp(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
      `key` int, period int, geo point /*!80003 SRID 4326 */,
      PRIMARY KEY (`id`), UNIQUE KEY `u` (`v`(3)), KEY (d), FULLTEXT KEY `f` (`v`), CONSTRAINT `c` FOREIGN KEY (`g`)
      REFERENCES `x` (`y`) ON DELETE CASCADE, CHECK (`id` in (1,2))
    ) ENGINE=InnoDB DEFAULT CHARSET=latin1 COMMENT='charset=utf8' /*!50100 PARTITION BY HASH (id) PARTITIONS 4 */;"#;
    let table = tables(dump).remove(0);
    assert_eq!((table.name.as_str(), table.created, table.offset), ("we`ird", true, 0));
    let columns: Vec<_> = table.columns.iter().map(|c| (c.name.as_str(), c.declared.as_str(), c.kind)).collect();
    use ColumnKind::*;
    let expected = [
        ("id", "bigint(20) unsigned", Integer),
        ("dq", "enum('a','b,)','c''d')", Text),
        ("j", "json", Text),
        ("g", "int", Integer),
        ("v", "varchar(10)", Text),
        ("d", "decimal(10,2) unsigned zerofill", Number),
        ("bb", "bit(12)", Bit),
        ("dp", "double precision", Number),
        ("vb", "char(4)", Binary),
        ("ts", "timestamp(6)", Temporal),
        ("key", "int", Integer),
        ("period", "int", Integer),
        ("geo", "point", Binary),
    ];
    assert_eq!(columns, expected);
}

#[test]
fn values_go_by_name_where_columns_are_listed() {
    let dump = "CREATE TABLE t (a int, b text, c int); INSERT INTO t (c, `A`) VALUES (3,1); INSERT INTO t (b,x) VALUES ('b','x'),('c',0x00); \
                INSERT INTO t VALUES (7,'8',9);";
    let expected = [
        vec![Value::Integer(1), Value::Null, Value::Integer(3)],
        vec![Value::Null, text("b"), Value::Null, text("x")],
        vec![Value::Null, text("c"), Value::Null, bytes(&[0])],
        vec![Value::Integer(7), text("8"), Value::Integer(9)],
    ];
    assert_eq!(rows(dump), expected);
    let tables = tables(dump);
    assert_eq!(tables.iter().map(|t| (t.number, t.columns.len())).collect::<Vec<_>>(), [(0, 3), (1, 4)]);
}

#[test]
fn tables_without_create_get_their_columns_from_the_rows() {
    let dump =
        "INSERT INTO t VALUES (1,'a'),(2,'b'),(3); INSERT INTO t (x,y) VALUES (1,2); INSERT INTO t VALUES (4,'d');";
    let tables = tables(dump);
    let names: Vec<Vec<&str>> = tables.iter().map(|t| t.columns.iter().map(|c| c.name.as_str()).collect()).collect();
    assert_eq!(names, [["column_1", "column_2"], ["x", "y"]]);
    assert!(tables.iter().all(|t| !t.created));
    assert_eq!(rows(dump).len(), 4);
    assert_eq!(reasons(dump), ["wrong_value_count"]);
}

#[test]
fn every_form_of_insert_is_read() {
    let dump = "INSERT INTO t VALUES (1);insert ignore into `d`.`t` value (2) ;REPLACE t VALUES(3),(4);\
        INSERT LOW_PRIORITY INTO t VALUES (5) ON DUPLICATE KEY UPDATE a='(6);';INSERT INTO t VALUES ROW(7), ROW(8);\
        /*!40000 INSERT INTO t VALUES (9) */;INSERT INTO t PARTITION (p0) VALUES (10);";
    let found: Vec<i64> = rows(dump).iter().map(|r| if let Value::Integer(n) = r[0] { n } else { -1 }).collect();
    assert_eq!(found, [1, 2, 3, 4, 5, 7, 8, 9, 10]);
    for aside in [
        "INSERT INTO t SELECT * FROM u;",
        "INSERT INTO t SET a=1;",
        "INSERT INTO t (a,a) VALUES (1,2);",
        "UPDATE t SET a=1;",
    ] {
        let (items, summary) = read_all(aside.as_bytes(), source::BLOCK);
        assert_eq!(reasons(aside), ["unknown_statement"], "{aside}");
        assert_eq!((items.len(), summary.tally.read), (1, 1), "{aside}");
    }
}

#[test]
fn statements_without_rows_are_passed_over_whole() {
    let dump = "-- comment's\n--\n# also; this\n/* INSERT INTO t VALUES (0); */\n--not a comment;\nLOCK TABLES t WRITE;\r\n\
        DELIMITER ;;\n/*!50003 CREATE*/ /*!50020 DEFINER=`a`@`b`*/ /*!50003 TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN\n\
        INSERT INTO t VALUES (98); -- don't\nEND */;;\nDELIMITER ;\n/*!50001 CREATE TABLE `v` (`a` tinyint NOT NULL) ENGINE=MyISAM */;\n\
        /*!50001 CREATE VIEW v AS SELECT 'a;b' AS `x` */;\n/*M!999999\\- enable; the 'sandbox mode */ \nINSERT INTO t VALUES (1);";
    let (items, summary) = read_all(dump.as_bytes(), source::BLOCK);
    assert_eq!(rows(dump), [[Value::Integer(1)]]);
    assert_eq!(items.len(), 2, "{items:?}");
    assert_eq!(summary.tally, Tally { read: 13, stored: 1, set_aside: 0, headers: 12 });
    assert_eq!(summary.complete, None);
}

#[test]
fn character_sets_are_followed() {
    let dump = |names: &str, value: &[u8]| {
        let head = format!(
            "{names} CREATE TABLE t (a varchar(9) CHARACTER SET latin1, b varchar(9), c blob) CHARSET=utf8mb4; INSERT INTO t VALUES ("
        );
        [head.as_bytes(), b"'", value, b"','", value, b"','", value, b"');"].concat()
    };
    let latin1 = rows(dump("SET NAMES latin1;", b"\xfc\x80"));
    assert_eq!(latin1, [[text("ü€"), text("ü€"), bytes(b"\xfc\x80")]]);
    assert_eq!(rows(dump("SET NAMES utf8;", "ü".as_bytes())), [[text("ü"), text("ü"), bytes("ü".as_bytes())]]);
    let binary = dump("SET NAMES binary;", b"\xfc");
    assert_eq!(rows(&binary), [[text("ü"), bytes(b"\xfc"), bytes(b"\xfc")]]);
    let notes = |dump: &[u8]| read_all(dump, source::BLOCK).1.notes.iter().map(|n| n.kind).collect::<Vec<_>>();
    assert_eq!(notes(&binary), ["text_not_in_charset"]);
    assert_eq!(notes(&dump("SET NAMES latin1;", b"wei?")), ["latin1_may_lose_characters"]);
    assert!(notes(&dump("SET NAMES latin1;", b"wei")).is_empty());
    assert!(notes(&dump("SET NAMES utf8mb4;", b"wei?")).is_empty());
}

const WHOLE: &str = "-- MySQL dump 10.13  Distrib 8.0.39\n/*!50503 SET NAMES utf8mb4 */;\nCREATE TABLE `t` (`a` int, `b` text, `c` blob);\n\
    INSERT INTO `t` VALUES (1,'x;\\'y''','\\0'),(2,'ü /* ',0x00ff);\n-- about\nINSERT INTO `t` (`c`,`a`) VALUES (_binary 'z',-3.50);\n\
    DELIMITER ;;\nCREATE PROCEDURE p() BEGIN SELECT ';'; END;;\nDELIMITER ;\n-- Dump completed on 2026-11-22  6:50:25\n";

#[test]
fn a_dump_without_its_closing_line_was_cut_off() {
    let (_, summary) = read_all(WHOLE.as_bytes(), source::BLOCK);
    assert_eq!(summary.complete, Some(true));
    assert_eq!(summary.dumped_at_local, Some(crate::model::Civil::parse("2026-11-22 06:50:25").unwrap().0));
    let cut = &WHOLE[..WHOLE.find("-- Dump completed").unwrap()];
    let (_, summary) = read_all(cut.as_bytes(), source::BLOCK);
    assert_eq!((summary.complete, summary.dumped_at_local), (Some(false), None));
    assert!(matches!(&summary.notes[..], [Note { kind: "cut_off", offset, .. }] if *offset == cut.len() as u64));
    let (items, summary) = read_all(b"INSERT INTO t VALUES (1),(2,'ab", source::BLOCK);
    assert_eq!(summary.complete, Some(false));
    assert!(
        matches!(&items[2], DumpItem::SetAside(s) if s.reason == "cut_off_row" && s.raw == b"(2,'ab" && s.offset == 25)
    );
}

#[test]
fn utf16_is_refused_in_plain_words() {
    let dump: Vec<u8> = "\u{feff}-- MySQL dump 10.13\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = read(&mut dump.as_slice(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(matches!(&error, FormatError::Refused { offset: 0, .. }));
    assert!(error.to_string().contains("UTF-16"), "{error}");
}

#[test]
fn a_value_beyond_the_limit_is_passed_over() {
    let mut input =
        b"INSERT INTO t VALUES ('".chain(std::io::repeat(b'x').take(65 << 20)).chain(b"'),('y');".as_slice());
    let mut items = Vec::new();
    read(&mut input, &mut |batch| {
        items.extend(batch);
        ControlFlow::Continue(())
    })
    .unwrap();
    let DumpItem::SetAside(aside) = &items[0] else { panic!() };
    assert_eq!((aside.reason, aside.length), ("value_too_large", (65 << 20) + 4));
    assert_eq!(aside.raw.len(), crate::formats::SET_ASIDE_LIMIT);
    assert!(matches!(&items[2], DumpItem::Row(row) if row.values == [text("y")]));
}

#[test]
fn the_callback_ends_the_reading_and_errors_name_the_offset() {
    let stopped = read(&mut b"INSERT INTO t VALUES (1);".as_slice(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(FormatError::Stopped)));
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("broken"))
        }
    }
    let mut input = b"-- x\n".chain(Broken);
    let failed = read(&mut input, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(failed, Err(FormatError::Io { offset: 5, .. })));
}

/// As `mysql_real_escape_string` writes.
fn escaped(value: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for byte in value {
        match byte {
            0 => out.extend(b"\\0"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            0x1a => out.extend(b"\\Z"),
            b'\\' | b'\'' | b'"' => out.extend([b'\\', *byte]),
            other => out.push(*other),
        }
    }
    out.push(b'\'');
    out
}

proptest! {
    #[test]
    fn escaped_bytes_come_back(values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..8), block in 1_usize..64) {
        let mut dump = b"CREATE TABLE t (a blob); INSERT INTO t VALUES ".to_vec();
        for (at, value) in values.iter().enumerate() {
            dump.extend(if at > 0 { b",(".as_slice() } else { b"(" });
            dump.extend(escaped(value));
            dump.push(b')');
        }
        dump.push(b';');
        let (items, _) = read_all(&dump, block);
        let found: Vec<_> = items.iter().filter_map(|i| if let DumpItem::Row(r) = i { Some(r.values[0].clone()) } else { None }).collect();
        prop_assert_eq!(found, values.iter().map(|v| bytes(v)).collect::<Vec<_>>());
    }

    #[test]
    fn any_block_size_gives_the_same(block in 1_usize..400, noise in prop::collection::vec(any::<u8>(), 0..30), at in 0..WHOLE.len()) {
        let dump = [&WHOLE.as_bytes()[..at], noise.as_slice(), &WHOLE.as_bytes()[at..]].concat();
        prop_assert_eq!(read_all(&dump, block), read_all(&dump, source::BLOCK));
    }

    #[test]
    fn no_bytes_make_it_panic(noise in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"'\"`\\();,-#/*!0xb_\n".to_vec())], 0..200)) {
        // Noise may begin like UTF-16, which is refused by name.
        if !recognise::is_utf16(&noise) {
            read_all(&noise, 16);
        }
        recognises(&noise);
        read_all(&[b"INSERT INTO t VALUES (".as_slice(), &noise].concat(), 16);
        read_all(&[b"CREATE TABLE t (a ".as_slice(), &noise, b";"].concat(), 16);
    }
}

#[test]
fn a_cut_anywhere_keeps_the_rows_before_it() {
    let (whole, _) = read_all(WHOLE.as_bytes(), source::BLOCK);
    let whole: Vec<_> = whole.into_iter().filter(|i| matches!(i, DumpItem::Row(_))).collect();
    for end in 0..WHOLE.len() - 1 {
        let (items, summary) = read_all(&WHOLE.as_bytes()[..end], source::BLOCK);
        let found: Vec<_> = items.into_iter().filter(|i| matches!(i, DumpItem::Row(_))).collect();
        assert_eq!(found, whole[..found.len()], "cut at {end}");
        let expected = whole.iter().filter(|i| {
            let DumpItem::Row(row) = i else { return false };
            WHOLE.as_bytes()[row.offset as usize..end.max(row.offset as usize)]
                .windows(2)
                .any(|w| matches!(w, b"),") || matches!(w, b");"))
        });
        assert!(found.len() >= expected.count().min(whole.len()), "cut at {end}");
        if end > 20 && end < WHOLE.find("-- Dump completed").unwrap() {
            assert_eq!(summary.complete, Some(false), "cut at {end}");
        }
    }
}
