//! The one line of `hermux status --format`: text with counts in braces, for the status line of a multiplexer. Pure.
//!
//! It holds what is said here and counts, names of profiles and words of hermux' own: nothing that a session says, so that
//! nobody else writes into the multiplexer's line.

use crate::base::ids::ProfileName;
use crate::proto::report::{ProfileReport, Report};
use std::str::FromStr;

/// A format that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Value(Value),
    /// What stands for a value that is more than nothing.
    If(Value, Vec<Piece>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Value {
    /// `None`: all profiles together.
    profile: Option<ProfileName>,
    field: Field,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Working,
    Waiting,
    Unread,
    Uncertain,
    Failed,
    Open,
    Built,
    Live,
    Stuck,
    Profiles,
    Terminals,
    State,
}

/// Every field by its name; whether it has a meaning for all profiles together, and for one.
const FIELDS: [(&str, Field, bool, bool); 12] = [
    ("working", Field::Working, true, true),
    ("waiting", Field::Waiting, true, true),
    ("unread", Field::Unread, true, true),
    ("uncertain", Field::Uncertain, true, true),
    ("failed", Field::Failed, true, true),
    ("open", Field::Open, true, true),
    ("built", Field::Built, true, true),
    ("live", Field::Live, true, false),
    ("stuck", Field::Stuck, true, false),
    ("profiles", Field::Profiles, true, false),
    ("terminals", Field::Terminals, true, false),
    ("state", Field::State, false, true),
];

/// What is wrong with a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFormat {
    #[error("a `{{` has no `}}`; a brace itself is written `{{{{` or `}}}}`")]
    Open,
    #[error("a `}}` has no `{{` before it; a brace itself is written `{{{{` or `}}}}`")]
    Close,
    #[error("there is no {{{0}}}; there are {1}")]
    Unknown(String, String),
    #[error("`{0}` is no profile's name")]
    Profile(String),
}

impl FromStr for Format {
    type Err = BadFormat;
    fn from_str(text: &str) -> Result<Self, BadFormat> {
        let mut rest = text;
        let pieces = pieces(&mut rest, false)?;
        Ok(Self(pieces))
    }
}

/// Reads up to the end, or `within` a condition to the brace that ends it.
fn pieces(rest: &mut &str, within: bool) -> Result<Vec<Piece>, BadFormat> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    while let Some(c) = rest.chars().next() {
        let tail = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '{' | '}' if tail.starts_with(c) && !(within && c == '}') => {
                text.push(c);
                *rest = tail.get(1..).unwrap_or_default();
            }
            '}' if within => {
                *rest = tail;
                push_text(&mut pieces, text);
                return Ok(pieces);
            }
            '}' => return Err(BadFormat::Close),
            '{' => {
                push_text(&mut pieces, std::mem::take(&mut text));
                *rest = tail;
                pieces.push(field(rest)?);
            }
            _ => {
                text.push(c);
                *rest = tail;
            }
        }
    }
    if within {
        return Err(BadFormat::Open);
    }
    push_text(&mut pieces, text);
    Ok(pieces)
}

fn push_text(pieces: &mut Vec<Piece>, text: String) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
}

/// Reads what stands behind an opening brace.
fn field(rest: &mut &str) -> Result<Piece, BadFormat> {
    let (name, end) = rest.split_once(['?', '}']).ok_or(BadFormat::Open)?;
    let condition = rest.get(name.len()..).is_some_and(|end| end.starts_with('?'));
    *rest = end;
    let value = value(name)?;
    Ok(if condition { Piece::If(value, pieces(rest, true)?) } else { Piece::Value(value) })
}

fn value(text: &str) -> Result<Value, BadFormat> {
    let (profile, name) = match text.rsplit_once(':') {
        Some((profile, name)) => {
            let profile = ProfileName::new(profile).map_err(|_| BadFormat::Profile(profile.to_owned()))?;
            (Some(profile), name)
        }
        None => (None, text),
    };
    let fits = |all: bool, one: bool| if profile.is_some() { one } else { all };
    let known = FIELDS.iter().find(|(known, _, all, one)| *known == name && fits(*all, *one));
    if let Some((_, field, ..)) = known {
        return Ok(Value { profile, field: *field });
    }
    let prefix = if profile.is_some() { "PROFILE:" } else { "" };
    let names = FIELDS.iter().filter(|(_, _, all, one)| fits(*all, *one));
    let names: Vec<_> = names.map(|(name, ..)| format!("{{{prefix}{name}}}")).collect();
    Err(BadFormat::Unknown(text.to_owned(), names.join(" ")))
}

impl Format {
    /// The line for `report`, without its end.
    pub fn line(&self, report: &Report) -> String {
        let mut out = String::new();
        write(&self.0, report, &mut out);
        out
    }
}

fn write(pieces: &[Piece], report: &Report, out: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Value(value) => out.push_str(&value.of(report).0),
            Piece::If(value, then) => {
                if value.of(report).1 {
                    write(then, report, out);
                }
            }
        }
    }
}

impl Value {
    /// How it is written, and whether it is more than nothing: a count that is not 0, a backend that is not cold. A profile that
    /// is not there is nothing.
    fn of(&self, report: &Report) -> (String, bool) {
        let profiles =
            report.profiles.iter().filter(|one| self.profile.as_ref().is_none_or(|name| one.name == *name));
        let sum = |count: fn(&ProfileReport) -> usize| profiles.clone().map(count).sum();
        let count: usize = match self.field {
            Field::Working => sum(|one| one.working),
            Field::Waiting => sum(|one| one.waiting),
            Field::Unread => sum(|one| one.unread),
            Field::Uncertain => sum(|one| one.uncertain),
            Field::Failed => sum(|one| one.failed),
            Field::Open => sum(|one| one.open),
            Field::Built => sum(|one| one.built),
            Field::Live => sum(|one| usize::from(one.state == "live")),
            Field::Stuck => sum(|one| usize::from(one.state == "stuck")),
            Field::Profiles => report.profiles.len(),
            Field::Terminals => report.hub.terminals.len(),
            Field::State => {
                let state = profiles.clone().next().map_or("", |one| one.state.as_str());
                return (state.to_owned(), !matches!(state, "" | "cold"));
            }
        };
        (count.to_string(), count > 0)
    }
}

#[cfg(test)]
#[path = "format_tests.rs"]
mod tests;
