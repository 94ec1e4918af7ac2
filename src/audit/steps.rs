//! The numbered list of steps. No step reads what a later one writes.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};

use super::error::AuditError;
use super::sql::{self, Query};
use super::{client, clock, copies, decisions, frames, reference, route, rules, sizes};
use crate::platforms::Platform;

/// How long a step took; for the closing summary and the run record only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepTime {
    /// Name of the step.
    pub name: &'static str,
    /// Wall time.
    pub elapsed: Duration,
}

/// What the conclusions came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Time of each step, in order.
    pub steps: Vec<StepTime>,
}

enum Action {
    Reference,
    Queries(fn(&Query) -> bool, fn() -> &'static [Query]),
    OwnRules,
    Copies,
    Clients,
    Routes,
    Clock,
    Volumes,
    Sessions,
    Pairs,
    Sizes,
}

struct Step {
    name: &'static str,
    action: Action,
}

fn all(_: &Query) -> bool {
    true
}

fn between(query: &Query, from: &str, to: &str) -> bool {
    let file = query.name.rsplit('/').next().unwrap_or_default();
    file >= from && file < to
}

/// From this step on a decision of case.toml changes conclusions.
const CLASSES: &str = "classes";

/// The whole way from vendor tables to findings.
const STEPS: [Step; 19] = [
    Step { name: "reference", action: Action::Reference },
    Step { name: "model", action: Action::Queries(all, sql::model_queries) },
    Step { name: "copies", action: Action::Copies },
    Step { name: "clients", action: Action::Clients },
    Step { name: "routes", action: Action::Routes },
    Step { name: "web_access", action: Action::Queries(|q| between(q, "05", "06"), sql::audit_queries) },
    Step { name: "clock", action: Action::Clock },
    Step { name: "utc", action: Action::Queries(|q| between(q, "10", "19"), sql::audit_queries) },
    Step { name: "volumes", action: Action::Volumes },
    Step { name: "pairs", action: Action::Pairs },
    Step { name: "sessions", action: Action::Sessions },
    Step { name: "facts_and_gaps", action: Action::Queries(|q| between(q, "19", "40"), sql::audit_queries) },
    Step { name: "rules", action: Action::Queries(all, sql::rule_queries) },
    Step { name: "own_rules", action: Action::OwnRules },
    Step { name: CLASSES, action: Action::Queries(|q| between(q, "40", "65"), sql::audit_queries) },
    Step { name: "downloads", action: Action::Queries(|q| between(q, "65", "67"), sql::audit_queries) },
    Step { name: "sizes", action: Action::Sizes },
    Step { name: "size_downloads", action: Action::Queries(|q| between(q, "67", "70"), sql::audit_queries) },
    Step { name: "findings", action: Action::Queries(|q| between(q, "70", "99"), sql::audit_queries) },
];

/// Draws all conclusions anew, in one transaction: a case holds the old conclusions or the new ones. `elapsed` measures
/// the steps; it is passed in because only the run record may look at a wall clock.
///
/// # Errors
/// When a query or a frame fails; the case then keeps what it had.
pub fn analyse(
    db: &Connection,
    mut on_step: impl FnMut(&'static str),
    elapsed: impl Fn() -> Duration,
) -> Result<AuditReport, AuditError> {
    let platform = Platform::Moveit;
    // The caller's own transaction, where there is one, holds this too.
    let transaction = if db.is_autocommit() { Some(db.unchecked_transaction()?) } else { None };
    let mut report = AuditReport::default();
    for (place, step) in STEPS.iter().enumerate() {
        on_step(step.name);
        let before = elapsed();
        if step.name == CLASSES {
            decisions::conclude_without(db, || STEPS[place..].iter().try_for_each(|s| run(db, platform, &s.action)))?;
        }
        run(db, platform, &step.action)?;
        report.steps.push(StepTime { name: step.name, elapsed: elapsed().saturating_sub(before) });
    }
    if let Some(transaction) = transaction {
        transaction.commit()?;
    }
    Ok(report)
}

fn run(db: &Connection, platform: Platform, action: &Action) -> Result<(), AuditError> {
    match action {
        Action::Reference => reference::prepare(db, platform),
        Action::Queries(wanted, list) => {
            for query in list().iter().filter(|q| wanted(q)) {
                db.execute_batch(query.text)
                    .map_err(|source| AuditError::Query { name: query.name.to_owned(), source })?;
            }
            Ok(())
        }
        Action::OwnRules => rules::run_own(db),
        Action::Copies => copies::derive(db),
        Action::Clients => client::derive(db),
        Action::Routes => route::derive(db, platform),
        Action::Clock => {
            let zone: Option<String> = db
                .query_row("select value from setting where key = 'system.timezone'", [], |row| row.get(0))
                .optional()?;
            clock::derive(db, zone.as_deref())
        }
        Action::Volumes => frames::derive_volumes(db),
        Action::Sessions => frames::derive_sessions(db),
        Action::Pairs => frames::derive_pairs(db),
        Action::Sizes => sizes::derive(db),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_runs_in_exactly_one_step() {
        for query in sql::audit_queries() {
            let runs = STEPS
                .iter()
                .filter(|s| {
                    matches!(&s.action, Action::Queries(wanted, list)
                    if list().iter().any(|q| q.name == query.name) && wanted(query))
                })
                .count();
            assert_eq!(runs, 1, "{}", query.name);
        }
    }
}
