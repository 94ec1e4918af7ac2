//! All integration tests, one binary: a module per area.

mod generator;
mod intake;
mod mysqldump;
mod w3c;
