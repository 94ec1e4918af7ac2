//! Loading `case.toml` for a command.

use std::path::Path;

use clap::ValueEnum;

use super::exit::{CliError, CliResult};
use crate::case::settings::Settings;
use crate::model::Language;

/// Language of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Lang {
    /// German
    De,
    /// English
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::De => Language::De,
            Lang::En => Language::En,
        }
    }
}

/// Reads the settings; without a file, the defaults. A language given on the command line goes before the file's.
///
/// # Errors
///
/// The file cannot be read, is no UTF-8, or holds mistakes.
pub(super) fn load(path: Option<&Path>, lang: Option<Lang>) -> CliResult<Settings> {
    let mut settings = match path {
        Some(path) => parse(path)?,
        None => Settings::default(),
    };
    if let Some(lang) = lang {
        settings.case.language = Some(lang.into());
    }
    Ok(settings)
}

fn parse(path: &Path) -> CliResult<Settings> {
    let origin = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        CliError::usage(format!("the settings {origin} cannot be read: {error}"))
            .hint("docs/reference/case-toml.md has an example; every key is optional, and so is the file")
    })?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Settings::parse(&text, &origin)?),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            Err(CliError::usage(format!("{origin}: not UTF-8 at byte {offset}")).hint("save the file as UTF-8"))
        }
    }
}
