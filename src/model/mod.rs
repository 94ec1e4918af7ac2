//! Plain types shared by all other modules. No input or output happens here.

mod class;
mod grade;
mod hex;
mod network;
mod text;
mod time;

pub use class::SessionClass;
pub use grade::{Grade, Language};
pub(crate) use hex::hex;
pub use network::{IpNet, NetworkError, parse_address};
pub use text::escape_invalid;
pub use time::{Civil, TimeError, Timestamp};
