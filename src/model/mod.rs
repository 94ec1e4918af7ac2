//! Plain types shared by all other modules. No input or output happens here.

mod class;
mod grade;
mod time;

pub use class::SessionClass;
pub use grade::{Extent, Grade, Language};
pub use time::{Civil, TimeError, Timestamp};
