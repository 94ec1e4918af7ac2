//! `report.html`: one file that opens from disk, loads nothing, and treats every text of the evidence as text.
//!
//! Two locks, one behind the other: the template's escaper ([`Visible`]) turns markup into text in every expression, and
//! the Content-Security-Policy allows no source at all but the page's own style and script, by their hashes; a script
//! that an attacker did get into the page would not run.

mod annex;
mod attack;
mod chart;
pub(super) mod details;
mod files;
mod grid;
mod names;
mod parts;
mod policy;
mod result;
mod sessions;
mod sources;

use std::fmt;
use std::io::Write;
use std::path::Path;

use askama::Template;
use rusqlite::Connection;

use self::chart::{Ladder, Lanes};
use self::files::FileList;
use self::grid::Grid;
pub(super) use self::names::{Names, class, grade};
use self::result::{Card, Heading};
use self::sessions::SessionList;
use super::{Remark, ReportError, ReportSummary, Texts, negative_finding, output, plain, warnings};
use crate::model::Language;

const STYLE: &str = include_str!("../../../reports/templates/style.css");
const SCRIPT: &str = include_str!("../../../reports/templates/script.js");

/// The escaper of all templates (askama.toml): shows hidden characters by their code point, then escapes for HTML.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Visible;

impl askama::filters::Escaper for Visible {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, string: &str) -> fmt::Result {
        askama::filters::Html.write_escaped_str(dest, &plain::visible(string))
    }

    fn write_escaped_char<W: fmt::Write>(&self, dest: W, c: char) -> fmt::Result {
        self.write_escaped_str(dest, c.encode_utf8(&mut [0; 4]))
    }
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    t: &'a Texts,
    style: &'static str,
    script: &'static str,
    policy: String,
    heading: Heading,
    cards: [Card; 3],
    unverified: Option<String>,
    unverified_weaker: Option<String>,
    unverified_count: i64,
    metadata: String,
    negative: Option<Remark>,
    remarks: Vec<Remark>,
    ladder: Ladder,
    adds_to: String,
    ranges: Grid,
    files: FileList,
    classes: Grid,
    sessions: SessionList,
    refused: Grid,
    refused_text: String,
    marks: Grid,
    chain: Grid,
    shells: Vec<String>,
    size_matches: Grid,
    capabilities: Grid,
    lanes: Option<Lanes>,
    coverage: Grid,
    gaps: Grid,
    clocks: Grid,
    stretches: Grid,
    dumps: Grid,
    conflicts: Grid,
    web_copies: Grid,
    copies: Option<String>,
    not_read: Grid,
    set_aside: Grid,
    vendor_missing: Grid,
    notes: Grid,
    evidence: Grid,
    adds_up: bool,
    settings: Grid,
    glossary_grades: Vec<(String, String)>,
    glossary_classes: Vec<(String, String)>,
    glossary_terms: Vec<(String, String)>,
}

pub(super) fn write(
    conn: &Connection,
    summary: &ReportSummary,
    language: Language,
    dir: &Path,
) -> Result<(), ReportError> {
    let t = Texts::load(language);
    let names = Names::load(conn, &t)?;
    let count = |number: &str| summary.number(number);
    let sentence = |key: &str, number: &str| {
        let n = count(number);
        (n > 0).then(|| t.fill(key, &[("n", t.count("file", n))]))
    };
    let page = Page {
        t: &t,
        style: STYLE,
        script: SCRIPT,
        policy: policy::policy(STYLE, SCRIPT),
        heading: result::heading(summary, &t),
        cards: result::cards(summary, &t),
        unverified: sentence("result.unverified", "files_sent_to_unverified"),
        unverified_weaker: sentence("result.unverified_weaker", "files_likely_sent_to_unverified"),
        unverified_count: count("files_sent_to_unverified"),
        metadata: sentence("result.metadata", "files_metadata_exposed")
            .unwrap_or_else(|| t.get("result.metadata_none")),
        negative: negative_finding(summary, language),
        remarks: warnings(summary, language),
        ladder: chart::ladder(summary, &t),
        adds_to: t.fill(
            "grades.adds_to",
            &[
                ("all", t.int(count("files"))),
                ("inventory", t.int(count("files_in_inventory"))),
                ("logs", t.int(count("files_only_in_logs"))),
            ],
        ),
        ranges: result::ranges(conn, &t)?,
        files: files::load(conn, &names)?,
        classes: parts::classes(conn, &t)?,
        sessions: sessions::load(conn, &names)?,
        refused: sessions::refused(conn, &names)?,
        refused_text: t.int(count("sessions_refused")),
        marks: parts::marks(conn, &names, |_| true, "timeline.empty")?,
        chain: attack::chain(conn, &t)?,
        shells: attack::shells(conn, &t)?,
        size_matches: attack::size_matches(conn, &t)?,
        capabilities: parts::marks(
            conn,
            &names,
            |row| matches!(row.text("subject_kind").as_str(), "object" | "account"),
            "page.none",
        )?,
        lanes: chart::lanes(conn, summary, &t)?,
        coverage: sources::coverage(summary, &t),
        gaps: sources::gaps(conn, &t)?,
        clocks: sources::clocks(summary, &t),
        stretches: sources::stretches(conn, &t)?,
        dumps: sources::dumps(conn, &t)?,
        conflicts: sources::conflicts(conn, &t)?,
        web_copies: sources::copies(conn, &t)?,
        copies: annex::copies(summary, &t),
        not_read: annex::not_read(conn, &t)?,
        set_aside: annex::set_aside(conn, &t)?,
        vendor_missing: annex::vendor_missing(conn, &t)?,
        notes: annex::notes(conn, &t)?,
        evidence: annex::evidence(conn, summary, &t)?,
        adds_up: summary.records_add_up(),
        settings: annex::settings(conn, &t)?,
        glossary_grades: names::glossary_grades(&t),
        glossary_classes: names::glossary_classes(&t),
        glossary_terms: names::glossary_terms(&t),
    };
    let html = page.render()?;
    let mut out = output::create(dir, "report.html")?;
    let done = out.writer.write_all(html.as_bytes());
    done.map_err(|source| out.failed(source))?;
    out.finish()
}
