//! Markdown as rows of cells, laid out as it streams.
//!
//! Blocks are recognised line by line ([`Flow`]), since only so a list, a table or a block of code that grows for
//! thousands of lines costs its last line and not all of them; what stands inside a line is parsed by `pulldown-cmark`. A
//! text laid out in pieces gives the rows that it gives at once, because both are the same walk over the same lines.
//!
//! How it differs from a browser's Markdown: a line's end stays one, a row of blanks between blocks is kept as one, HTML,
//! footnotes and definitions of links are shown as they are written. Every line is made drawable before anything is read
//! out of it, and again where the parser decodes (`&#27;`). Gutters are the caller's.

mod block;
mod code;
mod container;
mod copy;
mod flow;
mod inline;
mod link;
mod table;

pub use copy::last_code;
pub use flow::{Flow, Page};
