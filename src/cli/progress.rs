//! Progress bars, on a terminal only.
