//! The queries that `abfluss query` knows by name: those of queries/reports, compiled in.

use super::exit::CliError;
use crate::report::queries;

/// Names, sorted, each with its purpose.
pub(super) fn all() -> impl Iterator<Item = (&'static str, String)> {
    queries::names().map(|name| (name, queries::purpose(name).unwrap_or_default()))
}

/// The text of a query.
///
/// # Errors
///
/// There is no such query; the hint names the one that looks most like it.
pub(super) fn sql(name: &str) -> Result<&'static str, CliError> {
    queries::sql(name).ok_or_else(|| {
        let error = CliError::usage(format!("there is no query {name:?}"));
        let nearest = queries::names().min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let error = nearest.into_iter().fold(error, |error, known| error.hint(format!("did you mean {known:?}?")));
        error.hint("`abfluss query` without a name lists all; `--sql` takes any text")
    })
}
