//! What is stored of every profile, as far as lists and finding need it: kept in memory, compact, and asked without a file.
//!
//! A [`Table`] holds the rows of one profile as they were at one moment; it does not change, a newer one takes its place. It gives
//! pages in any order, and a [`Finder`] looks through several of them by name. Pure but for threads: it reads no file, no clock, and
//! knows nothing of who asks. What fills it, when it is filled anew and how long it is kept is the hub's business.

mod find;
mod page;
mod table;

pub use find::Finder;
pub use page::Listed;
pub use table::{Entry, Table};
