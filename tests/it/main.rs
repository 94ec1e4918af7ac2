//! All integration tests, one binary: a module per area.

mod generator;
mod mysqldump;
mod w3c;
