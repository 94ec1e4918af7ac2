//! The command line: one file per subcommand, the printer, exit codes. No conclusion is drawn here.
//!
//! Arguments go through two stages: what was typed (the clap structures, one per subcommand) and what it means (paths that
//! exist, settings that were checked), built before the first byte of evidence is read, so that a mistake costs seconds and
//! not hours.

mod analyse;
mod audit;
mod completions;
mod evidence;
mod exit;
mod explain;
mod failures;
mod formats;
mod import;
mod man;
mod named;
mod parquet;
mod pipeline;
mod printer;
mod progress;
mod query;
mod report;
mod rules;
mod sessions;
mod settings;
mod summary;
mod table;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use exit::{CliError, CliResult, Exit};

use printer::Printer;

/// Which files left a compromised file-transfer server, how sure, and which rows of evidence say so
///
/// abfluss works offline, on copies of evidence that it never changes. It loads them into a case database, and every
/// conclusion is a query on it that can be repeated with the plain sqlite3 shell.
#[derive(Debug, Parser)]
#[command(name = "abfluss", version, max_term_width = 100, disable_help_subcommand = true, after_long_help = EXIT_CODES)]
struct Cli {
    /// No progress and no closing summary; warnings and errors stay
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    quiet: bool,
    /// More about what happens inside, on standard error; twice for still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Everywhere")]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  files of the grade given with --fail-on, or of a stronger one, are present
  2  wrong arguments or settings
  3  done, but records were set aside or a required source has a gap
  4  evidence or outputs changed since they were recorded
  5  input, output or the program itself failed
Where several apply: 5, 4, 2, 3, 1, in that order.

Standard output carries data only; everything else goes to standard error. NO_COLOR is honoured.
No command needs a network.";

#[derive(Debug, Subcommand)]
enum Command {
    Audit(audit::AuditArgs),
    Import(import::ImportArgs),
    Analyse(analyse::AnalyseArgs),
    Report(report::ReportArgs),
    Sessions(sessions::SessionsArgs),
    Explain(explain::ExplainArgs),
    Query(query::QueryArgs),
    Verify(verify::VerifyArgs),
    Formats(formats::FormatsArgs),
    Rules(rules::RulesArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Parses the arguments, runs the command and turns what happened into the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output with 0, mistakes to standard error with 2; both may fail to be
            // written only when nobody reads.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    start_diagnostics(cli.verbose);
    let mut printer = Printer::new(cli.quiet);
    let result = dispatch(cli.command, &mut printer).and_then(|exit| printer.finish().map(|()| exit));
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            // Data that was already computed is not held back by the error.
            let _ = printer.finish();
            printer.error(&error);
            error.exit.into()
        }
    }
}

fn dispatch(command: Command, printer: &mut Printer) -> CliResult {
    match command {
        Command::Audit(args) => audit::run(&args, printer),
        Command::Import(args) => import::run(&args, printer),
        Command::Analyse(args) => analyse::run(&args, printer),
        Command::Report(args) => report::run(&args, printer),
        Command::Sessions(args) => sessions::run(&args, printer),
        Command::Explain(args) => explain::run(&args, printer),
        Command::Query(args) => query::run(&args, printer),
        Command::Verify(args) => verify::run(&args),
        Command::Formats(args) => formats::run(&args, printer),
        Command::Rules(args) => rules::run(&args, printer),
        Command::Completions(args) => completions::run(&args, printer),
        Command::Man(args) => man::run(&args, printer),
    }
}

/// Diagnostics of the library on standard error, without times: they belong to the run record.
fn start_diagnostics(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => tracing::Level::INFO,
        2 => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .finish();
    // Set twice only when `run` is called twice in one process; the first one stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// The help of every command in one Markdown text, for docs/reference/cli.md. Independent of the terminal.
pub fn reference() -> String {
    let mut root = Cli::command().term_width(100).color(clap::ColorChoice::Never);
    root.build();
    let mut out = String::from(
        "# Command line\n\nThe help of every command, as the program prints it. Made by a test; do not edit by hand:\n\
         `ABFLUSS_UPDATE=1 cargo test --test it cli` writes it anew.\n",
    );
    let mut section = |title: &str, command: &mut clap::Command| {
        out.push_str(&format!("\n## {title}\n\n```text\n"));
        let help = command.render_long_help().to_string();
        for line in help.trim_end().lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.push_str("```\n");
    };
    section("abfluss", &mut root.clone());
    for command in root.get_subcommands_mut() {
        let name = command.get_name().to_owned();
        section(&format!("abfluss {name}"), command);
    }
    out
}
