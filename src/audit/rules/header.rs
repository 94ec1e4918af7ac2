//! The head of a rule: lines `-- key: value` before the SQL.

use super::error::RuleError;

/// What the head of a rule states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleHeader {
    /// Stable id, used in every output.
    pub rule_id: String,
    /// German title.
    pub title_de: String,
    /// English title.
    pub title_en: String,
    /// The strongest effect its marks may have: `hostile`, `attempt` or `note`.
    pub effect: String,
    /// ATT&CK technique, `-` when none fits.
    pub technique: String,
    /// Where the rule is known from.
    pub source: String,
    /// Why it means what it says.
    pub reasoning: String,
}

/// Effects, the strongest first.
pub(super) const EFFECTS: [&str; 3] = ["hostile", "attempt", "note"];

/// Reads the head of a rule. A value goes on in lines that begin with `--   `.
///
/// # Errors
/// A key that is missing, or a value that its key does not allow.
pub(super) fn read(file: &str, text: &str) -> Result<RuleHeader, RuleError> {
    let field = |key: &'static str| -> Result<String, RuleError> {
        let mut lines = text.trim_start_matches('\u{feff}').lines().take_while(|line| line.starts_with("--"));
        let start = format!("-- {key}:");
        let mut value = lines
            .find_map(|line| line.strip_prefix(&start).map(|value| value.trim().to_owned()))
            .ok_or(RuleError::Header { file: file.to_owned(), key })?;
        for more in lines.map_while(|line| line.strip_prefix("--   ")) {
            value.push(' ');
            value.push_str(more.trim());
        }
        if value.is_empty() { Err(RuleError::Header { file: file.to_owned(), key }) } else { Ok(value) }
    };
    let header = RuleHeader {
        rule_id: field("rule")?,
        title_de: field("title_de")?,
        title_en: field("title_en")?,
        effect: field("effect")?,
        technique: field("technique")?,
        source: field("source")?,
        reasoning: field("reasoning")?,
    };
    let wrong =
        |key, found: &str, expected| RuleError::Value { file: file.to_owned(), key, found: found.to_owned(), expected };
    if !is_id(&header.rule_id) {
        let expected = "2 to 60 small letters, digits and hyphens, a letter first, such as \"partner-at-night\"";
        return Err(wrong("rule", &header.rule_id, expected));
    }
    if !EFFECTS.contains(&header.effect.as_str()) {
        return Err(wrong("effect", &header.effect, "hostile, attempt or note"));
    }
    if !is_technique(&header.technique) {
        let expected = "an ATT&CK technique such as T1190 or T1505.003, or - where none fits";
        return Err(wrong("technique", &header.technique, expected));
    }
    Ok(header)
}

/// Ids stand in file names, anchors and lists divided by `|`.
fn is_id(id: &str) -> bool {
    (2..=60).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_technique(text: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let number = text.strip_prefix('T').unwrap_or_default();
    text == "-"
        || match number.split_once('.') {
            Some((whole, part)) => digits(whole, 4) && digits(part, 3),
            None => digits(number, 4),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "-- rule: night-work\n-- title_de: Nachts\n-- title_en: At night\n-- effect: note\n-- technique: -\n\
                        -- source: house rules\n-- reasoning: Nobody works\n--   at three.\nselect 1;\n";

    #[test]
    fn a_head_is_read_with_its_continued_lines() {
        let header = read("x.sql", HEAD).unwrap();
        assert_eq!((header.rule_id.as_str(), header.reasoning.as_str()), ("night-work", "Nobody works at three."));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let message = |from: &str, to: &str| read("x.sql", &HEAD.replace(from, to)).unwrap_err().to_string();
        assert!(message("-- effect: note\n", "").contains("lacks `-- effect: …`"));
        assert!(message("effect: note", "effect:").contains("lacks `-- effect: …`"));
        assert!(message("effect: note", "effect: severe").contains("expected hostile, attempt or note"));
        assert!(message("night-work", "Night|Work").contains("`rule` is \"Night|Work\""));
        assert!(message("technique: -", "technique: 1190").contains("T1190"));
        for fine in ["T1190", "T1505.003"] {
            assert!(read("x.sql", &HEAD.replace("technique: -", &format!("technique: {fine}"))).is_ok());
        }
    }
}
