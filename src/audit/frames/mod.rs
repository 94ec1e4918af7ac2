//! Derivations on millions of rows: sessions, pairs, volumes. They only derive; what follows is concluded in SQL.

mod pairs;
mod parties;
mod sessions;
mod unused;
mod volumes;

pub(super) use pairs::derive as derive_pairs;
pub(super) use sessions::derive as derive_sessions;
pub(super) use volumes::derive as derive_volumes;
