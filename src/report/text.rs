//! The sentences of the report, and numbers, sizes and times in the form of the language.
//!
//! All texts stand in `reports/texts/de.toml` and `en.toml`; a test compares their keys and places.

use std::collections::BTreeMap;

use crate::model::Language;

/// The texts of one language.
#[derive(Debug, Clone)]
pub struct Texts {
    language: Language,
    texts: BTreeMap<String, String>,
}

impl Texts {
    /// The embedded texts of a language.
    pub fn load(language: Language) -> Self {
        let source = match language {
            Language::De => include_str!("../../reports/texts/de.toml"),
            Language::En => include_str!("../../reports/texts/en.toml"),
        };
        let root: toml::Table = source.parse().expect("the embedded texts are valid TOML, checked by a test");
        let mut texts = BTreeMap::new();
        flatten("", &root, &mut texts);
        Self { language, texts }
    }

    /// The language of these texts.
    pub fn language(&self) -> Language {
        self.language
    }

    /// All keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// A text. A key without a text is printed in brackets; a test looks for these brackets in the outputs.
    pub fn get(&self, key: &str) -> String {
        self.find(key).unwrap_or_else(|| format!("⟦{key}⟧"))
    }

    /// A text that may be missing, such as the title of a rule that the user added.
    pub fn find(&self, key: &str) -> Option<String> {
        self.texts.get(key).cloned()
    }

    /// The text of an id; an id without a text stands for itself.
    pub fn id(&self, group: &str, id: &str) -> String {
        self.find(&format!("{group}.{id}")).unwrap_or_else(|| id.to_owned())
    }

    /// A text with its places `{name}` filled. Values are not searched for places again.
    pub fn fill(&self, key: &str, values: &[(&str, String)]) -> String {
        let text = self.get(key);
        let mut filled = String::with_capacity(text.len() + 64);
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                rest = after;
                continue;
            };
            match values.iter().find(|(n, _)| *n == name) {
                Some((_, value)) => filled.push_str(value),
                None => filled.push_str(&format!("⟦{name}⟧")),
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled
    }

    /// A count with its noun: `keiner Datei`, `1 Datei`, `1.234 Dateien`. The group has the keys none, one and many.
    pub fn count(&self, noun: &str, n: i64) -> String {
        let form = match n {
            0 => "none",
            1 => "one",
            _ => "many",
        };
        self.fill(&format!("noun.{noun}.{form}"), &[("n", self.int(n))])
    }

    /// `1.234.567` or `1,234,567`.
    pub fn int(&self, n: i64) -> String {
        let digits = n.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + 8);
        if n < 0 {
            text.push('−');
        }
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(if self.language == Language::De { '.' } else { ',' });
            }
            text.push(digit);
        }
        text
    }

    /// A number with one decimal, `12,5` or `12.5`; without it when it is whole.
    pub fn decimal(&self, value: f64) -> String {
        let tenths = (value * 10.0).round() as i64;
        let whole = self.int(tenths / 10);
        match (tenths % 10).abs() {
            0 => whole,
            tenth => format!("{whole}{}{tenth}", if self.language == Language::De { ',' } else { '.' }),
        }
    }

    /// A number with two decimal places, `106,15`: where tenths would hide a gap of minutes.
    pub fn hundredths(&self, value: f64) -> String {
        let hundredths = (value * 100.0).round() as i64;
        let point = if self.language == Language::De { ',' } else { '.' };
        format!("{}{point}{:02}", self.int(hundredths / 100), (hundredths % 100).abs())
    }

    /// A size in decimal units, `4,2 MB`; below 1,000 in bytes.
    pub fn bytes(&self, n: i64) -> String {
        const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
        if n < 1000 {
            return self.count("byte", n.max(0)).replace(' ', "\u{a0}");
        }
        let mut value = n as f64 / 1000.0;
        let mut unit = 0;
        while value >= 999.95 && unit + 1 < UNITS.len() {
            value /= 1000.0;
            unit += 1;
        }
        format!("{}\u{a0}{}", self.decimal(value), UNITS[unit])
    }

    /// A time of a query (`2023-05-28T03:18:02Z`) as the language writes it, always with its zone.
    pub fn time(&self, rfc3339: &str) -> String {
        let parts = rfc3339.strip_suffix('Z').and_then(|t| t.split_once('T'));
        let Some((date, time)) = parts else { return rfc3339.to_owned() };
        match (self.language, date.split('-').collect::<Vec<_>>().as_slice()) {
            (Language::De, [year, month, day]) => format!("{day}.{month}.{year} {time} UTC"),
            _ => format!("{date} {time} UTC"),
        }
    }
}

fn flatten(prefix: &str, table: &toml::Table, into: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&path, inner, into),
            toml::Value::String(text) => {
                into.insert(path, text.clone());
            }
            other => {
                into.insert(path, other.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<String> {
        let mut places: Vec<_> =
            text.split('{').skip(1).filter_map(|p| p.split_once('}')).map(|(name, _)| name.to_owned()).collect();
        places.sort();
        places.dedup();
        places
    }

    #[test]
    fn both_languages_have_the_same_keys_and_places() {
        let (de, en) = (Texts::load(Language::De), Texts::load(Language::En));
        assert_eq!(de.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for key in de.keys() {
            let (german, english) = (de.get(key), en.get(key));
            assert!(!german.trim().is_empty() && !english.trim().is_empty(), "{key} is empty");
            assert_eq!(places(&german), places(&english), "{key}");
        }
    }

    #[test]
    fn grades_and_classes_have_a_note_in_the_glossary() {
        for language in [Language::De, Language::En] {
            let texts = Texts::load(language);
            for grade in crate::model::Grade::ALL {
                assert!(texts.find(&format!("grade_note.{}", grade.id())).is_some(), "{grade:?}");
            }
            for class in crate::model::SessionClass::ALL {
                assert!(texts.find(&format!("class_note.{}", class.id())).is_some(), "{class:?}");
            }
        }
    }

    #[test]
    fn numbers_and_times_follow_the_language() {
        let (de, en) = (Texts::load(Language::De), Texts::load(Language::En));
        assert_eq!((de.int(1_234_567), en.int(1_234_567)), ("1.234.567".into(), "1,234,567".into()));
        assert_eq!((de.int(999), de.int(-1000)), ("999".into(), "−1.000".into()));
        assert_eq!((de.bytes(4_210_000), en.bytes(4_210_000)), ("4,2\u{a0}MB".into(), "4.2\u{a0}MB".into()));
        assert_eq!(de.bytes(999_960_000), "1\u{a0}GB");
        assert_eq!(de.time("2023-05-28T03:18:02Z"), "28.05.2023 03:18:02 UTC");
        assert_eq!(en.time("2023-05-28T03:18:02Z"), "2023-05-28 03:18:02 UTC");
        assert_eq!(de.time("damaged"), "damaged");
    }

    #[test]
    fn a_filled_value_is_not_filled_again() {
        let mut texts = Texts::load(Language::De);
        texts.texts.insert("x".into(), "{a} und {b}".into());
        assert_eq!(texts.fill("x", &[("a", "{b}".into()), ("b", "1".into())]), "{b} und 1");
    }
}
