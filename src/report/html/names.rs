//! Ids of rules and reasons in words.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::super::{ReportError, Texts, table};
use crate::model::{Grade, Language, SessionClass};

/// The texts together with the titles of this run's rules.
pub(in crate::report) struct Names<'a> {
    pub(in crate::report) t: &'a Texts,
    rules: BTreeMap<String, String>,
}

impl<'a> Names<'a> {
    pub(in crate::report) fn load(conn: &Connection, t: &'a Texts) -> Result<Self, ReportError> {
        let title = if t.language() == Language::De { "title_de" } else { "title_en" };
        let mut rules = BTreeMap::new();
        table::for_each(conn, "rules", |row| {
            rules.insert(row.text("rule_id"), row.text(title));
            Ok(())
        })?;
        Ok(Self { t, rules })
    }

    /// The title of a rule or of a reason; an id without either stands for itself.
    pub(in crate::report) fn rule(&self, id: &str) -> String {
        let title = self.rules.get(id).filter(|title| !title.is_empty()).cloned();
        title.or_else(|| self.t.find(&format!("reason.{id}"))).unwrap_or_else(|| id.to_owned())
    }

    /// Several rules, one title each.
    pub(in crate::report) fn rules(&self, ids: &[String]) -> Vec<String> {
        ids.iter().map(|id| self.rule(id)).collect()
    }
}

/// The term of a grade id.
pub(in crate::report) fn grade(t: &Texts, id: &str) -> String {
    Grade::from_id(id).map_or_else(|| id.to_owned(), |grade| grade.term(t.language()).to_owned())
}

/// The term of a class id.
pub(in crate::report) fn class(t: &Texts, id: &str) -> String {
    SessionClass::from_id(id).map_or_else(|| id.to_owned(), |class| class.term(t.language()).to_owned())
}

/// An id as part of an anchor (`file-974134892`): letters, digits, dot and dash stay, every other byte as `_` and two
/// hexadecimal digits, so that different ids keep different anchors.
pub(in crate::report) fn anchor(kind: &str, id: &str) -> String {
    let mut anchor = format!("{kind}-");
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') {
            anchor.push(char::from(byte));
        } else {
            anchor.push_str(&format!("_{byte:02x}"));
        }
    }
    anchor
}

/// The grades with what each takes, for the page of terms.
pub(in crate::report) fn glossary_grades(t: &Texts) -> Vec<(String, String)> {
    Grade::ALL.iter().map(|g| (g.term(t.language()).to_owned(), t.get(&format!("grade_note.{}", g.id())))).collect()
}

/// The classes of sessions with their meaning.
pub(in crate::report) fn glossary_classes(t: &Texts) -> Vec<(String, String)> {
    let note = |c: &SessionClass| t.get(&format!("class_note.{}", c.id()));
    SessionClass::ALL.iter().map(|c| (c.term(t.language()).to_owned(), note(c))).collect()
}

/// Words of the report that need a meaning.
pub(in crate::report) fn glossary_terms(t: &Texts) -> Vec<(String, String)> {
    ["evidence", "session", "transfer", "gap", "set_aside"]
        .iter()
        .map(|term| (t.get(&format!("term.{term}")), t.get(&format!("term.{term}_note"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_anchor() {
        assert_eq!(anchor("file", "974134892"), "file-974134892");
        assert_eq!(anchor("file", "1\" onload"), "file-1_22_20onload");
        assert_ne!(anchor("file", "a_22"), anchor("file", "a\""));
    }
}
