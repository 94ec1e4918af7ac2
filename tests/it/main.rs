//! All integration tests, one binary: a module per area.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests; a skipped one says so"
)]

mod architecture;
mod audit;
mod case_db;
mod cli;
mod clock;
mod conclusions;
mod conclusions_time;
mod corpus;
mod coverage;
mod csvlog;
mod dependencies;
mod explain;
mod extent;
mod generator;
mod intake;
mod mysqldump;
mod report;
mod rules;
mod sessions;
mod sign_ons;
mod sizes;
mod suite;
mod tiny;
mod w3c;
