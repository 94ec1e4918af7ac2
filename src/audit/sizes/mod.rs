//! Which files a web shell sent, from the sizes of its answers.
//!
//! No log names a file that a web shell hands out, but with `sc-bytes` each answer has a size: the contents as gzip plus
//! headers. [`match_sizes`] predicts the size for every file that was there (from a copy of its contents, or from its size
//! in the inventory and the kind of file), takes the headers from the data, and aligns the calls in the order of time with
//! the files in the order of their ids, in which the shell's list has them. docs/concepts/web-shell.md explains the model.
//!
//! Tables: `size_call` (`web_id`, `session_no`, `candidates`), `size_match`, `size_run`.

mod align;
mod fit;
mod load;
mod matching;
mod predict;
mod store;

pub use matching::{Call, File, LEAST, Match, Matched, Method, Reason, candidates, match_sizes};
pub use predict::{Basis, Interval, Overhead, Prediction, Ratio};

use rusqlite::Connection;

use super::error::AuditError;

/// Fills the three tables, one run for each session in which a web shell answered.
pub(super) fn derive(db: &Connection) -> Result<(), AuditError> {
    store::create(db)?;
    let classes = load::ratios()?;
    for session in load::sessions(db)? {
        let calls = load::calls(db, session.number)?;
        let files = load::files(db, &session, &classes)?;
        store::session(db, &session, &calls, &files)?;
    }
    Ok(())
}
