//! Progress bars, on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::intake::Progress;
use crate::report::plain::visible;

/// One bar: bytes of evidence while files are read, the name of the step afterwards.
pub(super) struct Bars {
    bar: ProgressBar,
}

impl Bars {
    /// Draws on standard error when `shown`, nothing otherwise.
    pub(super) fn new(shown: bool) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let style = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {wide_msg}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// A step of the conclusions begins.
    pub(super) fn step(&self, name: &str) {
        self.bar.set_message(name.to_owned());
        self.bar.tick();
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        // After an error the bar must not stand in the way of the message.
        self.bar.finish_and_clear();
    }
}

impl Progress for Bars {
    fn found(&self, _files: usize, bytes: u64) {
        self.bar.inc_length(bytes);
    }

    fn file_started(&self, path: &str, _size: u64) {
        self.bar.set_message(visible(path).into_owned());
    }

    fn bytes(&self, count: u64) {
        self.bar.inc(count);
    }

    fn file_done(&self, _path: &str) {}
}
