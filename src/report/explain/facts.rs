//! Facts about a subject, each left out when the case does not know it.

use super::super::Texts;
use super::Fact;

/// Collects facts in order.
pub(super) struct Facts<'t> {
    t: &'t Texts,
    pub(super) list: Vec<Fact>,
}

impl<'t> Facts<'t> {
    pub(super) fn new(t: &'t Texts) -> Self {
        Self { t, list: Vec::new() }
    }

    /// Adds one; nothing when the text is empty.
    pub(super) fn add(&mut self, id: &'static str, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.list.push(Fact { id, label: self.t.get(&format!("explain_fact.{id}")), text });
        }
    }

    /// A span of time; an open end is said.
    pub(super) fn span(&self, from: &str, to: &str) -> String {
        let end = |at: &str| if at.is_empty() { self.t.get("explain.open") } else { self.t.time(at) };
        if from.is_empty() && to.is_empty() {
            return String::new();
        }
        self.t.fill("page.window_span", &[("from", end(from)), ("to", end(to))])
    }
}
