//! Head of the page and the cards of the result.

use super::super::{ReportSummary, Texts, sentences};

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
