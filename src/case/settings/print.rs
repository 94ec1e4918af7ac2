//! The settings in effect, as TOML for the case folder and as flat pairs for table `setting`.

use super::{Organisation, Settings};
use crate::model::{Language, Timestamp};

/// One `[section]` or one entry `[[section]]`.
struct Section {
    header: String,
    path: String,
    entries: Vec<(&'static str, Value)>,
}

enum Value {
    One(String),
    Number(i64),
    Many(Vec<String>),
}

impl Settings {
    /// The effective settings as TOML, defaults included. The same settings give the same bytes, and reading the text gives
    /// the same effective settings again.
    pub fn to_toml(&self) -> String {
        let mut out = String::from("# The settings in effect for this case, written by abfluss. Times are UTC.\n");
        for section in self.sections() {
            out.push_str(&format!("\n{}\n", section.header));
            for (key, value) in section.entries {
                out.push_str(&format!("{key} = {}\n", value.toml()));
            }
        }
        out
    }

    /// The effective settings as pairs in the order of [`Settings::to_toml`]: `window.from` = `2023-05-27T00:00:00Z`, lists
    /// joined by `|`, entries of lists of tables counted from 1 (`decision.1.class`).
    pub fn flat(&self) -> Vec<(String, String)> {
        let pairs = |section: Section| {
            let path = section.path;
            section.entries.into_iter().map(move |(key, value)| (format!("{path}.{key}"), value.flat()))
        };
        self.sections().into_iter().flat_map(pairs).collect()
    }

    fn sections(&self) -> Vec<Section> {
        let time = |at: Option<Timestamp>| at.map(Timestamp::to_rfc3339);
        let language = match self.language() {
            Language::De => "de",
            Language::En => "en",
        };
        let mut sections = vec![
            Section::new("case")
                .one("id", self.case.id.clone())
                .one("title", self.case.title.clone())
                .one("language", Some(language.to_owned()))
                .one("known_at", time(self.case.known_at)),
            Section::new("system")
                .one("platform", Some(self.platform().to_owned()))
                .one("timezone", self.system.timezone.clone()),
            Section::new("window").one("from", time(self.window.from)).one("to", time(self.window.to)),
            Section::new("known")
                .many("networks", &self.known.networks)
                .many("accounts", &self.known.accounts)
                .many("proxies", &self.known.proxies),
        ];
        for (number, account) in self.known.account.iter().enumerate() {
            let section = Section::entry("known.account", number);
            sections.push(section.one("name", Some(account.name.clone())).many("networks", &account.networks));
        }
        for (number, organisation) in self.known.organisation.iter().enumerate() {
            let section = Section::entry("known.organisation", number);
            let section = match &organisation.which {
                Organisation::Id(id) => section.number("id", *id),
                Organisation::Name(name) => section.one("name", Some(name.clone())),
            };
            sections.push(section.many("networks", &organisation.networks));
        }
        sections.push(Section::new("required").many("sources", &self.required_sources()));
        for (number, decision) in self.decision.iter().enumerate() {
            sections.push(
                Section::entry("decision", number)
                    .one("session", Some(decision.session.clone()))
                    .one("class", Some(decision.class.id().to_owned()))
                    .one("reason", Some(decision.reason.clone()))
                    .one("who", Some(decision.who.clone())),
            );
        }
        for (number, insurer) in self.insurer.iter().enumerate() {
            let section = Section::entry("insurer", number);
            sections.push(section.one("name", Some(insurer.name.clone())).one("ik", insurer.ik.clone()));
        }
        for (number, stated) in self.logs.fields.iter().enumerate() {
            let section = Section::entry("logs.fields", number);
            sections.push(section.one("files", Some(stated.files.clone())).one("fields", Some(stated.fields.clone())));
        }
        sections.retain(|section| !section.entries.is_empty());
        sections
    }
}

impl Section {
    fn new(path: &str) -> Self {
        Self { header: format!("[{path}]"), path: path.to_owned(), entries: Vec::new() }
    }

    fn entry(path: &str, index: usize) -> Self {
        Self { header: format!("[[{path}]]"), path: format!("{path}.{}", index + 1), entries: Vec::new() }
    }

    fn one(mut self, key: &'static str, value: Option<String>) -> Self {
        self.entries.extend(value.map(|value| (key, Value::One(value))));
        self
    }

    fn number(mut self, key: &'static str, value: i64) -> Self {
        self.entries.push((key, Value::Number(value)));
        self
    }

    fn many(mut self, key: &'static str, values: &[String]) -> Self {
        if !values.is_empty() {
            self.entries.push((key, Value::Many(values.to_vec())));
        }
        self
    }
}

impl Value {
    fn toml(&self) -> String {
        match self {
            Value::One(text) => quote(text),
            Value::Number(number) => number.to_string(),
            Value::Many(texts) => format!("[{}]", texts.iter().map(|t| quote(t)).collect::<Vec<_>>().join(", ")),
        }
    }

    fn flat(self) -> String {
        match self {
            Value::One(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Many(texts) => texts.join("|"),
        }
    }
}

/// A TOML basic string on one line, whatever the text holds.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
