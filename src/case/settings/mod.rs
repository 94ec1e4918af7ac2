//! The settings of a case, `case.toml`: what the people who ran the server know and the evidence cannot say.
//!
//! Two stages: [`Settings::parse`] reads and checks every key and reports all mistakes at once with their lines;
//! [`Settings::to_toml`] prints what is in effect, defaults included, so that the case folder tells a second expert what
//! the run believed. Everything is optional; an unknown key is a mistake, because a misspelt `from` that is ignored would
//! silently widen or lose the window.

mod checks;
mod error;
mod keys;
mod print;
mod read;
#[cfg(test)]
mod tests;

use crate::model::{Language, SessionClass, Timestamp};

pub use checks::zone;
pub use error::{Mistake, Place, SettingsError};

/// Platforms whose tables and addresses are known.
pub const PLATFORMS: [&str; 1] = ["moveit"];

/// The source that all records of the application are: audit table, archives, exports.
pub const SOURCE_AUDIT_LOG: &str = "moveit_audit_log";
/// The web server in front of it.
pub const SOURCE_IIS: &str = "iis";

/// Sources that can be required to be without a gap, and the default for MOVEit.
pub const SOURCES: [&str; 2] = [SOURCE_AUDIT_LOG, SOURCE_IIS];

/// All settings of a case, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// `[case]`
    pub case: CaseInfo,
    /// `[system]`
    pub system: System,
    /// `[window]`
    pub window: Window,
    /// `[known]`
    pub known: Known,
    /// `[required]`
    pub required: Required,
    /// `[[decision]]`, in the order of the file.
    pub decision: Vec<Decision>,
    /// `[[insurer]]`, in the order of the file.
    pub insurer: Vec<Insurer>,
    /// `[logs]`
    pub logs: Logs,
}

/// `[case]`: what the report is called and when the breach became known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseInfo {
    /// File number of the people in charge.
    pub id: Option<String>,
    /// Title of the report.
    pub title: Option<String>,
    /// Language of the texts; German where nothing is stated.
    pub language: Option<Language>,
    /// When the breach became known, UTC; deadlines count from here.
    pub known_at: Option<Timestamp>,
}

/// `[system]`: what kind of server it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct System {
    /// One of [`PLATFORMS`].
    pub platform: Option<String>,
    /// IANA name or fixed offset (`+02:00`) of the server's clock. Checked against the evidence, not believed.
    pub timezone: Option<String>,
}

/// `[window]`: the time in question, UTC, both ends included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// First second that counts.
    pub from: Option<Timestamp>,
    /// Last second that counts.
    pub to: Option<Timestamp>,
}

/// `[known]`: clients and accounts that belong to somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Networks in CIDR notation from which any account may act; canonical form.
    pub networks: Vec<String>,
    /// Accounts whose use is explained wherever it comes from (monitoring, a service of the operator).
    pub accounts: Vec<String>,
    /// Addresses or networks of proxies whose X-Forwarded-For may be believed; canonical form.
    pub proxies: Vec<String>,
    /// `[[known.account]]`: networks bound to one account.
    pub account: Vec<KnownAccount>,
    /// `[[known.organisation]]`: networks bound to the accounts of one organisation.
    pub organisation: Vec<KnownOrganisation>,
}

/// `[[known.account]]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAccount {
    /// Login name of the account.
    pub name: String,
    /// Networks in CIDR notation from which this account may act; canonical form, never empty.
    pub networks: Vec<String>,
}

/// `[[known.organisation]]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownOrganisation {
    /// Which organisation of the server.
    pub which: Organisation,
    /// Networks in CIDR notation from which its accounts may act; canonical form, never empty.
    pub networks: Vec<String>,
}

/// An organisation of the server, as case.toml names it: by its number or by its name, never by both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Organisation {
    /// Its number on the server.
    Id(i64),
    /// Its name or short name; upper and lower case do not matter.
    Name(String),
}

/// `[required]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Required {
    /// Sources without which "no indication" is refused; never empty when stated. See [`Settings::required_sources`].
    pub sources: Option<Vec<String>>,
}

/// `[[decision]]`: an analyst overrules the class of a session and signs for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Id of the session as `abfluss sessions` prints it.
    pub session: String,
    /// The class it gets.
    pub class: SessionClass,
    /// Why, for the report.
    pub reason: String,
    /// Who decided, for the report.
    pub who: String,
}

/// `[[insurer]]`: a client of the operator, for counts per insurer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insurer {
    /// Name of the insurer.
    pub name: String,
    /// Institutionskennzeichen, nine digits with a right check digit.
    pub ik: Option<String>,
}

/// `[logs]`: what a log does not say about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logs {
    /// `[[logs.fields]]`, in the order of the file; the first that applies counts.
    pub fields: Vec<LogFields>,
}

/// `[[logs.fields]]`: the columns of a web log without a `#Fields` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFields {
    /// Pattern with `*` and `?`: of the file name, or of the path inside the evidence folder when it holds a `/`.
    pub files: String,
    /// The columns as they would stand behind `#Fields:`, separated by single blanks.
    pub fields: String,
}

/// All keys that carry a value, as they are written in full: `window.from`, `decision.class`.
pub fn keys() -> impl Iterator<Item = &'static str> {
    keys::all().filter(|key| keys::inside(key).next().is_none())
}

impl Settings {
    /// Language of the texts.
    pub fn language(&self) -> Language {
        self.case.language.unwrap_or_default()
    }

    /// The platform in effect.
    pub fn platform(&self) -> &str {
        self.system.platform.as_deref().unwrap_or(PLATFORMS[0])
    }

    /// Sources that must be without a gap before "no indication" may be said.
    pub fn required_sources(&self) -> Vec<String> {
        match &self.required.sources {
            Some(sources) => sources.clone(),
            None => SOURCES.map(str::to_owned).to_vec(),
        }
    }

    /// The columns stated for a log without a `#Fields` line; `path` as stored in `evidence.path`.
    pub fn log_fields(&self, path: &str) -> Option<&str> {
        self.logs.fields.iter().find(|stated| stated.applies_to(path)).map(|stated| stated.fields.as_str())
    }
}

impl LogFields {
    /// Whether the pattern fits a path as stored in `evidence.path` (`archive.zip!inner/u_ex230528.log`).
    pub fn applies_to(&self, path: &str) -> bool {
        let subject = if self.files.contains('/') { path } else { path.rsplit(['/', '!']).next().unwrap_or(path) };
        fits(self.files.as_bytes(), subject.as_bytes())
    }
}

/// Pattern match with `*` (any run of bytes) and `?` (one byte), linear in practice: only the last `*` is retried.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((star, at)) => {
                    retry = Some((star, at + 1));
                    p = star + 1;
                    t = at + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}
