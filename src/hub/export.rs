//! A stored session as a Markdown file: what it is called and where it belongs, then all that was said and done in it.
//!
//! Texts are written as they are stored, since they are Markdown themselves, but for characters that a terminal would obey or that
//! reorder what is read: whoever shows the file with `cat` or reads a diff of it gets them spelled out. No file is ever
//! overwritten, and nobody else may read it. The session is read a page at a time, however long it is.

use crate::{
    base::{
        ids::{ProfileName, StoredId},
        text::Untrusted,
    },
    history::{self, HistoryError},
    model::{
        listing::StoredRow,
        message::{Message, Part, Role},
        tool::{ToolCall, ToolState},
    },
    proto::Refusal,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// Characters of a title that are in the file's name.
const NAME: usize = 60;
/// Files of one name beside each other; then it is refused.
const SAME: u32 = 1_000;
/// How often a session is read that is written meanwhile.
const TRIES: u32 = 3;

/// Writes the session into a new file in `dir`. The path of it.
pub(super) fn export(
    home: &Path,
    profile: &ProfileName,
    stored: &StoredId,
    dir: &str,
) -> Result<Untrusted, Refusal> {
    let unreadable = |error: &HistoryError| Refusal::Unreadable(error.to_string().into());
    let dir = Path::new(dir);
    if !dir.is_absolute() {
        return Err(Refusal::NotWritten("the directory must be given from the root on".into()));
    }
    let row = history::peek(home, profile, stored).map_err(|error| unreadable(&error))?.row;
    let (path, file) = create(dir, &row).map_err(|error| not_written(&error))?;
    write(home, profile, &row, file).map_err(|error| {
        // Half a session would be taken for a whole one.
        let _ = fs::remove_file(&path);
        match error {
            Failed::Read(error) => unreadable(&error),
            Failed::Write(error) => not_written(&error),
        }
    })?;
    Ok(path.to_string_lossy().into_owned().into())
}

fn not_written(error: &io::Error) -> Refusal {
    Refusal::NotWritten(error.to_string().into())
}

enum Failed {
    Read(HistoryError),
    Write(io::Error),
}

impl From<HistoryError> for Failed {
    fn from(error: HistoryError) -> Self {
        Self::Read(error)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// A new file, named after the session.
fn create(dir: &Path, row: &StoredRow) -> io::Result<(PathBuf, File)> {
    let (name, id) = (slug(row.name().raw()), slug(row.id.as_str()));
    let stem = if name.is_empty() { id } else { format!("{name}-{id}") };
    for number in 1..SAME {
        let again = if number == 1 { String::new() } else { format!("-{number}") };
        let path = dir.join(format!("{stem}{again}.md"));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(ErrorKind::AlreadyExists, "there are too many files of this name"))
}

/// The letters and digits of a text, with a dash for what is between: no part of a path, no option, nothing hidden.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(NAME) {
        match c {
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            '_' => out.push('_'),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    out.trim_end_matches('-').to_owned()
}

fn write(home: &Path, profile: &ProfileName, row: &StoredRow, file: File) -> Result<(), Failed> {
    let mut out = BufWriter::new(file);
    let mut tries = TRIES;
    loop {
        head(&mut out, row)?;
        let before = history::peek(home, profile, &row.id)?;
        for skip in pages(home, profile, &row.id)?.into_iter().rev() {
            for message in history::older(home, profile, &row.id, skip)?.0 {
                said(&mut out, &message)?;
            }
        }
        tries -= 1;
        // Pages are counted from the end: what came meanwhile moved them.
        let after = history::peek(home, profile, &row.id)?;
        if length(&before) == length(&after) || tries == 0 {
            if tries == 0 && length(&before) != length(&after) {
                writeln!(
                    out,
                    "---\n\nThis session was written while it was exported: some of it may be missing."
                )?;
            }
            out.flush()?;
            return Ok(());
        }
        out.flush()?;
        out.get_mut().set_len(0)?;
        io::Seek::rewind(out.get_mut())?;
    }
}

fn length(peek: &crate::model::listing::Peek) -> u64 {
    peek.skipped + (peek.head.len() + peek.tail.len()) as u64
}

/// Where each page ends, in messages from the end, the last page first.
fn pages(home: &Path, profile: &ProfileName, stored: &StoredId) -> Result<Vec<u64>, HistoryError> {
    let mut ends = vec![0];
    let mut skip = 0;
    loop {
        let (page, more) = history::older(home, profile, stored, skip)?;
        skip += page.len() as u64;
        if !more || page.is_empty() {
            return Ok(ends);
        }
        ends.push(skip);
    }
}

fn head(out: &mut impl Write, row: &StoredRow) -> io::Result<()> {
    writeln!(out, "# {}\n", row.name().label(200))?;
    let mut fact = |name: &str, value: &str| {
        if value.is_empty() {
            Ok(())
        } else {
            writeln!(out, "- {name}: {}", Untrusted::from(value).label(1_000))
        }
    };
    fact("Profile", row.profile.as_str())?;
    fact("Session", &format!("@session:{}/{}", row.profile, row.id.as_str()))?;
    fact("Model", row.model.as_ref().map_or("", Untrusted::raw))?;
    fact("Directory", row.cwd.as_ref().map_or("", Untrusted::raw))?;
    fact("From", row.source.raw())?;
    fact("Began", &format!("{} UTC", row.started.utc()))?;
    fact("Last active", &format!("{} UTC", row.last_active.utc()))?;
    writeln!(out)
}

fn said(out: &mut impl Write, message: &Message) -> io::Result<()> {
    let who = match message.role {
        Role::User => "You",
        Role::Assistant => "Hermes",
        Role::System => "Note",
    };
    let at = message.at.map(|at| format!(", {} UTC", at.utc())).unwrap_or_default();
    writeln!(out, "## {who}{at}\n")?;
    for part in &message.parts {
        match part {
            Part::Text(text) => writeln!(out, "{}\n", harmless(text.raw()))?,
            Part::Reasoning { text, .. } => writeln!(out, "{}\n", quoted(text.raw()))?,
            Part::Note { text, .. } => writeln!(out, "*{}*\n", text.label(1_000))?,
            Part::Tool(call) => tool(out, call)?,
        }
    }
    Ok(())
}

fn tool(out: &mut impl Write, call: &ToolCall) -> io::Result<()> {
    let how = match &call.state {
        ToolState::Done => String::new(),
        ToolState::Running | ToolState::Unknown => ", whose result is not known".to_owned(),
        ToolState::Failed(why) => format!(", which failed: {}", why.label(200)),
        ToolState::Blocked(why) => format!(", which was refused: {}", why.label(200)),
    };
    writeln!(out, "**Tool {}**{how}\n", call.name.label(200))?;
    fenced(out, "json", call.args.raw())?;
    fenced(out, "", call.output.raw())?;
    if (call.output.len() as u64) < call.output_len {
        writeln!(out, "*{} bytes in all.*\n", call.output_len)?;
    }
    call.diff.as_ref().map_or(Ok(()), |diff| fenced(out, "diff", diff.raw()))
}

/// A block of code, whatever is in it.
fn fenced(out: &mut impl Write, language: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "{fence}{language}\n{}\n{fence}\n", harmless(text).trim_end_matches('\n'))
}

fn quoted(text: &str) -> String {
    let lines: Vec<String> = harmless(text).lines().map(|line| format!("> {line}")).collect();
    lines.join("\n")
}

/// The text without what a terminal would obey and what reorders a line: it is spelled out.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.extend(c.escape_unicode());
            }
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
