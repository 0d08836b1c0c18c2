//! Unified diffs, read tolerantly: each line becomes a row of its kind, in order, and what is no diff stays a line of text.
//!
//! [`Words`] tells which words of a changed pair of lines differ; how much it compares is bounded, so that a diff costs
//! its size and no more (SEC-45).

use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// A diff's lines and what they sum up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff<'a> {
    pub rows: Vec<Row<'a>>,
    pub added: usize,
    pub removed: usize,
    pub files: usize,
}

/// One line of a diff. Numbers are those of lines in the old and the new file, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// The two lines that begin a file, as its names; the same when it kept its name.
    File {
        old: &'a str,
        new: &'a str,
    },
    Hunk(&'a str),
    Same {
        old: usize,
        new: usize,
        text: &'a str,
    },
    Removed {
        old: usize,
        text: &'a str,
    },
    Added {
        new: usize,
        text: &'a str,
    },
    /// A line that belongs to no hunk, or that no diff has.
    Other(&'a str),
}

/// Where a hunk stands.
#[derive(Clone, Copy, Debug, Default)]
struct Hunk {
    /// The next line's numbers.
    old: usize,
    new: usize,
    /// Lines that its header promises.
    old_left: usize,
    new_left: usize,
}

/// Reads a diff. Total: every line is in a row.
pub fn parse(text: &str) -> Diff<'_> {
    let mut diff = Diff::default();
    let mut hunk: Option<Hunk> = None;
    let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n').peekable();
    while let Some(line) = lines.next() {
        let promised = hunk.is_some_and(|hunk| hunk.old_left + hunk.new_left > 0);
        let names = (!promised).then(|| names(line, lines.peek().copied())).flatten();
        if let Some((old, new)) = names {
            lines.next();
            hunk = None;
            diff.files += 1;
            diff.rows.push(Row::File { old, new });
        } else if let Some(next) = header(line) {
            hunk = Some(next);
            diff.rows.push(Row::Hunk(line));
        } else {
            let row = hunk.as_mut().map_or(Row::Other(line), |hunk| hunk.row(line));
            diff.added += usize::from(matches!(row, Row::Added { .. }));
            diff.removed += usize::from(matches!(row, Row::Removed { .. }));
            diff.rows.push(row);
        }
    }
    diff
}

impl Hunk {
    /// The row of a line within the hunk, or behind it: headers that promise too little are believed less than the lines.
    fn row<'a>(&mut self, line: &'a str) -> Row<'a> {
        let (old, new) = (self.old, self.new);
        let rest = |mark: char| line.strip_prefix(mark);
        if let Some(text) = rest('+') {
            self.go(0, 1);
            Row::Added { new, text }
        } else if let Some(text) = rest('-') {
            self.go(1, 0);
            Row::Removed { old, text }
        } else if let Some(text) = rest(' ').or(line.is_empty().then_some("").filter(|_| self.old_left > 0)) {
            // An empty line of the file loses its blank on some ways.
            self.go(1, 1);
            Row::Same { old, new, text }
        } else {
            Row::Other(line)
        }
    }

    fn go(&mut self, old: usize, new: usize) {
        self.old = self.old.saturating_add(old);
        self.new = self.new.saturating_add(new);
        self.old_left = self.old_left.saturating_sub(old);
        self.new_left = self.new_left.saturating_sub(new);
    }
}

/// The names of the two lines that begin a file.
fn names<'a>(line: &'a str, next: Option<&'a str>) -> Option<(&'a str, &'a str)> {
    let name = |line: &'a str, mark: &str, side: &str| {
        let name = line.strip_prefix(mark)?;
        // Some write a time behind the name.
        let name = name.split_once('\t').map_or(name, |(name, _)| name);
        Some(name.strip_prefix(side).unwrap_or(name))
    };
    let (old, new) = (name(line, "--- ", "a/")?, name(next?, "+++ ", "b/")?);
    Some(match (old, new) {
        ("/dev/null", name) | (name, "/dev/null") => (name, name),
        both => both,
    })
}

/// Reads `@@ -1,2 +3,4 @@`.
fn header(line: &str) -> Option<Hunk> {
    let rest = line.strip_prefix("@@ -")?;
    let (old, rest) = rest.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let span = |text: &str| -> Option<(usize, usize)> {
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    let ((old, old_left), (new, new_left)) = (span(old)?, span(new)?);
    Some(Hunk { old, new, old_left, new_left })
}

/// Finds changed words, until its budget is spent.
#[derive(Debug)]
pub struct Words {
    /// Comparisons of two words that may still be made.
    budget: usize,
}

/// Comparisons for one diff: a few milliseconds.
const BUDGET: usize = 200_000;
/// How many added lines are looked at for the one that a removed line became.
const AHEAD: usize = 4;

/// The changed stretches of a row, in bytes of its text.
pub type Changed = Vec<Range<usize>>;

impl Default for Words {
    fn default() -> Self {
        Self { budget: BUDGET }
    }
}

impl Words {
    /// The changed stretches of each row; empty for a row that is new, gone or the same as a whole.
    pub fn of(&mut self, rows: &[Row<'_>]) -> Vec<Changed> {
        let mut out = vec![Changed::new(); rows.len()];
        let mut at = 0;
        while at < rows.len() {
            let run = |from: usize, is: fn(&Row<'_>) -> bool| {
                from + rows.iter().skip(from).take_while(|row| is(row)).count()
            };
            let minus = run(at, |row| matches!(row, Row::Removed { .. }));
            let plus = run(minus, |row| matches!(row, Row::Added { .. }));
            let mut next = minus;
            for old in at..minus {
                for new in next..plus.min(next + AHEAD) {
                    let (Some(Row::Removed { text: a, .. }), Some(Row::Added { text: b, .. })) =
                        (rows.get(old), rows.get(new))
                    else {
                        continue;
                    };
                    if let Some((a, b)) = self.compare(a, b) {
                        for (row, changed) in [(old, a), (new, b)] {
                            if let Some(place) = out.get_mut(row) {
                                *place = changed;
                            }
                        }
                        next = new + 1;
                        break;
                    }
                }
            }
            at = plus.max(at + 1);
        }
        out
    }

    /// What differs between two lines, if they are the same line at heart.
    fn compare(&mut self, old: &str, new: &str) -> Option<(Changed, Changed)> {
        let words = |text| -> Vec<&str> { str::split_word_bounds(text).collect() };
        let (old_words, new_words) = (words(old), words(new));
        self.budget = self.budget.checked_sub(old_words.len() * new_words.len())?;
        let ends = |words: &[&str]| -> Vec<usize> {
            let mut end = 0;
            let ends = words.iter().map(|word| {
                end += word.len();
                end
            });
            std::iter::once(0).chain(ends).collect()
        };
        let (old_ends, new_ends) = (ends(&old_words), ends(&new_words));
        let ops = capture_diff_slices(Algorithm::Myers, &old_words, &new_words);
        let (mut kept, mut gone, mut come) = (0, Changed::new(), Changed::new());
        for op in &ops {
            let (tag, old_range, new_range) = op.as_tag_tuple();
            let bytes = |at: &[usize], range: Range<usize>| {
                at.get(range.start).copied().unwrap_or(0)..at.get(range.end).copied().unwrap_or(0)
            };
            let (old_bytes, new_bytes) = (bytes(&old_ends, old_range), bytes(&new_ends, new_range));
            if tag == DiffTag::Equal {
                kept += solid(old.get(old_bytes).unwrap_or_default());
            } else {
                add(&mut gone, old_bytes, old);
                add(&mut come, new_bytes, new);
            }
        }
        let whole = solid(old).max(solid(new));
        (kept * 5 >= whole * 2 && kept > 0).then_some((gone, come))
    }
}

/// Bytes that are no blanks: lines are not alike for being indented alike.
fn solid(text: &str) -> usize {
    text.split_whitespace().map(str::len).sum()
}

/// Adds a stretch, joined to the one before where only blanks lie between.
fn add(changed: &mut Changed, range: Range<usize>, text: &str) {
    if range.is_empty() {
        return;
    }
    match changed.last_mut() {
        Some(last) if text.get(last.end..range.start).is_some_and(|gap| gap.trim().is_empty()) => {
            last.end = range.end;
        }
        _ => changed.push(range),
    }
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
