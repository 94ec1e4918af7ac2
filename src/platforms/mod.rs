//! What a product calls its tables, actions and addresses: data in `queries/reference`, read here.
//!
//! A platform is a folder of SQL (`queries/model/<platform>`) and a few tables of names. MOVEit Transfer is the first.

mod source_views;
mod tables;

pub use source_views::{MissingColumn, make_source_views};
pub use tables::{
    ActionPattern, ExpectedColumn, GzipRatio, Indicator, Platform, ReferenceError, Route, gzip_ratios, indicators,
};
