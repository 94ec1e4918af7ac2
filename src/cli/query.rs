//! `abfluss query`: read-only questions to the case database.

use std::path::{Path, PathBuf};

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection, Statement};

use super::exit::{CliError, CliResult};
use super::printer::{Printer, written};
use super::table::{Cell, FormatArg, write_rows};
use super::{Exit, named, parquet, pipeline};

/// Run a query on the case database, read-only: one of the report's own by NAME, or any with --sql
///
/// Without NAME and --sql the names are listed. The same texts lie in queries/reports and run in the sqlite3 shell.
#[derive(Debug, clap::Args)]
pub(super) struct QueryArgs {
    /// Case folder; not needed to list the names
    case: Option<PathBuf>,
    /// Name of a query
    #[arg(conflicts_with = "sql")]
    name: Option<String>,
    /// SQL text, one statement
    #[arg(long, value_name = "SQL", requires = "case")]
    sql: Option<String>,
    /// Write the rows to a new Parquet file instead of printing them
    #[arg(long, value_name = "FILE", requires = "case")]
    parquet: Option<PathBuf>,
    #[command(flatten)]
    format: FormatArg,
}

pub(super) fn run(args: &QueryArgs, printer: &mut Printer) -> CliResult {
    let text = match (&args.name, &args.sql) {
        (Some(name), None) => named::sql(name)?,
        (None, Some(sql)) => sql.as_str(),
        _ => return list(args, printer),
    };
    let Some(case) = &args.case else { return list(args, printer) };
    match &args.parquet {
        Some(path) => {
            let case = pipeline::open_read(case)?;
            let (columns, rows) = rows(case.connection(), text)?;
            parquet::write(path, &columns, &rows)?;
            Ok(Exit::Done)
        }
        None => run_sql(case, text, &args.format, printer),
    }
}

/// Runs one statement on a case and prints its rows.
pub(super) fn run_sql(case: &Path, sql: &str, format: &FormatArg, printer: &mut Printer) -> CliResult {
    let case = pipeline::open_read(case)?;
    let (columns, rows) = rows(case.connection(), sql)?;
    let format = format.or_default(printer);
    written(write_rows(printer.data(), format, &columns, &rows))?;
    Ok(Exit::Done)
}

fn list(args: &QueryArgs, printer: &mut Printer) -> CliResult {
    let columns = ["name", "purpose"].map(str::to_owned);
    let rows: Vec<Vec<Cell>> =
        named::all().map(|(name, purpose)| vec![Cell::Text(name.to_owned()), Cell::Text(purpose)]).collect();
    let format = args.format.or_default(printer);
    written(write_rows(printer.data(), format, &columns, &rows))?;
    Ok(Exit::Done)
}

/// Columns and rows of the one statement in `sql`.
fn rows(connection: &Connection, sql: &str) -> Result<(Vec<String>, Vec<Vec<Cell>>), CliError> {
    let wrong = |error: rusqlite::Error| {
        CliError::usage(format!("the query failed: {}", sqlite_text(&error)))
            .hint("`--sql \"select name from sqlite_schema where type = 'table'\"` lists the tables of the case")
    };
    let mut batch = Batch::new(connection, sql);
    let Some(mut statement) = batch.next().map_err(wrong)? else {
        return Err(CliError::usage("the text holds no SQL statement"));
    };
    if batch.next().map_err(wrong)?.is_some() {
        return Err(CliError::usage("one statement at a time, please: the text holds several"));
    }
    check_reads_only(&statement)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = Vec::new();
    let mut found = statement.query([]).map_err(wrong)?;
    while let Some(row) = found.next().map_err(wrong)? {
        let cells: Result<Vec<Cell>, _> = (0..columns.len()).map(|index| row.get_ref(index).map(Cell::from)).collect();
        rows.push(cells.map_err(wrong)?);
    }
    Ok((columns, rows))
}

/// SQLite refuses writes on a read-only connection by itself; this says so in our words, before anything runs. `attach` and
/// pragmas count as reading for SQLite and give no rows of the case.
fn check_reads_only(statement: &Statement<'_>) -> Result<(), CliError> {
    if statement.readonly() && statement.column_count() > 0 {
        return Ok(());
    }
    Err(CliError::usage("the statement reads nothing: queries are read-only and must give rows")
        .hint("to work with writes, copy case.db elsewhere and open the copy with sqlite3"))
}

fn sqlite_text(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, offset, .. } => format!("{msg} (at character {offset})"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(sql: &str) -> String {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("create table t(a)").unwrap();
        rows(&connection, sql).unwrap_err().message
    }

    #[test]
    fn one_reading_statement_is_run_and_nothing_else() {
        assert!(message("delete from t").contains("reads nothing"));
        assert!(message("select 1; select 2").contains("several"));
        assert!(message("select 1; drop table t").contains("several"));
        assert!(message("  -- nothing\n").contains("no SQL statement"));
        assert!(message("attach 'x' as y").contains("reads nothing"));
        assert!(message("insert into t values (1) returning a").contains("reads nothing"));
        assert!(message("select nope from t").contains("no such column: nope"));
    }

    #[test]
    fn values_keep_their_kind() {
        let connection = Connection::open_in_memory().unwrap();
        let (columns, rows) = rows(&connection, "-- why\nselect 1 as a, null, 0.5, 'x', x'00ff';\n-- end\n").unwrap();
        assert_eq!(columns[0], "a");
        assert_eq!(
            rows,
            [vec![Cell::Integer(1), Cell::Null, Cell::Real(0.5), Cell::Text("x".to_owned()), Cell::Blob(vec![0, 255])]]
        );
    }
}
