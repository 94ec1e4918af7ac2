//! Reading `case.toml`: walks the document with the position of every value at hand and collects all mistakes.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::checks::{canonical_zone, is_ik, nearest_zone};
use super::keys;
use super::{
    CaseInfo, Decision, Insurer, Known, KnownAccount, KnownOrganisation, LogFields, Logs, Mistake, Organisation,
    PLATFORMS, Place, Required, SOURCES, Settings, SettingsError, System, Window,
};
use crate::model::{IpNet, Language, SessionClass, Timestamp};

impl Settings {
    /// Reads and checks the text of a `case.toml`; `origin` is the file as the user named it, for messages.
    ///
    /// # Errors
    ///
    /// All mistakes of the file at once, each with key, line and what was expected.
    pub fn parse(text: &str, origin: &str) -> Result<Self, SettingsError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader { text, mistakes: Vec::new() };
        let settings = match DeTable::parse(text) {
            Ok(document) => {
                reader.settings(&Section { key: String::new(), valid: "", at: 0..0, table: document.get_ref() })
            }
            Err(error) => {
                let at = error.span().unwrap_or(text.len()..text.len());
                reader.wrong(at.start, Mistake::Syntax(error.message().to_owned()));
                Settings::default()
            }
        };
        if reader.mistakes.is_empty() {
            return Ok(settings);
        }
        reader.mistakes.sort_by_key(|(place, _)| *place);
        Err(SettingsError { origin: origin.to_owned(), mistakes: reader.mistakes })
    }
}

/// A table of the document: its full key as printed (`decision.2`), and the key its members are listed under (`decision`).
struct Section<'t, 'i> {
    key: String,
    valid: &'static str,
    at: Range<usize>,
    table: &'t DeTable<'i>,
}

struct Reader<'a> {
    text: &'a str,
    mistakes: Vec<(Place, Mistake)>,
}

type Found<T> = Option<(T, Range<usize>)>;

impl Reader<'_> {
    fn wrong(&mut self, at: usize, mistake: Mistake) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(line_start..).map_or(0, |line| line.chars().count()) + 1;
        self.mistakes.push((Place { line, column }, mistake));
    }

    fn settings(&mut self, root: &Section) -> Settings {
        self.check_keys(root);
        Settings {
            case: self.section(root, "case").map(|s| self.case(&s)).unwrap_or_default(),
            system: self.section(root, "system").map(|s| self.system(&s)).unwrap_or_default(),
            window: self.section(root, "window").map(|s| self.window(&s)).unwrap_or_default(),
            known: self.section(root, "known").map(|s| self.known(&s)).unwrap_or_default(),
            required: self.section(root, "required").map(|s| self.required(&s)).unwrap_or_default(),
            decision: self.entries(root, "decision").iter().filter_map(|s| self.decision(s)).collect(),
            insurer: self.entries(root, "insurer").iter().filter_map(|s| self.insurer(s)).collect(),
            logs: self.section(root, "logs").map(|s| self.logs(&s)).unwrap_or_default(),
        }
    }

    fn case(&mut self, section: &Section) -> CaseInfo {
        let language = self.choice(section, "language", &["de", "en"]).map(|id| match id {
            "en" => Language::En,
            _ => Language::De,
        });
        CaseInfo {
            id: self.text(section, "id").map(|(text, _)| text),
            title: self.text(section, "title").map(|(text, _)| text),
            language,
            known_at: self.time(section, "known_at").map(|(time, _)| time),
        }
    }

    fn system(&mut self, section: &Section) -> System {
        let platform = self.choice(section, "platform", &PLATFORMS).map(str::to_owned);
        let timezone = self.text(section, "timezone").and_then(|(value, at)| {
            let canonical = canonical_zone(&value);
            if canonical.is_none() {
                let nearest = nearest_zone(&value);
                self.wrong(at.start, Mistake::WrongZone { key: section.full("timezone"), value, nearest });
            }
            canonical
        });
        System { platform, timezone }
    }

    fn window(&mut self, section: &Section) -> Window {
        let from = self.time(section, "from");
        let to = self.time(section, "to");
        if let (Some((from, _)), Some((to, at))) = (&from, &to)
            && from >= to
        {
            self.wrong(at.start, Mistake::EmptyWindow { from: from.to_rfc3339(), to: to.to_rfc3339() });
        }
        Window { from: from.map(|(time, _)| time), to: to.map(|(time, _)| time) }
    }

    fn known(&mut self, section: &Section) -> Known {
        Known {
            networks: self.networks(section, "networks"),
            accounts: self.list(section, "accounts").unwrap_or_default().into_iter().map(|(text, _)| text).collect(),
            proxies: self.networks(section, "proxies"),
            account: self.entries(section, "account").iter().filter_map(|s| self.known_account(s)).collect(),
            organisation: self
                .entries(section, "organisation")
                .iter()
                .filter_map(|s| self.known_organisation(s))
                .collect(),
        }
    }

    fn known_account(&mut self, section: &Section) -> Option<KnownAccount> {
        let name = self.required_text(section, "name");
        let networks = self.bound_networks(section);
        Some(KnownAccount { name: name?, networks })
    }

    fn known_organisation(&mut self, section: &Section) -> Option<KnownOrganisation> {
        let id = self.number(section, "id").map(|(id, _)| Organisation::Id(id));
        let which = match section.table.get("name") {
            Some(name) if section.table.contains_key("id") => {
                let value = name.get_ref().as_str().unwrap_or_default().to_owned();
                let problem = "stands beside id; state one of them, so that they cannot contradict each other";
                self.wrong(name.span().start, Mistake::WrongValue { key: section.full("name"), value, problem });
                None
            }
            None if section.table.contains_key("id") => id,
            _ => self.required_text(section, "name").map(Organisation::Name),
        };
        let networks = self.bound_networks(section);
        Some(KnownOrganisation { which: which?, networks })
    }

    /// Networks of an entry that means nothing without them.
    fn bound_networks(&mut self, section: &Section) -> Vec<String> {
        let before = self.mistakes.len();
        let networks = self.networks(section, "networks");
        if networks.is_empty() && self.mistakes.len() == before {
            self.wrong(section.at.start, Mistake::Missing { key: section.full("networks") });
        }
        networks
    }

    fn required(&mut self, section: &Section) -> Required {
        let Some(found) = self.list(section, "sources") else { return Required::default() };
        if found.is_empty() {
            // Without any required source every file would be "no indication".
            self.wrong(section.at.start, Mistake::Missing { key: section.full("sources") });
        }
        let mut sources = Vec::new();
        for (value, at) in found {
            if !SOURCES.contains(&value.as_str()) {
                let key = section.full("sources");
                self.wrong(at.start, Mistake::UnknownValue { key, value, valid: SOURCES.to_vec() });
            } else if !sources.contains(&value) {
                sources.push(value);
            }
        }
        Required { sources: Some(sources) }
    }

    fn decision(&mut self, section: &Section) -> Option<Decision> {
        let session = self.required_text(section, "session");
        let ids = SessionClass::ALL.map(SessionClass::id);
        let class = if section.table.contains_key("class") {
            self.choice(section, "class", &ids).and_then(SessionClass::from_id)
        } else {
            self.required_text(section, "class").and(None)
        };
        let reason = self.required_text(section, "reason");
        let who = self.required_text(section, "who");
        Some(Decision { session: session?, class: class?, reason: reason?, who: who? })
    }

    fn insurer(&mut self, section: &Section) -> Option<Insurer> {
        let name = self.required_text(section, "name");
        let ik = self.text(section, "ik").and_then(|(value, at)| {
            if is_ik(&value) {
                return Some(value);
            }
            let problem = "is no Institutionskennzeichen: nine digits, the last one a check digit over digits 3 to 8";
            self.wrong(at.start, Mistake::WrongValue { key: section.full("ik"), value, problem });
            None
        });
        Some(Insurer { name: name?, ik })
    }

    fn logs(&mut self, section: &Section) -> Logs {
        Logs { fields: self.entries(section, "fields").iter().filter_map(|s| self.log_fields(s)).collect() }
    }

    fn log_fields(&mut self, section: &Section) -> Option<LogFields> {
        let files = self.required_text(section, "files");
        let fields = self.required_text(section, "fields")?;
        let names: Vec<&str> = fields.split_whitespace().collect();
        let problem = if names[0].starts_with('#') {
            Some("must hold the columns only, without \"#Fields:\"")
        } else if names.iter().enumerate().any(|(index, name)| names[..index].contains(name)) {
            Some("names a column twice")
        } else {
            None
        };
        if let Some(problem) = problem {
            let at = section.table.get("fields").map_or(section.at.start, |value| value.span().start);
            self.wrong(at, Mistake::WrongValue { key: section.full("fields"), value: fields, problem });
            return None;
        }
        Some(LogFields { files: files?, fields: names.join(" ") })
    }

    // --- values -----------------------------------------------------------------------------------------------------

    fn check_keys(&mut self, section: &Section) {
        for key in section.table.keys() {
            let name = key.get_ref().as_ref();
            if !keys::inside(section.valid).any(|valid| keys::leaf(valid) == name) {
                let nearest = keys::nearest_key(section.valid, name);
                self.wrong(key.span().start, Mistake::UnknownKey { key: section.full(name), nearest });
            }
        }
    }

    fn section<'t, 'i>(&mut self, parent: &Section<'t, 'i>, name: &str) -> Option<Section<'t, 'i>> {
        let value = parent.table.get(name)?;
        let valid = keys::inside(parent.valid).find(|key| keys::leaf(key) == name)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(parent, name, value, "a table");
            return None;
        };
        let section = Section { key: parent.full(name), valid, at: value.span(), table };
        self.check_keys(&section);
        Some(section)
    }

    fn entries<'t, 'i>(&mut self, parent: &Section<'t, 'i>, name: &str) -> Vec<Section<'t, 'i>> {
        let Some(value) = parent.table.get(name) else { return Vec::new() };
        let Some(valid) = keys::inside(parent.valid).find(|key| keys::leaf(key) == name) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(parent, name, value, "a list of tables, each begun with double brackets");
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            let key = format!("{}.{}", parent.full(name), index + 1);
            match entry.get_ref().as_table() {
                Some(table) => {
                    let section = Section { key, valid, at: entry.span(), table };
                    self.check_keys(&section);
                    sections.push(section);
                }
                None => {
                    let found = entry.get_ref().type_str();
                    self.wrong(entry.span().start, Mistake::WrongType { key, expected: "a table", found });
                }
            }
        }
        sections
    }

    fn wrong_type(&mut self, section: &Section, name: &str, value: &Spanned<DeValue>, expected: &'static str) {
        let found = value.get_ref().type_str();
        self.wrong(value.span().start, Mistake::WrongType { key: section.full(name), expected, found });
    }

    fn text(&mut self, section: &Section, name: &str) -> Found<String> {
        let value = section.table.get(name)?;
        match value.get_ref().as_str() {
            Some(text) => Some((text.to_owned(), value.span())),
            None => {
                self.wrong_type(section, name, value, "a text in quotes");
                None
            }
        }
    }

    fn number(&mut self, section: &Section, name: &str) -> Found<i64> {
        let value = section.table.get(name)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_type(section, name, value, "a whole number");
        }
        Some((number?, value.span()))
    }

    fn required_text(&mut self, section: &Section, name: &str) -> Option<String> {
        if !section.table.contains_key(name) {
            self.wrong(section.at.start, Mistake::Missing { key: section.full(name) });
            return None;
        }
        let (text, at) = self.text(section, name)?;
        if text.trim().is_empty() {
            self.wrong(at.start, Mistake::Missing { key: section.full(name) });
            return None;
        }
        Some(text)
    }

    fn choice(&mut self, section: &Section, name: &str, valid: &[&'static str]) -> Option<&'static str> {
        let (value, at) = self.text(section, name)?;
        let found = valid.iter().copied().find(|candidate| *candidate == value);
        if found.is_none() {
            self.wrong(at.start, Mistake::UnknownValue { key: section.full(name), value, valid: valid.to_vec() });
        }
        found
    }

    /// A list of texts, or one text alone.
    fn list(&mut self, section: &Section, name: &str) -> Option<Vec<(String, Range<usize>)>> {
        let value = section.table.get(name)?;
        if let Some(text) = value.get_ref().as_str() {
            return Some(vec![(text.to_owned(), value.span())]);
        }
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(section, name, value, "a list of texts");
            return None;
        };
        let mut found = Vec::new();
        for entry in list {
            match entry.get_ref().as_str() {
                Some(text) => found.push((text.to_owned(), entry.span())),
                None => self.wrong_type(section, name, entry, "a list of texts"),
            }
        }
        Some(found)
    }

    fn networks(&mut self, section: &Section, name: &str) -> Vec<String> {
        let mut networks = Vec::new();
        for (text, at) in self.list(section, name).unwrap_or_default() {
            match IpNet::parse(&text) {
                Ok(network) => networks.push(network.to_string()),
                Err(error) => self.wrong(at.start, Mistake::WrongNetwork { key: section.full(name), error }),
            }
        }
        networks
    }

    /// A time, as text or as TOML's own date-time; both need an offset.
    fn time(&mut self, section: &Section, name: &str) -> Found<Timestamp> {
        let value = section.table.get(name)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(at) => at.to_string(),
            _ => {
                self.wrong_type(section, name, value, "a time");
                return None;
            }
        };
        match Timestamp::parse_rfc3339(&text) {
            Ok(time) => Some((time, value.span())),
            Err(error) => {
                let key = section.full(name);
                self.wrong(value.span().start, Mistake::WrongTime { key, value: text, expected: error.expected });
                None
            }
        }
    }
}

impl Section<'_, '_> {
    fn full(&self, name: &str) -> String {
        if self.key.is_empty() { name.to_owned() } else { format!("{}.{name}", self.key) }
    }
}
