//! The masked field of a password or secret: a buffer of its own, without history, undo, draft or clipboard (SEC-27).

use zeroize::Zeroizing;

use crate::base::secret::Secret;

/// Bytes kept ready, so that growing leaves no copy behind in freed memory; nobody types more.
const ROOM: usize = 4_096;

/// What is typed, never shown.
#[derive(Default)]
pub struct SecretField(Option<Zeroizing<String>>);

/// Says nothing of the content.
impl std::fmt::Debug for SecretField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl SecretField {
    /// Adds text, up to the room there is; returns whether all of it fitted.
    pub fn push(&mut self, text: &str) -> bool {
        let buffer = self.0.get_or_insert_with(|| Zeroizing::new(String::with_capacity(ROOM)));
        let fits = buffer.len() + text.len() <= ROOM;
        if fits {
            buffer.push_str(text);
        }
        fits
    }

    /// Removes the last character.
    pub fn pop(&mut self) {
        if let Some(buffer) = &mut self.0 {
            buffer.pop();
        }
    }

    /// Wipes it.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.chars() == 0
    }

    /// How many characters were typed.
    pub fn chars(&self) -> usize {
        self.0.as_ref().map_or(0, |buffer| buffer.chars().count())
    }

    /// Gives it away, once; the field's own copy is wiped.
    pub fn take(&mut self) -> Option<Secret> {
        let text = self.0.take()?;
        Some(Secret::new(String::clone(&text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_given_away_once_and_never_printed() {
        let mut field = SecretField::default();
        assert!(field.push("hunter22"));
        field.pop();
        assert_eq!((format!("{field:?}"), field.chars()), ("***".to_owned(), 7));
        assert_eq!(field.take().unwrap().expose(), "hunter2");
        assert!(field.take().is_none() && field.is_empty());
        assert!(!field.push(&"x".repeat(5_000)));
    }
}
