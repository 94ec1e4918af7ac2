//! Why a grade is not the next one, in words: a row of the query `finding_why` as a sentence.

use super::Texts;
use super::table::Row;
use crate::model::{Grade, SessionClass};

/// The sentence of a row; the id of the reason where no text is known for it.
pub(super) fn sentence(t: &Texts, row: &Row<'_>) -> String {
    let key = format!("why_{}.{}", row.text("direction"), row.text("reason"));
    match t.find(&key) {
        Some(_) => t.fill(&key, &values(t, row)),
        None => row.text("reason"),
    }
}

fn values(t: &Texts, row: &Row<'_>) -> [(&'static str, String); 7] {
    let number = row.int("number").unwrap_or(0);
    let time = |column: &str| match row.text(column) {
        text if text.is_empty() => t.get("explain.open"),
        text => t.time(&text),
    };
    [
        ("subject", subject(t, &row.text("subject"))),
        ("number", t.int(number)),
        ("bytes", t.bytes(number)),
        ("plain", number.to_string()),
        ("at", time("at")),
        ("until", time("until")),
        ("gap", row.text("gap")),
    ]
}

/// A source, grade, reason, basis or list of classes in words; everything else (accounts, sessions) stands for itself.
fn subject(t: &Texts, id: &str) -> String {
    if id.is_empty() {
        return t.get("page.unknown");
    }
    if let Some(grade) = Grade::from_id(id) {
        return grade.term(t.language()).to_owned();
    }
    let classes: Option<Vec<_>> = id.split(',').map(SessionClass::from_id).collect();
    if let Some(classes) = classes {
        return classes.iter().map(|class| class.term(t.language())).collect::<Vec<_>>().join(", ");
    }
    let known = ["source", "presence_basis", "file_reason"].iter().find_map(|group| t.find(&format!("{group}.{id}")));
    known.unwrap_or_else(|| id.replace('|', ", "))
}
