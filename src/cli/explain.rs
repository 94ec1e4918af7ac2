//! `abfluss explain`: from a sentence of the report back to the bytes.

use std::path::PathBuf;

use clap::ValueEnum;

use super::exit::{CliError, CliResult};
use super::printer::{Printer, written};
use super::settings::{self, Lang};
use super::{Exit, failures, pipeline};
use crate::case;
use crate::intake::record::{FileState, Shelf, raw_records};
use crate::report::explain::{self, Subject};

/// From a sentence of the report back to the bytes
///
/// Says what is known of a file, a session or a finding, why its grade or class is not the next one, and shows each row of
/// evidence behind it: file, SHA-256, byte offset, and the raw line as it stands there. The evidence is hashed again while it
/// is read; from a file that changed nothing is shown, and the exit code is 4. Where it is missing, all else is printed, and
/// the exit code is 5.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// Case folder
    case: PathBuf,
    /// What to explain
    kind: Kind,
    /// Its id: a file's id on the server, a session's id (`abfluss sessions`), or a finding's: file:ID, mark:RULE:…,
    /// gap:SOURCE:RULE:… (`abfluss query CASE marks`, `… gaps`)
    id: String,
    /// Where the evidence is now, if it was moved since it was imported
    #[arg(long, value_name = "DIR")]
    evidence: Vec<PathBuf>,
    /// Language; without it that of the case
    #[arg(long)]
    lang: Option<Lang>,
    /// Form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A file, by its id on the server
    File,
    /// A session
    Session,
    /// A file, a mark of a rule, or a gap
    Finding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Sentences and rows, control characters made visible
    Text,
    /// One object; texts of the evidence unchanged
    Json,
}

pub(super) fn run(args: &ExplainArgs, printer: &mut Printer) -> CliResult {
    for folder in &args.evidence {
        if !folder.exists() {
            return Err(CliError::usage(format!("{} does not exist", folder.display()))
                .hint("--evidence names the folder (or file) that was handed in, where it lies now"));
        }
    }
    let case = pipeline::open_read(&args.case)?;
    let recorded = pipeline::recorded_settings(&args.case);
    let language = settings::load(recorded.as_deref(), args.lang)?.language();
    let conn = case.connection();
    let subject = match args.kind {
        // The id as the other commands print it, too.
        Kind::File => Subject::File(args.id.strip_prefix("file:").unwrap_or(&args.id).to_owned()),
        Kind::Session => Subject::Session(args.id.clone()),
        Kind::Finding => Subject::Finding(args.id.clone()),
    };
    let explanation = explain::explain(conn, &subject, language).map_err(failures::report)?;
    let Some(explanation) = explanation else {
        let near = explain::nearest(conn, &subject).map_err(failures::report)?;
        return Err(unknown(args, &near));
    };
    let shelf = Shelf::new(case::recorded_sources(&args.case), args.evidence.clone());
    let files = raw_records(conn, &shelf, &explanation.wanted()).map_err(failures::case)?;
    let page = match args.format {
        Form::Text => explain::text(&explanation, &files),
        Form::Json => explain::json(&explanation, &files),
    };
    written(printer.data().write_all(page.as_bytes()))?;
    let mut exit = Exit::Done;
    let mut missing = false;
    for file in files.values() {
        match &file.state {
            FileState::Unchanged => {}
            FileState::Changed { place, found } => {
                exit = exit.and(Exit::Changed);
                printer.warn(&format!(
                    "{} is not what was imported: expected SHA-256 {}, found {found} ({}). Nothing of it is shown",
                    file.path,
                    file.sha256,
                    place.display()
                ));
            }
            FileState::Missing { looked } => {
                missing = true;
                exit = exit.and(Exit::Failed);
                let places: Vec<String> = looked.iter().map(|place| place.display().to_string()).collect();
                printer.warn(&format!("{} was not found; looked for it at {}", file.path, places.join(", ")));
            }
            FileState::Unreadable(reason) => {
                exit = exit.and(Exit::Failed);
                printer.warn(&format!("{} cannot be read: {reason}", file.path));
            }
        }
    }
    if missing {
        printer.warn("rows of missing evidence are named without their bytes; `--evidence DIR` says where it is now");
    }
    Ok(exit)
}

fn unknown(args: &ExplainArgs, near: &[String]) -> CliError {
    let kind = match args.kind {
        Kind::File => "file",
        Kind::Session => "session",
        Kind::Finding => "finding",
    };
    let error = CliError::usage(format!("the case has no {kind} {:?}", args.id));
    let error = if near.is_empty() { error } else { error.hint(format!("the nearest ids are {}", near.join(", "))) };
    match args.kind {
        Kind::File => error.hint("`abfluss query CASE inventory` lists all files"),
        Kind::Session => error.hint("`abfluss sessions CASE` lists all sessions"),
        Kind::Finding => error.hint("`abfluss query CASE marks` and `… gaps` list them in the column finding_id"),
    }
}
