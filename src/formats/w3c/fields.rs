//! The `#Fields` law: which column holds what. Names are compared without case; any order, any subset.

use super::TextId;

/// Texts of a row, in the order of [`super::WebRow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Method,
    Path,
    Query,
    User,
    Client,
    Agent,
    Referer,
    Host,
    Forwarded,
    Server,
}

/// Numbers of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Port,
    Status,
    Substatus,
    Win32,
    BytesSent,
    BytesReceived,
    Duration,
}

/// IIS knows about thirty columns and any number of custom ones; this bounds work and memory for a crafted line.
const MOST_COLUMNS: usize = 1024;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Date,
    Time,
    Text(Text),
    Number(Number),
    /// Kept in `extra`; a cookie has `+` for blanks.
    Other {
        cookie: bool,
    },
}

impl Kind {
    fn of(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "date" => Self::Date,
            "time" => Self::Time,
            "cs-method" => Self::Text(Text::Method),
            "cs-uri-stem" => Self::Text(Text::Path),
            "cs-uri-query" => Self::Text(Text::Query),
            "cs-username" => Self::Text(Text::User),
            "c-ip" => Self::Text(Text::Client),
            "cs(user-agent)" => Self::Text(Text::Agent),
            "cs(referer)" => Self::Text(Text::Referer),
            "cs-host" | "cs(host)" => Self::Text(Text::Host),
            "x-forwarded-for" | "cs(x-forwarded-for)" => Self::Text(Text::Forwarded),
            "s-ip" => Self::Text(Text::Server),
            "s-port" => Self::Number(Number::Port),
            "sc-status" => Self::Number(Number::Status),
            "sc-substatus" => Self::Number(Number::Substatus),
            "sc-win32-status" => Self::Number(Number::Win32),
            "sc-bytes" => Self::Number(Number::BytesSent),
            "cs-bytes" => Self::Number(Number::BytesReceived),
            "time-taken" => Self::Number(Number::Duration),
            _ => Self::Other { cookie: matches!(lower.as_str(), "cs(cookie)" | "sc(set-cookie)") },
        }
    }

    /// Whether the name alone says that this is a log of web requests.
    pub(super) fn names_a_request(name: &str) -> bool {
        matches!(Self::of(name), Self::Text(Text::Client | Text::Path | Text::Method) | Self::Number(Number::Status))
    }
}

/// A column with its last value, so that a value which repeats is not looked up again.
#[derive(Debug)]
pub(super) struct Column {
    /// As in `#Fields`.
    pub(super) name: String,
    pub(super) kind: Kind,
    /// `"name":` ready for a JSON object.
    pub(super) key: String,
    pub(super) last: Vec<u8>,
    pub(super) last_id: TextId,
}

/// The columns of a log from one `#Fields` to the next.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) columns: Vec<Column>,
    /// Blank, or tab where `#Fields` itself is written with tabs.
    pub(super) separator: u8,
    pub(super) date: Option<usize>,
    pub(super) time: Option<usize>,
    pub(super) numbers: Vec<(usize, Number)>,
    pub(super) texts: Vec<(usize, Text)>,
    pub(super) others: Vec<usize>,
    /// Values of the other columns of the last line, and their JSON.
    pub(super) last_others: Vec<u8>,
    pub(super) last_extra: Option<String>,
}

impl Layout {
    /// Reads what follows `#Fields:`. `None` when it names no column, or more than any server writes.
    pub(super) fn parse(names: &str) -> Option<Self> {
        // The separating blank after the colon may be a tab in logs that otherwise use blanks.
        let names = names.trim();
        let separator = if names.contains('\t') { b'\t' } else { b' ' };
        let names = names.split(char::from(separator)).map(str::trim).filter(|name| !name.is_empty());
        let count = names.clone().count();
        (1..=MOST_COLUMNS).contains(&count).then(|| Self::of(names, separator))
    }

    /// Fields stated in case.toml. `None` when there are none.
    pub(super) fn declared(names: &[String]) -> Option<Self> {
        Self::parse(&names.join(" "))
    }

    fn of<'a>(names: impl Iterator<Item = &'a str>, separator: u8) -> Self {
        let mut layout = Self {
            columns: Vec::new(),
            separator,
            date: None,
            time: None,
            numbers: Vec::new(),
            texts: Vec::new(),
            others: Vec::new(),
            last_others: Vec::new(),
            last_extra: None,
        };
        for name in names {
            layout.add(name);
        }
        layout
    }

    /// A name that occurs again is kept in `extra` under a name of its own (`c-ip#2`): which of both is meant is unknown.
    fn add(&mut self, name: &str) {
        let index = self.columns.len();
        let same = self.columns.iter().filter(|column| column.name.eq_ignore_ascii_case(name)).count();
        let mut kind = Kind::of(name);
        if self.columns.iter().any(|column| column.kind == kind && !matches!(kind, Kind::Other { .. })) {
            kind = Kind::Other { cookie: false };
        }
        match kind {
            Kind::Date => self.date = Some(index),
            Kind::Time => self.time = Some(index),
            Kind::Text(text) => self.texts.push((index, text)),
            Kind::Number(number) => self.numbers.push((index, number)),
            Kind::Other { .. } => self.others.push(index),
        }
        let unique = if same == 0 { name.to_string() } else { format!("{name}#{}", same + 1) };
        let key = format!("{}:", serde_json::Value::from(unique));
        self.columns.push(Column { name: name.to_string(), kind, key, last: Vec::new(), last_id: 0 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_order_subset_and_case() {
        let layout =
            Layout::parse(" sc-status X-FORWARDED-FOR s-sitename DATE cs(user-agent) \r").expect("has columns");
        let kinds: Vec<Kind> = layout.columns.iter().map(|column| column.kind).collect();
        assert_eq!(
            kinds,
            [
                Kind::Number(Number::Status),
                Kind::Text(Text::Forwarded),
                Kind::Other { cookie: false },
                Kind::Date,
                Kind::Text(Text::Agent)
            ]
        );
        assert_eq!((layout.date, layout.time, layout.others), (Some(3), None, vec![2]));
    }

    #[test]
    fn no_names_are_no_law() {
        assert!(Layout::parse("").is_none());
        assert!(Layout::parse(" \t ").is_none());
        assert!(Layout::parse(&"x ".repeat(MOST_COLUMNS)).is_some());
        assert!(Layout::parse(&"x ".repeat(MOST_COLUMNS + 1)).is_none());
        assert!(Layout::declared(&[]).is_none());
    }

    #[test]
    fn a_repeated_name_goes_to_extra_under_its_own_name() {
        let layout = Layout::parse("c-ip x C-IP x").expect("has columns");
        let keys: Vec<&str> = layout.columns.iter().map(|column| column.key.as_str()).collect();
        assert_eq!(keys, ["\"c-ip\":", "\"x\":", "\"C-IP#2\":", "\"x#2\":"]);
        assert_eq!(layout.texts, [(0, Text::Client)]);
        assert_eq!(layout.others, [1, 2, 3]);
    }

    #[test]
    fn tabs_separate_where_fields_are_written_with_tabs() {
        let layout = Layout::parse("\tdate\ttime\tc-ip").expect("has columns");
        assert_eq!((layout.separator, layout.columns.len()), (b'\t', 3));
        assert_eq!(Layout::parse("\tdate time").expect("has columns").separator, b' ');
    }
}
