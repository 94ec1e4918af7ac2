//! All integration tests, one binary: a module per area.

mod generator;
mod w3c;
