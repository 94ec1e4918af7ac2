//! The tables of a dump, their numbers, and how the values of a statement map to their columns.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::convert::Rule;
use super::create::Created;
use super::{Column, ColumnKind, TableDef};

/// Where the values of one INSERT go.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Number of the table.
    pub(super) number: u32,
    /// What is known of each value's column, in the order of the values.
    pub(super) rules: Rc<[Rule]>,
    /// For each value its column, where that is not simply the same place.
    pub(super) places: Option<Box<[usize]>>,
    /// Columns of the table.
    pub(super) width: usize,
}

struct Known {
    def: TableDef,
    database: String,
    rules: Rc<[Rule]>,
}

/// All tables seen so far.
#[derive(Default)]
pub(super) struct Tables {
    all: Vec<Known>,
    by_name: BTreeMap<String, Vec<usize>>,
}

/// A new table definition to hand out, if one was needed.
pub(super) type Fresh = Option<TableDef>;

impl Tables {
    /// Takes up a `CREATE TABLE`. Also tells whether the same name was created in another database before.
    pub(super) fn create(&mut self, created: Created, database: &str, offset: u64) -> (Fresh, bool) {
        let database = created.database.unwrap_or_else(|| database.to_owned());
        let next_id = created.next_id;
        let (columns, rules): (Vec<Column>, Vec<Rule>) = created.columns.into_iter().unzip();
        let elsewhere = self.named(&created.name).any(|k| k.def.created && k.database != database);
        let same =
            self.named(&created.name).position(|k| k.def.created && k.database == database && k.def.columns == columns);
        if let Some(same) = same {
            // The last one created is the one that rows belong to; its character sets may have changed.
            let places = self.by_name.entry(created.name).or_default();
            let index = places.remove(same);
            places.push(index);
            self.all[index].rules = rules.into();
            return (None, elsewhere);
        }
        let mut def = self.add(&created.name, database, columns, rules, offset, true);
        def.next_id = next_id;
        (Some(def), elsewhere)
    }

    /// The table an INSERT without column list fills, if it was created.
    pub(super) fn plain(&self, database: &str, name: &str) -> Option<Target> {
        let known = self.created(database, name)?;
        Some(Target { number: known.def.number, rules: known.rules.clone(), places: None, width: known.rules.len() })
    }

    /// The table an INSERT with a column list fills. Columns that no statement declared are added at the end.
    pub(super) fn listed(&mut self, database: &str, name: &str, list: &[String], offset: u64) -> (Target, Fresh) {
        let (mut columns, mut rules) = match self.created(database, name) {
            Some(known) => (known.def.columns.clone(), known.rules.to_vec()),
            None => (Vec::new(), Vec::new()),
        };
        let created = !columns.is_empty();
        let declared: BTreeMap<String, usize> =
            columns.iter().enumerate().map(|(at, c)| (c.name.to_lowercase(), at)).collect();
        let mut places = Vec::with_capacity(list.len());
        for column in list {
            places.push(declared.get(&column.to_lowercase()).copied().unwrap_or_else(|| {
                columns.push(unknown_column(column.clone()));
                rules.push(Rule::UNKNOWN);
                columns.len() - 1
            }));
        }
        let (number, fresh) = self.same_or_new(database, name, columns, rules, offset, created);
        let all = self.all[number].rules.clone();
        let straight = places.len() == all.len() && places.iter().enumerate().all(|(at, place)| at == *place);
        let target = Target {
            number: self.all[number].def.number,
            rules: if straight { all.clone() } else { places.iter().map(|place| all[*place]).collect() },
            places: (!straight).then(|| places.into()),
            width: all.len(),
        };
        (target, fresh)
    }

    /// The table for rows of which only the number of values is known.
    pub(super) fn counted(&mut self, database: &str, name: &str, count: usize, offset: u64) -> (Target, Fresh) {
        let columns = (1..=count).map(|n| unknown_column(format!("column_{n}"))).collect();
        let (number, fresh) = self.same_or_new(database, name, columns, vec![Rule::UNKNOWN; count], offset, false);
        let known = &self.all[number];
        (Target { number: known.def.number, rules: known.rules.clone(), places: None, width: count }, fresh)
    }

    /// Name of a table and of one of its columns, for notes.
    pub(super) fn describe(&self, number: u32, column: usize) -> (String, String) {
        let Some(known) = self.all.get(number as usize) else { return Default::default() };
        let column = known.def.columns.get(column).map(|c| c.name.clone()).unwrap_or_default();
        (known.def.name.clone(), column)
    }

    fn named(&self, name: &str) -> impl DoubleEndedIterator<Item = &Known> + ExactSizeIterator {
        self.by_name.get(name).map_or(&[][..], Vec::as_slice).iter().map(|index| &self.all[*index])
    }

    /// The table created last under that name: in that database, else in any (a dump of one database may name it in
    /// one statement only).
    fn created(&self, database: &str, name: &str) -> Option<&Known> {
        let original = |k: &&Known| k.def.created && k.def.columns.len() == k.rules.len() && !is_extended(k);
        let exact = self.named(name).rev().filter(original).find(|k| k.database == database);
        exact.or_else(|| self.named(name).rev().find(original))
    }

    fn same_or_new(
        &mut self,
        database: &str,
        name: &str,
        columns: Vec<Column>,
        rules: Vec<Rule>,
        offset: u64,
        created: bool,
    ) -> (usize, Fresh) {
        if created
            && let Some(known) = self.created(database, name)
            && known.def.columns == columns
        {
            return (known.def.number as usize, None);
        }
        let same = self.named(name).find(|k| k.database == database && k.def.columns == columns);
        if let Some(same) = same {
            return (same.def.number as usize, None);
        }
        let def = self.add(name, database.to_owned(), columns, rules, offset, created);
        (def.number as usize, Some(def))
    }

    fn add(
        &mut self,
        name: &str,
        database: String,
        columns: Vec<Column>,
        rules: Vec<Rule>,
        offset: u64,
        created: bool,
    ) -> TableDef {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let def = TableDef { number, name: name.to_owned(), columns, offset, created, next_id: None };
        self.by_name.entry(name.to_owned()).or_default().push(self.all.len());
        self.all.push(Known { def: def.clone(), database, rules: rules.into() });
        def
    }
}

/// Whether columns from an INSERT's list were added to the declared ones.
fn is_extended(known: &Known) -> bool {
    known.def.columns.last().is_some_and(|c| c.declared.is_empty() && c.kind == ColumnKind::Unknown)
}

fn unknown_column(name: String) -> Column {
    Column { name, declared: String::new(), kind: ColumnKind::Unknown }
}
