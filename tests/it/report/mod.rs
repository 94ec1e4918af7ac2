//! The outputs: what they say, that they agree, and that hostile texts stay text in each medium.

#![allow(clippy::unwrap_used)]

mod case;
mod csv;
mod html;
mod json;
mod queries;
mod said;
mod schema;
mod whole;
