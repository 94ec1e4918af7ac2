//! Plain types shared by all other modules. No input or output happens here.

mod class;
mod grade;
mod network;
mod text;
mod time;

pub use class::SessionClass;
pub use grade::{Extent, Grade, Language};
pub use network::{IpNet, NetworkError, parse_address};
pub use text::escape_invalid;
pub use time::{Civil, TimeError, Timestamp};
