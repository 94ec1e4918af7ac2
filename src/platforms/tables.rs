//! The reference tables as types. They are compiled in, so a fault in one is a fault of the program; tests read them all.

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use thiserror::Error;

use crate::formats::csvlog::Heading;

const MOVEIT_SCHEMA: &str = include_str!("../../queries/reference/moveit_schema.csv");
const MOVEIT_ACTIONS: &str = include_str!("../../queries/reference/moveit_actions.csv");
const MOVEIT_ROUTES: &str = include_str!("../../queries/reference/moveit_routes.csv");
const MOVEIT_LOG_COLUMNS: &str = include_str!("../../queries/reference/moveit_log_columns.csv");
const INDICATORS: &str = include_str!("../../queries/reference/indicators.csv");
const GZIP_RATIOS: &str = include_str!("../../queries/reference/gzip_ratio.csv");

/// A reference table that cannot be read.
#[derive(Debug, Error)]
pub enum ReferenceError {
    /// Not the expected columns.
    #[error("reference table {table}: {source}")]
    Csv {
        /// Which table.
        table: &'static str,
        /// What the CSV reader says.
        source: csv::Error,
    },
    /// A pattern that is no regular expression.
    #[error("reference table {table}: {source}")]
    Pattern {
        /// Which table.
        table: &'static str,
        /// What the compiler of patterns says.
        source: Box<regex::Error>,
    },
}

/// A column that the common model reads from a vendor table.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct ExpectedColumn {
    /// Table as the vendor names it.
    pub table: String,
    /// Column as the vendor names it.
    pub column: String,
    /// `required`: without it the conclusions are weaker, the report says so; `optional`.
    pub need: String,
    /// What it is needed for.
    pub used_for: String,
}

/// An action code, or a pattern of codes, and what it means.
#[derive(Debug, Clone, Deserialize)]
pub struct ActionPattern {
    /// Lower goes first.
    pub priority: i64,
    /// SQL LIKE pattern, lower case, `\` escapes.
    pub pattern: String,
    /// Kind in the common model.
    pub kind: String,
    /// How sure the meaning is.
    pub confidence: String,
    /// Where it is known from.
    pub note: String,
}

/// A published indicator of the attack.
#[derive(Debug, Clone, Deserialize)]
pub struct Indicator {
    /// `address`, `network`, `account_name`, `agent`.
    pub kind: String,
    /// Its value.
    pub value: String,
    /// Who published it.
    pub source: String,
    /// What it is.
    pub note: String,
}

/// How far a class of files shrinks as gzip: compressed size divided by size.
#[derive(Debug, Clone, Deserialize)]
pub struct GzipRatio {
    /// Name of the class.
    pub class: String,
    /// Extensions of its files, divided by `|`; `*` for all that no other class has.
    pub extensions: String,
    /// Least ever expected.
    pub low: f64,
    /// Most ever expected.
    pub high: f64,
    /// Half of the files lie between here
    pub typical_low: f64,
    /// and here.
    pub typical_high: f64,
    /// Measured on what, or assumed.
    pub note: String,
}

/// A class of web addresses of the product.
#[derive(Debug)]
pub struct Route {
    /// What the request does.
    pub kind: String,
    /// `public`, `static`, `page`, `sign_on`, `data`, `attack`, `internal`.
    pub access: String,
    methods: Vec<String>,
    path: Regex,
    query: Option<Regex>,
}

#[derive(Deserialize)]
struct HeadingRow {
    heading: String,
    column: String,
    confidence: String,
}

#[derive(Deserialize)]
struct RouteRow {
    kind: String,
    access: String,
    methods: String,
    path: String,
    query: String,
}

impl Route {
    /// Matches a request; gives the file and folder ids that the address itself names.
    pub fn matches(&self, method: &str, path: &str, query: &str) -> Option<(Option<String>, Option<String>)> {
        if !self.methods.is_empty() && !self.methods.iter().any(|m| m.eq_ignore_ascii_case(method)) {
            return None;
        }
        let in_path = self.path.captures(path)?;
        let in_query = match &self.query {
            Some(pattern) => Some(pattern.captures(query)?),
            None => None,
        };
        let named = |name: &str| {
            in_path
                .name(name)
                .or_else(|| in_query.as_ref().and_then(|c| c.name(name)))
                .map(|found| found.as_str().to_owned())
        };
        Some((named("file"), named("folder")))
    }
}

/// A product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// MOVEit Transfer.
    Moveit,
}

impl Platform {
    /// The columns that the common model reads.
    ///
    /// # Errors
    /// When the compiled-in table is damaged.
    pub fn expected_columns(self) -> Result<Vec<ExpectedColumn>, ReferenceError> {
        rows("moveit_schema", MOVEIT_SCHEMA)
    }

    /// The action codes of the audit log.
    ///
    /// # Errors
    /// When the compiled-in table is damaged.
    pub fn actions(self) -> Result<Vec<ActionPattern>, ReferenceError> {
        rows("moveit_actions", MOVEIT_ACTIONS)
    }

    /// Headings of columns in exports of the audit log.
    ///
    /// # Errors
    /// When the compiled-in table is damaged.
    pub fn log_headings(self) -> Result<Vec<Heading>, ReferenceError> {
        let rows = rows::<HeadingRow>("moveit_log_columns", MOVEIT_LOG_COLUMNS)?;
        let heading =
            |row: HeadingRow| Heading { heading: row.heading, column: row.column, guess: row.confidence == "guess" };
        Ok(rows.into_iter().map(heading).collect())
    }

    /// The web addresses, in the order in which they are tried.
    ///
    /// # Errors
    /// When the compiled-in table is damaged.
    pub fn routes(self) -> Result<Vec<Route>, ReferenceError> {
        let table = "moveit_routes";
        let compile = |pattern: &str| {
            RegexBuilder::new(pattern)
                .case_insensitive(true)
                .build()
                .map_err(|source| ReferenceError::Pattern { table, source: Box::new(source) })
        };
        rows::<RouteRow>(table, MOVEIT_ROUTES)?
            .into_iter()
            .map(|row| {
                Ok(Route {
                    methods: row.methods.split('|').filter(|m| !m.is_empty()).map(str::to_owned).collect(),
                    path: compile(&row.path)?,
                    query: if row.query.is_empty() { None } else { Some(compile(&row.query)?) },
                    kind: row.kind,
                    access: row.access,
                })
            })
            .collect()
    }
}

/// The indicators of the attack.
///
/// # Errors
/// When the compiled-in table is damaged.
pub fn indicators() -> Result<Vec<Indicator>, ReferenceError> {
    rows("indicators", INDICATORS)
}

/// How far files shrink, by class.
///
/// # Errors
/// When the compiled-in table is damaged.
pub fn gzip_ratios() -> Result<Vec<GzipRatio>, ReferenceError> {
    rows("gzip_ratio", GZIP_RATIOS)
}

fn rows<T: serde::de::DeserializeOwned>(table: &'static str, text: &str) -> Result<Vec<T>, ReferenceError> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|source| ReferenceError::Csv { table, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(method: &str, path: &str, query: &str) -> Option<(String, Option<String>)> {
        let routes = Platform::Moveit.routes().unwrap();
        routes.iter().find_map(|r| r.matches(method, path, query).map(|(file, _)| (r.kind.clone(), file)))
    }

    #[test]
    fn every_reference_table_can_be_read() {
        assert!(Platform::Moveit.expected_columns().unwrap().len() > 50);
        assert!(Platform::Moveit.actions().unwrap().len() > 10);
        assert!(indicators().unwrap().len() > 60);
        assert!(Platform::Moveit.log_headings().unwrap().iter().filter(|h| !h.guess).count() >= 30);
    }

    #[test]
    fn the_steps_of_the_published_chain_are_told_apart() {
        let cases = [
            ("POST", "/moveitisapi/moveitisapi.dll", "action=m2", "exploit_m2", None),
            ("GET", "/MOVEitISAPI/MOVEitISAPI.dll", "action=m2", "exploit_m2", None),
            ("POST", "/guestaccess.aspx", "", "guest_post", None),
            ("GET", "/guestaccess.aspx", "", "guest_page", None),
            ("POST", "/api/v1/token", "", "token", None),
            ("POST", "/api/v1/auth/token", "", "token", None),
            (
                "PUT",
                "/api/v1/folders/966794435/files",
                "uploadType=resumable&fileId=974155582",
                "resumable_upload",
                Some("974155582"),
            ),
            ("GET", "/human2.aspx", "", "web_shell", None),
            ("GET", "/api/v1/files/974134892/download", "", "file_download", Some("974134892")),
            ("GET", "/api/v1/folders/966794435/files/974134892/download", "", "file_download", Some("974134892")),
            ("GET", "/moveitisapi/moveitisapi.dll", "action=download&x=1", "file_download", None),
            ("GET", "/api/v1/files/974134892", "", "file_metadata", Some("974134892")),
            ("GET", "/", "", "home", None),
        ];
        for (method, path, query, kind, file) in cases {
            assert_eq!(
                kind_of(method, path, query),
                Some((kind.to_owned(), file.map(str::to_owned))),
                "{method} {path}?{query}"
            );
        }
    }

    #[test]
    fn a_guest_page_of_another_product_is_not_taken_for_ours() {
        assert_eq!(kind_of("POST", "/_layouts/15/guestaccess.aspx", ""), None);
    }
}
