use std::path::Path;

use abfluss::model::Language;

use super::case;

fn rows(dir: &Path, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = ::csv::Reader::from_path(dir.join(format!("{name}.csv"))).unwrap();
    let heads = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    (heads, rows)
}

fn column(dir: &Path, name: &str, column: &str) -> Vec<String> {
    let (heads, rows) = rows(dir, name);
    let place = heads.iter().position(|h| h == column).unwrap();
    rows.into_iter().map(|mut row| row.swap_remove(place)).collect()
}

#[test]
fn the_possibly_leaked_part_of_the_inventory_is_the_list() {
    let dir = tempfile::tempdir().unwrap();
    case::report(&case::hostile(), Language::De, dir.path());
    let grades = column(dir.path(), "inventory", "grade");
    assert_eq!(
        grades,
        [
            "proven",
            "very_likely",
            "likely",
            "possible",
            "possible",
            "not_excluded",
            "not_assessable",
            "no_indication",
            "excluded"
        ]
    );
    assert_eq!(column(dir.path(), "leaked_files", "grade"), grades[..7]);
}

#[test]
fn no_cell_starts_a_formula_and_the_original_stands_in_the_findings() {
    let dir = tempfile::tempdir().unwrap();
    case::report(&case::hostile(), Language::De, dir.path());
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(dir.path().join("findings.json")).unwrap()).unwrap();
    for table in ["leaked_files", "inventory", "sessions", "downloads", "coverage", "set_aside", "timeline", "evidence"]
    {
        let (heads, rows) = rows(dir.path(), table);
        for (number, row) in rows.iter().enumerate() {
            for (head, cell) in heads.iter().zip(row) {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{table}.{head}: {cell:?}");
                if let Some(changed) = cell.strip_prefix('\'') {
                    let original =
                        json["csv_originals"].as_array().unwrap().iter().find(|o| {
                            o["table"] == table && o["row"] == number as u64 + 1 && o["column"] == head.as_str()
                        });
                    assert_eq!(original.unwrap()["original"], changed, "{table}.{head}");
                }
            }
        }
    }
    assert!(column(dir.path(), "inventory", "uploaded_by").iter().all(|by| by == "'-sender"));
    assert!(column(dir.path(), "inventory", "accounts").iter().all(|by| by == "'@konto"));
}

#[test]
fn quotes_commas_and_line_breaks_come_back_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    case::report(&case::hostile(), Language::De, dir.path());
    let names = column(dir.path(), "inventory", "file_name");
    assert!(names.contains(&case::HOSTILE_NAMES[4].to_owned()), "{names:?}");
    assert!(names.contains(&case::HOSTILE_NAMES[5].to_owned()), "{names:?}");
    assert!(names.contains(&"rechnung⟨U+202E⟩fdp.exe".to_owned()), "{names:?}");
    let bytes = std::fs::read(dir.path().join("inventory.csv")).unwrap();
    assert!(!bytes.contains(&0x1b), "an escape sequence would reach the terminal");
    assert!(bytes.ends_with(b"\r\n"));
}

#[test]
fn times_are_utc_and_lists_are_divided_by_bars() {
    let dir = tempfile::tempdir().unwrap();
    case::report(&case::hostile(), Language::De, dir.path());
    assert_eq!(column(dir.path(), "inventory", "first_access")[0], "2023-05-28T03:13:20Z");
    assert_eq!(column(dir.path(), "inventory", "client_ips")[0], "198.51.100.7|203.0.113.9");
    let gaps = column(dir.path(), "coverage", "gap_times");
    assert_eq!(gaps[0], "2023-05-29T00:00:00Z/2023-05-30T00:00:00Z missing_rollover");
    assert_eq!(column(dir.path(), "set_aside", "raw_start"), ["3c1b5d00", "00", "41"]);
}

#[test]
fn the_timeline_is_in_order_and_leaves_explained_sessions_out() {
    let dir = tempfile::tempdir().unwrap();
    case::report(&case::hostile(), Language::De, dir.path());
    let times = column(dir.path(), "timeline", "at");
    assert!(times.is_sorted() && times.len() > 8, "{times:?}");
    assert!(!column(dir.path(), "timeline", "session_id").contains(&"S-0003".to_owned()));
}
