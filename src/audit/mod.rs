//! From stored rows to findings: one numbered list of steps, each a query or a named Rust step.
//!
//! Rust derives what SQL cannot or does slowly (clients and networks, address routes, the clock, sessions, pairs,
//! volumes) into tables of their own; every conclusion from them is a file in `queries/`.

mod client;
mod clock;
mod copies;
mod decisions;
mod error;
mod frames;
mod reference;
mod route;
mod rules;
mod settings;
pub mod sizes;
mod sql;
mod steps;

pub use error::AuditError;
pub use rules::{
    CheckFailure, Expected, Member, Rule, RuleCase, RuleError, RuleHeader, built_in_rules, check, members, own_rules,
    read_folders, store_own_rules,
};
pub use settings::store_settings;
pub use sql::{Query, audit_queries, model_queries, rule_queries};
pub use steps::{AuditReport, StepTime, analyse};
