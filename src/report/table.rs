//! Rows of a report query, read one by one or as a table.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement};

use super::ReportError;
use super::queries::{self, Column};

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Real(f64),
    /// A text, unchanged.
    Text(String),
}

/// One row with the names of its columns.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// Columns as the query's header states them.
    pub columns: &'a [Column],
    /// One value for each column.
    pub cells: Vec<Cell>,
}

/// A query's result in memory, for tables that are small or cut.
#[derive(Debug, Clone)]
pub struct Table {
    /// Columns as the query's header states them.
    pub columns: Vec<Column>,
    /// Rows in the order of the query.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows the query gives, kept or not.
    pub total: usize,
}

impl Cell {
    pub(super) fn read(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(i) => Cell::Int(i),
            ValueRef::Real(r) => Cell::Real(r),
            // Tables are STRICT, but vendor values pass through as they are: bytes that are no UTF-8 are shown, not lost.
            ValueRef::Text(t) | ValueRef::Blob(t) => Cell::Text(String::from_utf8_lossy(t).into_owned()),
        }
    }

    /// The cell as text; empty for no value.
    pub fn to_text(&self) -> String {
        match self {
            Cell::Null => String::new(),
            Cell::Int(i) => i.to_string(),
            Cell::Real(r) => r.to_string(),
            Cell::Text(t) => t.clone(),
        }
    }
}

impl Row<'_> {
    fn cell(&self, column: &str) -> &Cell {
        let place = self.columns.iter().position(|c| c.name == column);
        place.and_then(|p| self.cells.get(p)).unwrap_or(&Cell::Null)
    }

    /// The text of a column, empty for no value.
    pub fn text(&self, column: &str) -> String {
        self.cell(column).to_text()
    }

    /// The number of a column.
    pub fn int(&self, column: &str) -> Option<i64> {
        match self.cell(column) {
            Cell::Int(i) => Some(*i),
            _ => None,
        }
    }

    /// The number of a column, with its fraction.
    pub fn real(&self, column: &str) -> Option<f64> {
        match self.cell(column) {
            Cell::Real(r) => Some(*r),
            Cell::Int(i) => Some(*i as f64),
            _ => None,
        }
    }

    /// True for a flag that is set.
    pub fn flag(&self, column: &str) -> bool {
        self.int(column) == Some(1)
    }

    /// The parts of a list; none for an empty cell.
    pub fn list(&self, column: &str) -> Vec<String> {
        split_list(&self.text(column))
    }
}

/// The values of a cell that holds several.
pub(super) fn split_list(text: &str) -> Vec<String> {
    text.split('|').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

impl Table {
    /// Runs a query and keeps at most `keep` rows; the rest is counted.
    ///
    /// # Errors
    /// [`ReportError::Query`] when the query fails.
    pub fn load(conn: &Connection, name: &'static str, keep: usize) -> Result<Self, ReportError> {
        let mut rows = Vec::new();
        let mut total = 0;
        let columns = for_each(conn, name, |row| {
            total += 1;
            if rows.len() < keep {
                rows.push(row.cells.clone());
            }
            Ok(())
        })?;
        Ok(Self { columns, rows, total })
    }

    /// The kept rows.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { columns: &self.columns, cells: cells.clone() })
    }

    /// How many rows were not kept.
    pub fn left_off(&self) -> usize {
        self.total - self.rows.len()
    }
}

/// A query of `queries/reports`, ready to run, its columns checked against its header.
pub(super) struct Prepared<'c> {
    name: &'static str,
    pub(super) columns: Vec<Column>,
    statement: Statement<'c>,
}

/// The rows of a query that is running.
pub(super) struct Running<'s> {
    name: &'static str,
    width: usize,
    rows: rusqlite::Rows<'s>,
}

impl<'c> Prepared<'c> {
    /// Compiles the query.
    pub(super) fn new(conn: &'c Connection, name: &'static str) -> Result<Self, ReportError> {
        let sql = queries::sql(name).expect("queries are named by the writers' own constants");
        let columns = queries::columns(name).expect("a test checks that every query states its columns");
        let statement = conn.prepare(sql).map_err(|source| ReportError::Query { name, source })?;
        let found: Vec<_> = statement.column_names().collect();
        if !found.iter().copied().eq(columns.iter().map(|c| c.name)) {
            let expected: Vec<_> = columns.iter().map(|c| c.name).collect();
            return Err(ReportError::Columns { name, expected: expected.join(","), found: found.join(",") });
        }
        Ok(Self { name, columns, statement })
    }

    /// Starts the query.
    pub(super) fn run(&mut self) -> Result<Running<'_>, ReportError> {
        let name = self.name;
        let rows = self.statement.query([]).map_err(|source| ReportError::Query { name, source })?;
        Ok(Running { name, width: self.columns.len(), rows })
    }
}

impl Running<'_> {
    /// The next row's cells, none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Cell>>, ReportError> {
        let failed = |source| ReportError::Query { name: self.name, source };
        let Some(found) = self.rows.next().map_err(failed)? else { return Ok(None) };
        let cells = (0..self.width).map(|place| found.get_ref(place).map(Cell::read)).collect::<Result<_, _>>();
        cells.map(Some).map_err(failed)
    }
}

/// Runs a query and hands over its rows one by one: memory does not grow with the table.
pub(super) fn for_each(
    conn: &Connection,
    name: &'static str,
    mut take: impl FnMut(&Row<'_>) -> Result<(), ReportError>,
) -> Result<Vec<Column>, ReportError> {
    let mut query = Prepared::new(conn, name)?;
    let columns = query.columns.clone();
    let mut rows = query.run()?;
    while let Some(cells) = rows.next()? {
        take(&Row { columns: &columns, cells })?;
    }
    Ok(columns)
}
