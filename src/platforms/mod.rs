//! What a product calls its tables, actions and addresses: data in `queries/reference`, read here.
//!
//! A platform is a folder of SQL (`queries/model/<platform>`) and a few tables of names. MOVEit Transfer is the first.

mod source_views;
mod tables;

pub use source_views::{MissingColumn, make_source_views};
pub use tables::{ActionPattern, ExpectedColumn, Indicator, Platform, ReferenceError, Route, indicators};

/// Whether rows go missing by a database's absence: names of the evidence sources a platform can have.
pub const SOURCE_AUDIT_LOG: &str = "moveit_audit_log";
/// The web server in front of it.
pub const SOURCE_IIS: &str = "iis";

/// Names of all platforms that case.toml may state.
pub const PLATFORMS: [&str; 1] = ["moveit"];
/// Names of all sources that `[required] sources` may state.
pub const SOURCES: [&str; 2] = [SOURCE_AUDIT_LOG, SOURCE_IIS];
