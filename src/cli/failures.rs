//! Errors of the library as the user sees them: which exit code, and what to do.

use super::exit::{CliError, Exit};
use crate::audit::{AuditError, RuleError};
use crate::case::{CaseError, EvidenceStatus};
use crate::contents::ContentsError;
use crate::intake::{ImportError, ImportReport};
use crate::report::ReportError;

/// Files named at most in one message; all of them stand in table `evidence` when a case is made.
const NAMED: usize = 20;

pub(super) fn case(error: CaseError) -> CliError {
    CliError::from_chain(case_exit(&error), &error)
}

fn case_exit(error: &CaseError) -> Exit {
    match error {
        error if error.is_change() => Exit::Changed,
        error if error.is_usage() => Exit::Usage,
        _ => Exit::Failed,
    }
}

pub(super) fn database(error: rusqlite::Error) -> CliError {
    CliError::failed(format!("case database: {error}"))
}

pub(super) fn import(error: ImportError) -> CliError {
    let exit = match &error {
        ImportError::Missing { .. } | ImportError::NoFiles { .. } => Exit::Usage,
        ImportError::Case(error) => case_exit(error),
        ImportError::Internal(_) => Exit::Failed,
    };
    CliError::from_chain(exit, &error)
}

pub(super) fn contents(error: ContentsError) -> CliError {
    let exit = match &error {
        ContentsError::Missing { .. } => Exit::Usage,
        ContentsError::Case(error) => case_exit(error),
    };
    CliError::from_chain(exit, &error)
}

/// A rule that cannot be used: the user's own, unless this program is broken.
pub(super) fn rule(error: RuleError) -> CliError {
    CliError::usage(error.to_string()).hint(error.hint())
}

pub(super) fn audit(error: AuditError) -> CliError {
    if let AuditError::Rule(error) = error {
        return rule(error);
    }
    let exit = if matches!(error, AuditError::Zone { .. }) { Exit::Usage } else { Exit::Failed };
    CliError::from_chain(exit, &error)
}

pub(super) fn report(error: ReportError) -> CliError {
    let exit = if matches!(error, ReportError::NotAnalysed { .. }) { Exit::Usage } else { Exit::Failed };
    let hint = error.hint();
    let error = CliError::from_chain(exit, &error);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// No file was evidence that can be read: each is named with the reason.
pub(super) fn nothing_known(report: &ImportReport) -> CliError {
    let mut message = String::from("none of the files is evidence that can be read:");
    for file in report.not_imported.iter().take(NAMED) {
        message.push_str(&format!("\n  {}: {} ({})", file.path, file.reason, file.detail));
    }
    let more = report.not_imported.len().saturating_sub(NAMED);
    if more > 0 {
        message.push_str(&format!("\n  and {more} more"));
    }
    let error = if report.count(EvidenceStatus::Unreadable) > 0 {
        CliError::failed(message).hint("make unreadable files readable for this user, or copy them anew")
    } else {
        CliError::usage(message)
    };
    error
        .hint("expected a MySQL or MariaDB dump of the transfer server, its audit log as CSV, or IIS W3C logs; `abfluss formats` lists what can be read")
        .hint("no case was made")
}
