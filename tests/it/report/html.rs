use abfluss::model::{Grade, Language};

use super::case;

fn page(language: Language) -> String {
    let dir = tempfile::tempdir().unwrap();
    case::report(&case::hostile(), language, dir.path());
    std::fs::read_to_string(dir.path().join("report.html")).unwrap()
}

/// The tags of a page, as a browser cuts them: from `<` and a letter to the `>` outside quotes.
fn tags(html: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut chars = html.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '<' || !chars.peek().is_some_and(|n| n.is_ascii_alphabetic()) {
            continue;
        }
        let (mut tag, mut quote) = (String::new(), None);
        for c in chars.by_ref() {
            match quote {
                None if c == '>' => break,
                None if c == '"' || c == '\'' => quote = Some(c),
                Some(q) if c == q => quote = None,
                _ => {}
            }
            tag.push(c);
        }
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        if name == "script" || name == "style" {
            // Raw text up to the closing tag.
            let close: Vec<char> = format!("</{name}>").chars().collect();
            let mut last: Vec<char> = Vec::new();
            for c in chars.by_ref() {
                last.push(c);
                if last.ends_with(&close) {
                    break;
                }
            }
        }
        tags.push(tag);
    }
    tags
}

#[test]
fn hostile_names_stay_text() {
    for language in [Language::De, Language::En] {
        let html = page(language);
        let tags = tags(&html);
        let count = |name: &str| tags.iter().filter(|t| t.split_whitespace().next() == Some(name)).count();
        assert_eq!((count("script"), count("style"), count("img"), count("i"), count("b")), (1, 1, 0, 0, 0));
        for tag in &tags {
            let outside_quotes: String = tag.split('"').step_by(2).collect();
            assert!(!outside_quotes.contains(" on") && !outside_quotes.contains(" style="), "{tag}");
        }
        assert!(html.contains("rechnung⟨U+202E⟩fdp.exe") && html.contains("⟨U+001B⟩[2J"));
        assert!(!html.contains('\u{202E}') && !html.contains('\u{1b}'));
    }
}

#[test]
fn nothing_is_loaded_from_outside() {
    for tag in tags(&page(Language::De)) {
        let lower = tag.to_ascii_lowercase();
        for attribute in ["src=", "action=", "background=", "srcset=", "data=", "ping="] {
            assert!(!lower.split('"').step_by(2).any(|part| part.contains(&format!(" {attribute}"))), "{tag}");
        }
        if let Some((_, rest)) = tag.split_once("href=\"") {
            assert!(rest.starts_with('#'), "{tag}");
        }
        assert!(!lower.starts_with("link") && !lower.starts_with("iframe"), "{tag}");
    }
    let html = page(Language::De);
    assert!(html.contains("default-src &#39;none&#39;"), "policy");
    assert!(!html.contains("@import") && !html.contains("url(http"));
}

#[test]
fn every_link_inside_the_page_has_its_target() {
    let tags = tags(&page(Language::De));
    let ids: Vec<_> = tags.iter().filter_map(|t| t.split_once(" id=\"")?.1.split('"').next()).collect();
    let mut sorted = ids.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), ids.len(), "an id stands twice");
    for tag in &tags {
        if let Some(target) = tag.split_once("href=\"#").and_then(|(_, rest)| rest.split('"').next()) {
            assert!(ids.contains(&target), "{target}");
        }
    }
    assert!(ids.contains(&"file-1"));
}

#[test]
fn numbers_in_page_findings_and_tables_are_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let summary = case::report(&case::hostile(), Language::De, dir.path());
    let html = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(dir.path().join("findings.json")).unwrap()).unwrap();
    let shown = |id: &str| -> i64 {
        let (_, rest) =
            html.split_once(&format!("id=\"{id}\" value=\"")).unwrap_or_else(|| panic!("{id} is not in the page"));
        rest.split('"').next().unwrap().parse().unwrap()
    };
    for (id, name) in [
        ("files-all", "files"),
        ("files-at_least", "files_at_least"),
        ("files-probably", "files_probably"),
        ("files-at_most", "files_at_most"),
        ("bytes-at_least", "bytes_at_least"),
        ("bytes-probably", "bytes_probably"),
        ("bytes-at_most", "bytes_at_most"),
        ("files-sent-to-unverified", "files_sent_to_unverified"),
    ] {
        assert_eq!(shown(id), json["summary"][name].as_i64().unwrap(), "{id}");
        assert_eq!(shown(id), summary.number(name), "{id}");
    }
    let mut inventory = ::csv::Reader::from_path(dir.path().join("inventory.csv")).unwrap();
    let place = inventory.headers().unwrap().iter().position(|h| h == "grade").unwrap();
    let grades: Vec<_> = inventory.records().map(|r| r.unwrap()[place].to_owned()).collect();
    for grade in Grade::ALL {
        let in_table = grades.iter().filter(|g| *g == grade.id()).count() as i64;
        assert_eq!(shown(&format!("grade-{}", grade.id())), in_table, "{grade:?}");
    }
}

#[test]
fn no_text_is_missing_in_either_language() {
    for language in [Language::De, Language::En] {
        // One file name holds these brackets; nothing else may.
        let html = page(language).replace("⟦x⟧", "");
        let place = html.find('⟦').map(|at| html[at..].chars().take(60).collect::<String>());
        assert_eq!(place, None);
    }
}

#[test]
fn the_same_case_gives_the_same_bytes() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    case::report(&case::hostile(), Language::De, first.path());
    case::report(&case::hostile(), Language::De, second.path());
    let mut names: Vec<_> = std::fs::read_dir(first.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 10);
    for name in names {
        let read = |dir: &std::path::Path| std::fs::read(dir.join(&name)).unwrap();
        assert_eq!(read(first.path()), read(second.path()), "{name:?}");
    }
}

#[test]
fn a_long_list_is_cut_with_a_pointer_to_the_table() {
    let conn = case::empty();
    for number in 0..2_005 {
        case::file(&conn, &number.to_string(), "x.zip", "possible", Some(1));
    }
    let dir = tempfile::tempdir().unwrap();
    case::report(&conn, Language::De, dir.path());
    let html = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert_eq!(html.matches("<tbody class=\"file\"").count(), 2_000);
    assert!(html.contains("Hier stehen die ersten 2.000 Zeilen; 5 weitere enthält leaked_files.csv."));
}
