//! The queries that `abfluss query` knows by name: those of queries/reports, compiled in.

use super::exit::CliError;

/// Names, sorted, each with its purpose.
pub(super) fn all() -> Vec<(&'static str, &'static str)> {
    Vec::new()
}

/// The text of a query.
///
/// # Errors
///
/// There is no such query; the hint names the one that looks most like it.
pub(super) fn sql(name: &str) -> Result<&'static str, CliError> {
    let found: Option<&'static str> = None;
    found.ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> CliError {
    let error = CliError::usage(format!("there is no query {name:?}"));
    let nearest = all().into_iter().min_by_key(|(known, _)| strsim::damerau_levenshtein(known, name));
    match nearest {
        Some((known, _)) => error
            .hint(format!("did you mean {known:?}?"))
            .hint("`abfluss query` without a name lists all; `--sql` takes any text"),
        None => error,
    }
}
