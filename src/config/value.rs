//! What may stand behind a key of the config file: one trait, and the kinds of values hermux knows.

use std::fmt::Debug;
use toml::de::DeValue;

/// A kind of value. What it writes it also reads.
pub trait Value: Sized + Clone + PartialEq + Debug {
    /// What may stand there, in words that follow "is": `true or false`.
    fn allowed() -> String;
    /// The value; `None` when it is not allowed.
    fn read(value: &DeValue<'_>) -> Option<Self>;
    /// As TOML.
    fn write(&self) -> String;
    /// The words that are allowed, where these are few: the nearest one is offered for a wrong one.
    fn words() -> Vec<&'static str> {
        Vec::new()
    }
}

impl Value for bool {
    fn allowed() -> String {
        "true or false".into()
    }

    fn read(value: &DeValue<'_>) -> Option<Self> {
        value.as_bool()
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Value for String {
    fn allowed() -> String {
        "a text in quotes".into()
    }

    fn read(value: &DeValue<'_>) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }

    fn write(&self) -> String {
        toml::Value::String(self.clone()).to_string()
    }
}

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within<const LEAST: u64, const MOST: u64>(pub u64);

impl<const LEAST: u64, const MOST: u64> Value for Within<LEAST, MOST> {
    fn allowed() -> String {
        format!("a whole number from {LEAST} to {MOST}")
    }

    fn read(value: &DeValue<'_>) -> Option<Self> {
        let number = value.as_integer()?;
        let number = u64::from_str_radix(number.as_str(), number.radix()).ok()?;
        (LEAST..=MOST).contains(&number).then_some(Self(number))
    }

    fn write(&self) -> String {
        self.0.to_string()
    }
}

/// An enum each variant of which is a word in the file. The doc comments of the variants are for the code's reader; what the
/// person reads is the doc comment of the setting.
macro_rules! choice {
    (
        $(#[$about:meta])*
        pub enum $Name:ident {
            $( $(#[$variant_about:meta])* $Variant:ident = $word:literal, )+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $Name {
            $( $(#[$variant_about])* $Variant, )+
        }

        impl $crate::config::value::Value for $Name {
            fn allowed() -> String {
                $crate::config::value::one_of(&[$($word),+])
            }

            fn read(value: &toml::de::DeValue<'_>) -> Option<Self> {
                match value.as_str()? {
                    $( $word => Some(Self::$Variant), )+
                    _ => None,
                }
            }

            fn write(&self) -> String {
                match self {
                    $( Self::$Variant => concat!('"', $word, '"').to_owned(), )+
                }
            }

            fn words() -> Vec<&'static str> {
                vec![$($word),+]
            }
        }
    };
}
pub(crate) use choice;

/// `"a", "b" or "c"`.
pub fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
