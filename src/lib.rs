//! abfluss: which files and records of insured persons left a compromised file-transfer server, how sure are we, and
//! which rows of evidence say so.
//!
//! A module may use those listed above it, never those below:
//!
//! | module | holds |
//! | --- | --- |
//! | [`model`] | plain types shared by all: times, grades, session classes |
//! | [`formats`] | one reader per file format: bytes in, typed rows with offsets out; no database |
//! | [`case`] | the case database and folder: settings, schema, bulk writer, read-only access, manifest |
//! | [`platforms`] | which tables and addresses a product has, as tables of names |
//! | [`intake`] | evidence as handed in: walk, hash, unpack, identify, hand to a reader |
//! | [`contents`] | copies of the files themselves |
//! | [`audit`] | the numbered list of steps from stored rows to findings |
//! | [`report`] | the outputs, one writer per medium |
//! | [`cli`] | the command line: one file per subcommand, the printer, exit codes |

pub mod audit;
pub mod case;
pub mod cli;
pub mod contents;
pub mod formats;
pub mod intake;
pub mod model;
pub mod platforms;
pub mod report;
