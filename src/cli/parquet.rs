//! `abfluss query --parquet`: the rows of a query as a Parquet file, for analysts who go on in data frames.

use std::path::Path;

use polars::prelude::{Column, DataFrame, ParquetWriter};

use super::exit::{CliError, CliResult, Exit};
use super::failures;
use super::table::Cell;
use crate::case::OutputGuard;
use crate::model::hex;

/// Writes `rows` to `path`, which must not exist yet. A column whose values are all whole numbers becomes Int64, one with
/// other numbers Float64, any other String (bytes in hexadecimal). Nothing in the file depends on the time or machine.
pub(super) fn write(path: &Path, columns: &[String], rows: &[Vec<Cell>]) -> CliResult<()> {
    if path.exists() {
        return Err(CliError::usage(format!("{} exists already", path.display())).hint("name a new file"));
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str())) else {
        return Err(CliError::usage(format!("{} names no file", path.display())));
    };
    let bytes = bytes(columns, rows).map_err(|error| {
        CliError::from_chain(Exit::Failed, &error).hint("columns need names of their own: use `as`")
    })?;
    OutputGuard::new(folder).write_atomically(name, &bytes).map_err(failures::case)?;
    Ok(())
}

fn bytes(columns: &[String], rows: &[Vec<Cell>]) -> polars::prelude::PolarsResult<Vec<u8>> {
    let series = columns.iter().enumerate().map(|(index, name)| column(name, rows, index)).collect();
    let mut frame = DataFrame::new(rows.len(), series)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame)?;
    Ok(bytes)
}

fn column(name: &str, rows: &[Vec<Cell>], index: usize) -> Column {
    let cells = || rows.iter().map(|row| &row[index]);
    if cells().all(|c| matches!(c, Cell::Null | Cell::Integer(_))) {
        let values: Vec<Option<i64>> =
            cells().map(|c| if let Cell::Integer(n) = c { Some(*n) } else { None }).collect();
        return Column::new(name.into(), values);
    }
    if cells().all(|c| matches!(c, Cell::Null | Cell::Integer(_) | Cell::Real(_))) {
        #[expect(clippy::cast_precision_loss, reason = "the column holds fractions, so it is a column of floats")]
        let number = |c: &Cell| match c {
            Cell::Integer(n) => Some(*n as f64),
            Cell::Real(x) => Some(*x),
            _ => None,
        };
        return Column::new(name.into(), cells().map(number).collect::<Vec<Option<f64>>>());
    }
    let text = |c: &Cell| match c {
        Cell::Null => None,
        Cell::Integer(n) => Some(n.to_string()),
        Cell::Real(x) => Some(x.to_string()),
        Cell::Text(text) => Some(text.clone()),
        Cell::Blob(bytes) => Some(hex(bytes)),
    };
    Column::new(name.into(), cells().map(text).collect::<Vec<Option<String>>>())
}

#[cfg(test)]
mod tests {
    use polars::prelude::{AnyValue, DataType, ParquetReader, SerReader};

    use super::*;

    #[test]
    fn what_is_written_is_read_back_with_its_types() {
        let columns = ["n", "x", "t"].map(str::to_owned);
        let rows = vec![
            vec![Cell::Integer(7), Cell::Integer(1), Cell::Text("Größe".to_owned())],
            vec![Cell::Null, Cell::Real(0.5), Cell::Blob(vec![0, 255])],
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        write(&path, &columns, &rows).unwrap();
        let again = bytes(&columns, &rows).unwrap();
        let stored = std::fs::read(&path).unwrap();
        assert_eq!(stored, again);
        let frame = ParquetReader::new(std::io::Cursor::new(stored)).finish().unwrap();
        let types: Vec<DataType> = frame.dtypes();
        assert_eq!(types, [DataType::Int64, DataType::Float64, DataType::String]);
        assert_eq!(frame.column("n").unwrap().get(1).unwrap(), AnyValue::Null);
        assert_eq!(frame.column("t").unwrap().str().unwrap().get(0), Some("Größe"));
        assert_eq!(frame.column("t").unwrap().str().unwrap().get(1), Some("00ff"));
        assert!(write(&path, &columns, &rows).is_err(), "an existing file is not replaced");
    }
}
