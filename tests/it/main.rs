//! All integration tests, one binary: a module per area.

mod audit;
mod generator;
mod intake;
mod mysqldump;
mod report;
mod w3c;
