//! Ids that look like one that does not exist.

use rusqlite::Connection;

use super::super::ReportError;
use super::Subject;

/// As many are named.
const NAMED: usize = 5;

/// The ids of the same kind that are nearest to the one asked for, the nearest first.
///
/// # Errors
/// [`ReportError::Query`] when the tables cannot be read.
pub fn nearest(conn: &Connection, subject: &Subject) -> Result<Vec<String>, ReportError> {
    let (sql, id) = match subject {
        Subject::File(id) => ("select file_id from finding order by 1", id),
        Subject::Session(id) => ("select session_id from session order by 1", id),
        Subject::Finding(id) => {
            ("select finding_id from named_finding union all select 'file:' || file_id from finding order by 1", id)
        }
    };
    let failed = |source| ReportError::Query { name: "nearest", source };
    let mut statement = conn.prepare(sql).map_err(failed)?;
    let mut best: Vec<(usize, String)> = Vec::new();
    let mut rows = statement.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let known: String = row.get(0).map_err(failed)?;
        // One that contains what was typed is nearer than any other.
        let distance =
            if !id.is_empty() && known.contains(id.as_str()) { 0 } else { 1 + strsim::levenshtein(id, &known) };
        if best.len() < NAMED || best.last().is_some_and(|(worst, _)| distance < *worst) {
            let place = best.partition_point(|(other, _)| *other <= distance);
            best.insert(place, (distance, known));
            best.truncate(NAMED);
        }
    }
    Ok(best.into_iter().map(|(_, known)| known).collect())
}
