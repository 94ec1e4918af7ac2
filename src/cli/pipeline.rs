//! From an order to a finished case folder: import, copies, conclusions, report, settings, manifest, run record.
//!
//! A new case lies beside its final place until everything is done; an existing one gets its new report in one rename.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::exit::{CliError, CliResult};
use super::failures;
use super::printer::Printer;
use super::progress::Bars;
use crate::audit::Rule;
use crate::case::settings::Settings;
use crate::case::{self, Case, DATABASE, REPORT, RunRecord, SETTINGS, Stopwatch};
use crate::contents::ContentsReport;
use crate::intake::{ImportOptions, ImportReport};
use crate::model::{Language, hex};
use crate::report::ReportSummary;
use crate::{audit, contents, intake, report};

/// What a command wants done; built when all its arguments have been checked.
pub(super) struct Order {
    pub(super) command: &'static str,
    pub(super) place: Place,
    pub(super) evidence: Vec<PathBuf>,
    pub(super) contents: Vec<PathBuf>,
    pub(super) settings: Settings,
    /// The user's own rules in place of those that the case keeps; none: as they are.
    pub(super) rules: Option<Vec<Rule>>,
    /// Language of the report and of the sentences of the closing summary.
    pub(super) language: Language,
    pub(super) import: bool,
    pub(super) analyse: bool,
    pub(super) report: bool,
}

/// The case folder to work on.
pub(super) enum Place {
    New { folder: PathBuf, force: bool },
    Existing(PathBuf),
}

/// A stage of the work and how long it took.
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) rows: u64,
    pub(super) elapsed: Duration,
}

/// What was done.
#[derive(Default)]
pub(super) struct Done {
    pub(super) folder: PathBuf,
    pub(super) import: Option<ImportReport>,
    pub(super) contents: Option<ContentsReport>,
    pub(super) summary: Option<ReportSummary>,
    /// Whether the report was written.
    pub(super) report: bool,
    pub(super) stages: Vec<Stage>,
    /// The database was not the one of the manifest when the work began.
    pub(super) changed_before: bool,
    /// Sessions that a [[decision]] names and that do not exist.
    pub(super) void_decisions: Vec<String>,
    /// Tables, or columns as `table.column`, that conclusions rest on and the dumps lack.
    pub(super) missing: Vec<String>,
    /// The user's own rules that ran: file name and SHA-256.
    pub(super) own_rules: Vec<(String, String)>,
}

/// While a report of an existing case is written it lies here, inside the case folder; [`Case::create`] knows the name.
const UNFINISHED: &str = ".abfluss-partial";

/// Whether a folder is a case.
pub(super) fn is_case(folder: &Path) -> bool {
    folder.join(DATABASE).is_file()
}

/// The settings a case was made with.
pub(super) fn recorded_settings(folder: &Path) -> Option<PathBuf> {
    Some(folder.join(SETTINGS)).filter(|path| path.is_file())
}

/// A case opened for reading.
pub(super) fn open_read(folder: &Path) -> CliResult<Case> {
    Case::open_read(folder).map_err(failures::case)
}

/// Everything an order asks for. A new case is published only when all of it succeeded.
pub(super) fn carry_out(order: &Order, printer: &mut Printer) -> CliResult<Done> {
    let mut record = RunRecord::begin(order.command, arguments());
    let mut done = Done::default();
    let case = open(order, &mut done, printer)?;
    let bars = Bars::new(printer.shows_progress());
    if order.import {
        import(order, &case, &mut done, &bars)?;
    }
    if !order.contents.is_empty() {
        let watch = Stopwatch::start();
        let copies = contents::hash_copies(&case, &order.contents, &bars).map_err(failures::contents)?;
        done.stage("hash copies", copies.copies, watch.elapsed());
        done.contents = Some(copies);
    }
    if order.analyse {
        analyse(order, &case, &mut done, &bars)?;
    }
    if order.report {
        let watch = Stopwatch::start();
        bars.step("report");
        done.summary = Some(write_report(order, &case)?);
        done.report = true;
        done.stage("report", 0, watch.elapsed());
    } else if order.analyse {
        done.summary = Some(ReportSummary::load(case.connection()).map_err(failures::report)?);
    }
    if (order.import || order.analyse) && !order.report {
        // The outputs speak of conclusions that no longer hold.
        case.outputs().clear(REPORT).map_err(failures::case)?;
    }
    bars.step("hashes of the outputs");
    case.outputs().write_atomically(SETTINGS, order.settings.to_toml().as_bytes()).map_err(failures::case)?;
    let closed = case.close().map_err(failures::case)?;
    case::write_manifest(closed.folder()).map_err(failures::case)?;
    fill(&mut record, order, &done);
    case::append_run(closed.folder(), &record).map_err(failures::case)?;
    done.folder = closed.publish().map_err(failures::case)?;
    bars.finish();
    Ok(done)
}

fn open(order: &Order, done: &mut Done, printer: &mut Printer) -> CliResult<Case> {
    let folder = match &order.place {
        Place::New { folder, force } => return Case::create(folder, *force).map_err(failures::case),
        Place::Existing(folder) => folder,
    };
    let case = if order.import || order.analyse { Case::open_write(folder) } else { Case::open_read(folder) };
    let case = case.map_err(failures::case)?;
    done.changed_before = !database_is_as_recorded(folder);
    if done.changed_before {
        printer.warn(&format!(
            "{} is not the database that manifest.sha256 recorded: it was changed, or a run was interrupted. The work goes on \
             with what is there now",
            folder.join(DATABASE).display()
        ));
    }
    Ok(case)
}

fn database_is_as_recorded(folder: &Path) -> bool {
    case::verify_manifest(folder).is_ok_and(|lines| lines.iter().any(|line| line.path == DATABASE && line.unchanged()))
}

fn import(order: &Order, case: &Case, done: &mut Done, bars: &Bars) -> CliResult<()> {
    let declared = |path: &str| {
        order.settings.log_fields(path).map(|fields| fields.split_whitespace().map(str::to_owned).collect())
    };
    let options = ImportOptions {
        platform: order.settings.platform(),
        declared_fields: &declared,
        progress: bars,
        ..ImportOptions::default()
    };
    let imported = intake::import(case, &order.evidence, &options).map_err(failures::import)?;
    if matches!(order.place, Place::New { .. }) && imported.nothing_known() {
        return Err(failures::nothing_known(&imported));
    }
    for (format, stage) in &imported.stages {
        done.stage(&format!("import {format}"), stage.rows, stage.elapsed);
    }
    done.stage("import, all", imported.records.stored, imported.elapsed);
    // Conclusions of an earlier analysis do not cover the new evidence; without this table no report is written.
    case.connection().execute_batch("drop table if exists finding").map_err(failures::database)?;
    done.import = Some(imported);
    Ok(())
}

fn analyse(order: &Order, case: &Case, done: &mut Done, bars: &Bars) -> CliResult<()> {
    let db = case.connection();
    // One transaction, so that an analysis that fails leaves the case as it was, to the byte.
    let transaction = db.unchecked_transaction().map_err(failures::database)?;
    audit::store_settings(db, &order.settings).map_err(failures::audit)?;
    if let Some(rules) = &order.rules {
        audit::store_own_rules(db, rules).map_err(failures::audit)?;
    }
    let own = audit::own_rules(db).map_err(failures::audit)?;
    done.own_rules = own.iter().map(|rule| (rule.file.clone(), rule.sha256())).collect();
    let watch = Stopwatch::start();
    let steps = audit::analyse(db, |step| bars.step(step), || watch.elapsed()).map_err(failures::audit)?;
    transaction.commit().map_err(failures::database)?;
    let elapsed = watch.elapsed();
    let rows: u64 = db
        .query_row("select coalesce(sum(records_stored), 0) from evidence", [], |row| row.get::<_, i64>(0))
        .map_err(failures::database)?
        .unsigned_abs();
    for step in steps.steps {
        done.stage(&format!("analyse {}", step.name), rows, step.elapsed);
    }
    done.stage("analyse, all", rows, elapsed);
    let mut void = db
        .prepare("select session_id from decision where session_id not in (select session_id from session union select session_id from session_alias) order by 1")
        .map_err(failures::database)?;
    let ids = void.query_map([], |row| row.get(0)).map_err(failures::database)?;
    done.void_decisions = ids.collect::<Result<_, _>>().map_err(failures::database)?;
    let mut missing = db
        .prepare(
            "select table_name || coalesce('.' || column_name, '') from vendor_missing where note = 'required' order by rowid",
        )
        .map_err(failures::database)?;
    let names = missing.query_map([], |row| row.get(0)).map_err(failures::database)?;
    done.missing = names.collect::<Result<_, _>>().map_err(failures::database)?;
    Ok(())
}

fn write_report(order: &Order, case: &Case) -> CliResult<ReportSummary> {
    let outputs = case.outputs();
    let target = case.folder().join(REPORT);
    if matches!(order.place, Place::New { .. }) {
        return report::write(case.connection(), order.language, &target).map_err(failures::report);
    }
    outputs.clear(UNFINISHED).map_err(failures::case)?;
    let unfinished = case.folder().join(UNFINISHED);
    let written = report::write(case.connection(), order.language, &unfinished).map_err(failures::report);
    let renamed = written.and_then(|summary| {
        outputs.clear(REPORT).map_err(failures::case)?;
        std::fs::rename(&unfinished, &target)
            .map_err(|error| CliError::failed(format!("{} cannot be renamed: {error}", unfinished.display())))?;
        Ok(summary)
    });
    if renamed.is_err() {
        // The error that is reported is the one that mattered.
        let _ = outputs.clear(UNFINISHED);
    }
    renamed
}

impl Done {
    fn stage(&mut self, name: &str, rows: u64, elapsed: Duration) {
        self.stages.push(Stage { name: name.to_owned(), rows, elapsed });
    }
}

/// The arguments as typed; bytes that are no text are shown by replacement characters.
fn arguments() -> Vec<String> {
    std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect()
}

fn fill(record: &mut RunRecord, order: &Order, done: &Done) {
    let hash = |text: &str| hex(&Sha256::digest(text.as_bytes()));
    record.hashes.insert(SETTINGS.to_owned(), hash(&order.settings.to_toml()));
    if order.analyse {
        let queries = [audit::model_queries(), audit::audit_queries(), audit::rule_queries()];
        for query in queries.into_iter().flatten() {
            record.hashes.insert(format!("queries/{}", query.name), hash(query.text));
        }
        for (place, (file, hash)) in done.own_rules.iter().enumerate() {
            // Two folders may hold files of one name.
            record.hashes.insert(format!("own rule {}: {file}", place + 1), hash.clone());
        }
    }
    if order.report {
        for name in report::queries::names() {
            let text = report::queries::sql(name).unwrap_or_default();
            record.hashes.insert(format!("queries/reports/{name}.sql"), hash(text));
        }
    }
    let absolute = |path: &PathBuf| {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        absolute.to_string_lossy().into_owned()
    };
    record.sources = order.evidence.iter().map(absolute).collect();
    record.counts.insert("database_changed_before".to_owned(), u64::from(done.changed_before));
    if let Some(import) = &done.import {
        for (name, count) in [
            ("records_read", import.records.read),
            ("records_stored", import.records.stored),
            ("records_set_aside", import.records.set_aside),
            ("records_header", import.records.headers),
            ("bytes", import.bytes),
        ] {
            record.counts.insert(name.to_owned(), count);
        }
    }
    if let Some(summary) = &done.summary {
        for grade in &summary.grades {
            record.counts.insert(format!("files_{}", grade.grade.id()), grade.files.unsigned_abs());
        }
    }
    for stage in &done.stages {
        let millis = u64::try_from(stage.elapsed.as_millis()).unwrap_or(u64::MAX);
        record.counts.insert(format!("milliseconds {}", stage.name), millis);
    }
}
