//! Reading JSON that may be wrong: each field by itself, so that one of another type costs only itself.
//!
//! Values stay slices of the frame until they are asked for. Text keeps its meaning where JSON allows what Rust does not: a
//! lone surrogate becomes U+FFFD. Depth is checked once a frame by [`depth`]; nothing here recurses into a value.

use super::oddity::{Oddities, Oddity};
use crate::base::text::Untrusted;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::VecDeque, fmt};

/// A JSON string, read without ever failing on its content.
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Lossy;
        impl<'de> Visitor<'de> for Lossy {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Text<'de>, E> {
                Ok(Text(String::from_utf8_lossy(bytes)))
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(String::from_utf8_lossy(bytes).into_owned())))
            }
        }
        // As bytes: serde_json then passes lone surrogates on instead of refusing the string.
        from.deserialize_bytes(Lossy)
    }
}

/// The string that `raw` is, if it is one.
pub(super) fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text>(raw.get()).ok().map(|text| text.0)
}

/// The documented fields of one object. Of a key that stands twice the last counts.
pub(super) struct Fields<'a> {
    what: &'static str,
    names: &'static [&'static str],
    values: Vec<Option<&'a RawValue>>,
    odd: &'a Oddities,
}

impl<'a> Fields<'a> {
    /// Reads `raw` as an object with the documented `names`; `None` when it is none. `what` names it in the counts.
    pub(super) fn read(
        raw: &'a str,
        what: &'static str,
        names: &'static [&'static str],
        odd: &'a Oddities,
    ) -> Option<Self> {
        let empty = Self { what, names, values: vec![None; names.len()], odd };
        let mut json = serde_json::Deserializer::from_str(raw);
        let fields = json.deserialize_map(empty).ok()?;
        json.end().ok()?;
        Some(fields)
    }

    /// The same, and an object without any field when it is none: what is missing is then missing, not an error.
    pub(super) fn lenient(
        raw: Option<&'a RawValue>,
        what: &'static str,
        names: &'static [&'static str],
        odd: &'a Oddities,
    ) -> Self {
        let read = raw.and_then(|raw| {
            let read = Self::read(raw.get(), what, names, odd);
            if read.is_none() {
                odd.note(Oddity::Value, what);
            }
            read
        });
        read.unwrap_or_else(|| Self { what, names, values: vec![None; names.len()], odd })
    }

    /// The value of a field that is there and not null.
    pub(super) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        let at = self.names.iter().position(|known| *known == name);
        debug_assert!(at.is_some(), "{name} is not documented for {}", self.what);
        self.values.get(at?).copied().flatten().filter(|raw| raw.get() != "null")
    }

    /// Counts a field whose value is not what is documented.
    pub(super) fn wrong(&self, name: &str) {
        self.odd.note(Oddity::Value, &format!("{}.{name}", self.what));
    }

    fn read_as<T>(&self, name: &str, read: impl FnOnce(&'a RawValue) -> Option<T>) -> Option<T> {
        let raw = self.raw(name)?;
        let value = read(raw);
        if value.is_none() {
            self.wrong(name);
        }
        value
    }

    pub(super) fn str(&self, name: &str) -> Option<Cow<'a, str>> {
        self.read_as(name, text)
    }

    pub(super) fn text(&self, name: &str) -> Option<Untrusted> {
        self.str(name).map(|text| Untrusted::new(text.into_owned()))
    }

    /// A text that says something: an empty one is as good as none.
    pub(super) fn word(&self, name: &str) -> Option<Untrusted> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// The text, empty when there is none.
    pub(super) fn text_or_empty(&self, name: &str) -> Untrusted {
        self.text(name).unwrap_or_default()
    }

    /// An id made by `new`; a value that is none is as good as none.
    pub(super) fn id<T>(&self, name: &str, new: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.read_as(name, |raw| match text(raw) {
            Some(id) => new(&id),
            // Whoever numbers its requests means the number's text.
            None => raw.get().bytes().all(|b| b.is_ascii_digit()).then(|| new(raw.get())).flatten(),
        })
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.read_as(name, |raw| serde_json::from_str(raw.get()).ok())
    }

    pub(super) fn int(&self, name: &str) -> Option<i64> {
        self.read_as(name, |raw| {
            serde_json::from_str::<i64>(raw.get()).ok().or_else(|| {
                let float = number(raw)?;
                // Beyond 2^53 a float is no count any more.
                (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
            })
        })
    }

    /// A number of things.
    pub(super) fn count(&self, name: &str) -> Option<u64> {
        self.int(name).and_then(|n| u64::try_from(n).ok())
    }

    pub(super) fn float(&self, name: &str) -> Option<f64> {
        self.read_as(name, number)
    }

    /// The nested object, `None` when it is absent or none.
    pub(super) fn object(
        &self,
        name: &str,
        what: &'static str,
        names: &'static [&'static str],
    ) -> Option<Self> {
        self.read_as(name, |raw| Self::read(raw.get(), what, names, self.odd))
    }

    /// The last `limit` items of a list, and how many stood before them.
    pub(super) fn tail(&self, name: &str, limit: usize) -> Option<(Vec<&'a RawValue>, usize)> {
        self.read_as(name, |raw| tail(raw, limit))
    }

    /// The strings of a list, at most `limit`; items of another kind are left out.
    pub(super) fn texts(&self, name: &str, limit: usize) -> Option<Vec<Untrusted>> {
        let (items, _) = self.tail(name, limit)?;
        Some(items.into_iter().filter_map(text).map(|text| Untrusted::new(text.into_owned())).collect())
    }

    pub(super) fn odd(&self) -> &'a Oddities {
        self.odd
    }
}

impl<'de> Visitor<'de> for Fields<'de> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            let at = self.names.iter().position(|known| *known == key);
            if let Some(slot) = at.and_then(|at| self.values.get_mut(at)) {
                *slot = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
                self.odd.note(Oddity::Field, &format!("{}.{key}", self.what));
            }
        }
        Ok(self)
    }
}

fn number(raw: &RawValue) -> Option<f64> {
    serde_json::from_str::<f64>(raw.get()).ok().filter(|float| float.is_finite())
}

/// The last `limit` items of the list that `raw` is, and how many stood before them. A list of a million items costs no
/// more memory than `limit` slices.
pub(super) fn tail(raw: &RawValue, limit: usize) -> Option<(Vec<&RawValue>, usize)> {
    struct Tail(usize);
    impl<'de> Visitor<'de> for Tail {
        type Value = (Vec<&'de RawValue>, usize);
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut kept = VecDeque::new();
            let mut dropped = 0;
            while let Some(item) = list.next_element::<&RawValue>()? {
                if kept.len() >= self.0 {
                    kept.pop_front();
                    dropped += 1;
                }
                kept.push_back(item);
            }
            Ok((kept.into(), dropped))
        }
    }
    serde_json::Deserializer::from_str(raw.get()).deserialize_seq(Tail(limit)).ok()
}

/// How deep lists and objects are nested in `json`, whether it is well formed or not.
pub(super) fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// `raw` without the blanks between its tokens, and with its letters as letters: the backend writes every one beyond ASCII as
/// an escape. It is for people; control characters stay escaped.
pub(super) fn compact(raw: &RawValue) -> String {
    let json = raw.get();
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('"') {
        let (between, quoted) = rest.split_at(at);
        out.extend(between.chars().filter(|c| !c.is_ascii_whitespace()));
        let end = string_end(quoted);
        let (token, after) = quoted.split_at_checked(end).unwrap_or((quoted, ""));
        match serde_json::from_str::<Text>(token).ok().and_then(|text| serde_json::to_string(&text.0).ok()) {
            Some(plain) => out.push_str(&plain),
            None => out.push_str(token),
        }
        rest = after;
    }
    out.extend(rest.chars().filter(|c| !c.is_ascii_whitespace()));
    out
}

/// Where the string that begins `quoted` ends, in bytes, its quotes included.
fn string_end(quoted: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in quoted.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    quoted.len()
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
