//! A form: a few fields one below another, and what is wrong with what stands in them. The dialogs that make, rename and describe a
//! profile are forms, whoever opens them (E20, K07). What was written stays until the hub has done what was asked.

use super::editor::{self, Editor};
use crate::base::ids::{AskId, ProfileName};
use crate::base::name;

/// What a form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormOf {
    Create,
    Rename(ProfileName),
    Describe(ProfileName),
}

/// What a field holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// A line of text.
    Text(Editor),
    /// One of several, by its place.
    Choice(Vec<String>, usize),
    /// A text that is written in the person's editor; `None`: nobody wrote one.
    Long(Option<String>),
}

/// A row of a form.
#[derive(Clone, Debug)]
pub struct Field {
    pub label: &'static str,
    pub value: Value,
    /// What stands there while it is empty.
    pub hint: &'static str,
}

/// An open form.
#[derive(Clone, Debug)]
pub struct Form {
    pub of: FormOf,
    pub title: String,
    pub fields: Vec<Field>,
    /// The field that has the keys.
    pub focus: usize,
    /// What follows from it, a line each.
    pub notes: Vec<String>,
    /// What Enter does, and the same as a button.
    pub does: &'static str,
    pub button: &'static str,
    /// Why the hub did not do it.
    pub error: Option<String>,
    /// It was asked for and is not answered.
    pub busy: Option<AskId>,
}

/// Places of the fields of a form that makes a profile.
pub const NAME: usize = 0;
pub const SOURCE: usize = 1;
pub const EXTENT: usize = 2;
pub const ABOUT: usize = 3;
pub const SOUL: usize = 4;

impl Field {
    pub fn text(label: &'static str, text: &str, hint: &'static str) -> Self {
        let mut editor = Editor::default();
        editor.replace_all(editor::segment(text));
        Self { label, value: Value::Text(editor), hint }
    }

    pub fn choice(label: &'static str, of: Vec<String>) -> Self {
        Self { label, value: Value::Choice(of, 0), hint: "" }
    }

    pub fn long(label: &'static str, hint: &'static str) -> Self {
        Self { label, value: Value::Long(None), hint }
    }
}

impl Form {
    /// The text of a field, on one line; empty for other fields.
    pub fn line(&self, field: usize) -> String {
        match self.fields.get(field).map(|field| &field.value) {
            Some(Value::Text(editor)) => editor.text().split_whitespace().collect::<Vec<_>>().join(" "),
            _ => String::new(),
        }
    }

    /// The place that is chosen in a field.
    pub fn chosen(&self, field: usize) -> usize {
        match self.fields.get(field).map(|field| &field.value) {
            Some(Value::Choice(_, at)) => *at,
            _ => 0,
        }
    }

    /// The field that has the keys, if it is a text.
    pub fn editor(&mut self) -> Option<&mut Editor> {
        match self.fields.get_mut(self.focus).map(|field| &mut field.value) {
            Some(Value::Text(editor)) => Some(editor),
            _ => None,
        }
    }

    /// Whether a field means anything now: how much is copied does not where nothing is.
    pub fn counts(&self, field: usize) -> bool {
        self.of != FormOf::Create || field != EXTENT || self.chosen(SOURCE) > 0
    }

    /// Moves on or back among the fields that mean something, round the ends.
    pub fn step(&mut self, by: isize) {
        let count = self.fields.len().max(1);
        let next = |at: usize| (at + count).saturating_add_signed(by) % count;
        let mut at = next(self.focus);
        while !self.counts(at) && at != self.focus {
            at = next(at);
        }
        self.focus = at;
    }

    /// Another one of a choice, round the ends. False: the field is none.
    pub fn turn(&mut self, by: isize) -> bool {
        let Some(Value::Choice(of, at)) = self.fields.get_mut(self.focus).map(|field| &mut field.value)
        else {
            return false;
        };
        let count = of.len().max(1);
        *at = (*at + count).saturating_add_signed(by) % count;
        true
    }

    /// The new name, or what is wrong with it among the `taken` ones (E19).
    pub fn name<'a>(&self, taken: impl IntoIterator<Item = &'a ProfileName>) -> Result<ProfileName, String> {
        name::check(&self.line(NAME), taken).map_err(|problem| problem.to_string())
    }

    /// Whether its first field is the name of a profile.
    pub fn names(&self) -> bool {
        matches!(self.of, FormOf::Create | FormOf::Rename(_))
    }
}
