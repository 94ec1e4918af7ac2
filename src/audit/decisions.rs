//! What decisions change. A decision of case.toml overrules the class of a session, and with it the grades of files. So that
//! the report can say which, everything from the classes on is concluded once without decisions and once with them.

use rusqlite::Connection;

use super::error::AuditError;

/// Makes table `finding_undecided`: grade and reason of each file if no session had been decided. Empty when nothing is
/// decided. `conclude` draws the conclusions from the classes on; it runs with table `decision` empty.
pub(super) fn conclude_without(
    db: &Connection,
    conclude: impl FnOnce() -> Result<(), AuditError>,
) -> Result<(), AuditError> {
    const KEPT: &str =
        "create temporary table decision_kept as select * from main.decision; delete from main.decision;";
    const BACK: &str =
        "insert into main.decision select * from decision_kept order by rowid; drop table decision_kept;";
    db.execute_batch(
        "drop table if exists finding_undecided; \
         create table finding_undecided (file_id text primary key, grade text not null, reason text not null) strict;",
    )?;
    let decided: bool = db.query_row("select exists (select 1 from decision)", [], |row| row.get(0))?;
    if !decided {
        return Ok(());
    }
    db.execute_batch(KEPT)?;
    conclude()?;
    db.execute_batch("insert into finding_undecided select file_id, grade, reason from finding order by file_id;")?;
    db.execute_batch(BACK)?;
    Ok(())
}
