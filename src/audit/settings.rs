//! Settings and decisions of the run as tables, so that every query finds them in the database.

use rusqlite::{Connection, params};

use super::error::AuditError;
use crate::case::settings::{Organisation, Settings};

/// Writes `setting` (flat keys as in case.toml; times also as `window.from_utc` and `window.to_utc` in unix seconds; lists
/// joined with `|`), `known_network`, `known_proxy`, `known_account` and `decision`, replacing what an earlier run wrote.
///
/// # Errors
/// When the database refuses.
pub fn store_settings(db: &Connection, settings: &Settings) -> Result<(), AuditError> {
    // The caller's own transaction, where there is one, holds this too.
    let transaction = if db.is_autocommit() { Some(db.unchecked_transaction()?) } else { None };
    db.execute_batch(
        "delete from setting; delete from known_network; delete from known_proxy; delete from known_account;
         delete from decision;",
    )?;
    let put = |key: &str, value: String| {
        db.execute("insert or replace into setting values (?1, ?2)", params![key, value]).map(|_| ())
    };
    for (key, value) in settings.flat() {
        put(&key, value)?;
    }
    for (key, at) in [("window.from_utc", settings.window.from), ("window.to_utc", settings.window.to)] {
        if let Some(at) = at {
            put(key, at.0.to_string())?;
        }
    }
    for network in &settings.known.networks {
        db.execute("insert into known_network values (?1, null, null)", [network])?;
    }
    for account in &settings.known.account {
        for network in &account.networks {
            db.execute("insert into known_network values (?1, ?2, null)", params![network, account.name])?;
        }
    }
    for organisation in &settings.known.organisation {
        let which = match &organisation.which {
            Organisation::Id(id) => id.to_string(),
            Organisation::Name(name) => name.clone(),
        };
        for network in &organisation.networks {
            db.execute("insert into known_network values (?1, null, ?2)", params![network, which])?;
        }
    }
    for proxy in &settings.known.proxies {
        db.execute("insert into known_proxy values (?1)", [proxy])?;
    }
    for account in &settings.known.accounts {
        db.execute("insert into known_account values (?1)", [account])?;
    }
    for decision in &settings.decision {
        db.execute(
            "insert into decision values (?1, ?2, ?3, ?4)",
            params![decision.session, decision.class.id(), decision.reason, decision.who],
        )?;
    }
    if let Some(transaction) = transaction {
        transaction.commit()?;
    }
    Ok(())
}
