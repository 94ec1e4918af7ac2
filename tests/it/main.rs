//! All integration tests, one binary: a module per area.

mod audit;
mod cli;
mod dependencies;
mod generator;
mod intake;
mod mysqldump;
mod report;
mod w3c;
