//! `abfluss rules`.

use std::io::Write;
use std::path::PathBuf;

use super::exit::{CliError, CliResult, Exit};
use super::failures;
use super::printer::{Printer, written};
use super::table::{Cell, Format, FormatArg, write_rows};
use crate::audit::{CheckFailure, Rule, built_in_rules, check, read_folders};
use crate::report::plain::visible;

/// List the rules that put marks on sessions, requests, files and rows, and check them by their cases
///
/// Without RULE all of them, a line each. With RULE also its reasoning and its SQL. Each rule has small cases, evidence on
/// which it must fire and a near miss on which it must stay quiet; --check runs them the whole way.
#[derive(Debug, clap::Args)]
pub(super) struct RulesArgs {
    /// Ids of rules; without them all
    #[arg(value_name = "RULE")]
    wanted: Vec<String>,
    /// Folder with rules of your own (docs/guide/own-rules.md)
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// Run the cases of the rules and say which hold; exit code 2 where a rule of your own fails, 5 where a built-in one does
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    format: FormatArg,
}

pub(super) fn run(args: &RulesArgs, printer: &mut Printer) -> CliResult {
    let mut rules = built_in_rules().map_err(failures::rule)?;
    rules.extend(read_folders(&args.rules).map_err(failures::rule)?);
    let rules = chosen(rules, &args.wanted)?;
    let failed = if args.check { Some(checked(&rules)?) } else { None };
    let format = args.format.or_default(printer);
    if !args.wanted.is_empty() && format == Format::Table {
        written(describe(printer.data(), &rules, failed.as_deref()))?;
    } else {
        let (columns, rows) = listed(&rules, !args.wanted.is_empty(), failed.as_deref());
        written(write_rows(printer.data(), format, &columns, &rows))?;
    }
    printer.finish()?;
    Ok(failed.map_or(Exit::Done, |failed| verdict(&rules, &failed, printer)))
}

/// The rules named, in their order; all where none is.
fn chosen(rules: Vec<Rule>, wanted: &[String]) -> CliResult<Vec<Rule>> {
    for id in wanted {
        if !rules.iter().any(|rule| rule.header.rule_id == *id) {
            let error = CliError::usage(format!("there is no rule {id:?}"));
            let known = rules.iter().map(|rule| rule.header.rule_id.as_str());
            let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(known, id));
            let error = nearest.into_iter().fold(error, |error, known| error.hint(format!("did you mean {known:?}?")));
            return Err(error.hint("`abfluss rules` lists all; `--rules DIR` adds your own"));
        }
    }
    let is_wanted = |rule: &Rule| wanted.is_empty() || wanted.contains(&rule.header.rule_id);
    Ok(rules.into_iter().filter(is_wanted).collect())
}

fn checked(rules: &[Rule]) -> CliResult<Vec<CheckFailure>> {
    check(rules).map_err(|error| CliError::failed(format!("no temporary folder for the cases: {error}")))
}

fn verdict(rules: &[Rule], failed: &[CheckFailure], printer: &mut Printer) -> Exit {
    for failure in failed {
        printer.warn(&format!("rule {}, case {}: {}", failure.rule_id, failure.case, failure.message));
    }
    for rule in rules.iter().filter(|rule| rule.cases.is_empty()) {
        printer.warn(&format!("rule {} has no cases: nothing shows that it does what it says", rule.header.rule_id));
    }
    let cases: usize = rules.iter().map(|rule| rule.cases.len()).sum();
    printer.say(&format!("{} rules, {cases} cases, {} failed", rules.len(), failed.len()));
    let exit = |failure: &CheckFailure| if failure.own { Exit::Usage } else { Exit::Failed };
    failed.iter().map(exit).fold(Exit::Done, Exit::and)
}

/// What the check says of one rule.
fn outcome(rule: &Rule, failed: &[CheckFailure]) -> &'static str {
    if rule.cases.is_empty() {
        "no cases"
    } else if failed.iter().any(|failure| failure.rule_id == rule.header.rule_id) {
        "failed"
    } else {
        "ok"
    }
}

fn listed(rules: &[Rule], whole: bool, failed: Option<&[CheckFailure]>) -> (Vec<String>, Vec<Vec<Cell>>) {
    let mut columns: Vec<&str> = vec!["rule_id", "effect", "title_en", "title_de", "technique", "source", "file"];
    columns.extend(failed.map(|_| "check"));
    if whole {
        columns.extend(["reasoning", "sha256", "text"]);
    }
    let row = |rule: &Rule| {
        let head = rule.header.clone();
        let mut cells = vec![
            head.rule_id,
            head.effect,
            head.title_en,
            head.title_de,
            head.technique,
            head.source,
            rule.file.clone(),
        ];
        cells.extend(failed.map(|failed| outcome(rule, failed).to_owned()));
        if whole {
            cells.extend([head.reasoning, rule.sha256(), rule.text.clone()]);
        }
        cells.into_iter().map(Cell::Text).collect()
    };
    (columns.into_iter().map(str::to_owned).collect(), rules.iter().map(row).collect())
}

/// Rules one under the other, for a person.
fn describe(out: &mut dyn Write, rules: &[Rule], failed: Option<&[CheckFailure]>) -> std::io::Result<()> {
    for (number, rule) in rules.iter().enumerate() {
        let head = &rule.header;
        if number > 0 {
            writeln!(out)?;
        }
        let check = failed.map(|failed| outcome(rule, failed).to_owned());
        let cases: Vec<String> = rule.cases.iter().map(|case| format!("{}: {}", case.file, case.comment)).collect();
        let lines = [
            ("rule", Some(head.rule_id.clone())),
            ("title", Some(format!("{} / {}", head.title_en, head.title_de))),
            ("effect", Some(head.effect.clone())),
            ("technique", Some(head.technique.clone())),
            ("source", Some(head.source.clone())),
            ("reasoning", Some(head.reasoning.clone())),
            ("file", Some(format!("{} (SHA-256 {})", rule.file, rule.sha256()))),
            ("check", check),
        ];
        for (name, value) in lines {
            if let Some(value) = value {
                writeln!(out, "{name:<10} {}", visible(&value))?;
            }
        }
        for case in cases {
            writeln!(out, "{:<10} {}", "case", visible(&case.replace('\n', " ")))?;
        }
        writeln!(out)?;
        for line in rule.text.lines().skip_while(|line| line.starts_with("--")) {
            writeln!(out, "{}", visible(line))?;
        }
    }
    Ok(())
}
