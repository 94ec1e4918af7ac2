//! Head of the page and the cards of the result.

use rusqlite::Connection;

use super::super::{ReportError, ReportSummary, Texts, sentences, table};
use super::grid::{Grid, Set};

pub(super) struct Heading {
    /// What this document is, when the title is the case's own.
    pub(super) kind: Option<String>,
    pub(super) title: String,
    pub(super) case: String,
    pub(super) window: String,
    pub(super) window_basis: String,
    pub(super) version: &'static str,
}

/// One end of the range, with its sentence.
pub(super) struct Card {
    pub(super) id: &'static str,
    pub(super) label: String,
    pub(super) files: i64,
    pub(super) files_text: String,
    pub(super) of: String,
    pub(super) bytes: i64,
    pub(super) bytes_text: String,
    pub(super) apart: Option<String>,
    pub(super) sentence: String,
}

pub(super) fn heading(summary: &ReportSummary, t: &Texts) -> Heading {
    let window = match (&summary.window_from, &summary.window_to) {
        (Some(from), Some(to)) => t.fill("page.window_span", &[("from", t.time(from)), ("to", t.time(to))]),
        _ => t.get("page.window_none"),
    };
    Heading {
        kind: summary.title.as_ref().map(|_| t.get("page.title")),
        title: summary.title.clone().unwrap_or_else(|| t.get("page.title")),
        case: summary.case_id.clone().unwrap_or_else(|| t.get("page.case_none")),
        window,
        window_basis: t.id("window_basis", &summary.window_basis),
        version: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
    }
}

pub(super) fn cards(summary: &ReportSummary, t: &Texts) -> [Card; 3] {
    let (files, bytes) = (summary.files(), summary.bytes());
    let of = t.fill("result.of_files", &[("all", t.count("file_of", summary.number("files")))]);
    let apart = (files.not_excluded + files.not_assessable > 0).then(|| {
        t.fill(
            "result.apart",
            &[("not_excluded", t.int(files.not_excluded)), ("not_assessable", t.int(files.not_assessable))],
        )
    });
    let [least, probably, most] = sentences(summary, t.language());
    let card = |id, label: &str, files, bytes, apart, sentence| Card {
        id,
        label: t.get(label),
        files,
        files_text: t.int(files),
        of: of.clone(),
        bytes,
        bytes_text: t.bytes(bytes),
        apart,
        sentence,
    };
    [
        card("at_least", "result.at_least_label", files.at_least, bytes.at_least, None, least),
        card("probably", "result.probably_label", files.probably, bytes.probably, None, probably),
        card("at_most", "result.at_most_label", files.at_most, bytes.at_most, apart, most),
    ]
}

/// The range for each organisation, files and bytes; empty where there is only one.
pub(super) fn ranges(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = [
        ("files.organisation", Set::Text),
        ("ranges.unit", Set::Text),
        ("result.at_least_label", Set::Number),
        ("result.probably_label", Set::Number),
        ("result.at_most_label", Set::Number),
        ("ranges.not_excluded", Set::Number),
        ("ranges.not_assessable", Set::Number),
    ];
    let heads = heads.iter().map(|(key, set)| (t.get(key), *set)).collect();
    let mut grid = Grid::new(t.get("ranges.heading"), t.get("page.none"), heads);
    let mut organisations = 0;
    table::for_each(conn, "ranges", |row| {
        let unit = row.text("unit");
        if !matches!(unit.as_str(), "files" | "bytes") {
            return Ok(());
        }
        let total = row.text("scope") == "total";
        organisations += usize::from(!total && unit == "files");
        let number = |column: &str| match (row.int(column), unit.as_str()) {
            (Some(n), "bytes") => t.bytes(n),
            (Some(n), _) => t.int(n),
            (None, _) => t.get("page.unknown"),
        };
        let name = match (total, row.text("org_name"), row.int("org_id")) {
            (true, _, _) => t.get("grades.total"),
            (_, name, _) if !name.is_empty() => name,
            (_, _, Some(id)) => id.to_string(),
            (_, _, None) => t.get("ranges.no_organisation"),
        };
        let mut cells = vec![name, t.id("unit", &unit)];
        cells.extend(["at_least", "probably", "at_most", "not_excluded", "not_assessable"].map(number));
        grid.rows.push(cells);
        Ok(())
    })?;
    if organisations < 2 {
        grid.rows.clear();
    }
    Ok(grid)
}
