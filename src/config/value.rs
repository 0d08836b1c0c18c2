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

/// A length of time in whole seconds, minutes or hours, or one without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// In milliseconds.
    For(u64),
    Forever,
}

impl Span {
    /// So many minutes.
    pub const fn minutes(minutes: u64) -> Self {
        Self::For(minutes * 60_000)
    }

    /// In milliseconds; `None` has no end.
    pub fn millis(self) -> Option<u64> {
        match self {
            Self::For(millis) => Some(millis),
            Self::Forever => None,
        }
    }
}

/// The units of a [`Span`], the longest first.
const UNITS: [(&str, u64); 3] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000)];

impl Value for Span {
    fn allowed() -> String {
        "a time such as \"90s\", \"10m\" or \"2h\", \"0\", or \"forever\"".into()
    }

    fn read(value: &DeValue<'_>) -> Option<Self> {
        let text = match value.as_integer() {
            Some(number) => number.as_str(),
            None => value.as_str()?,
        };
        match text {
            "forever" => return Some(Self::Forever),
            "0" => return Some(Self::For(0)),
            _ => {}
        }
        let (number, unit) = UNITS.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
        // No sign, no blank: a number that is meant otherwise is not guessed at.
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        number.parse::<u64>().ok().filter(|_| digits)?.checked_mul(*unit).map(Self::For)
    }

    fn write(&self) -> String {
        match self {
            Self::Forever => "\"forever\"".into(),
            Self::For(0) => "\"0\"".into(),
            Self::For(millis) => {
                let whole = UNITS.iter().find(|(_, unit)| millis % unit == 0);
                let (name, unit) = whole.copied().unwrap_or(("s", 1_000));
                format!("\"{}{name}\"", millis / unit)
            }
        }
    }

    fn words() -> Vec<&'static str> {
        vec!["forever"]
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn read(text: &str) -> Option<Span> {
        Span::read(DeValue::parse(text).ok()?.get_ref())
    }

    #[rstest]
    #[case("\"0\"", Some(Span::For(0)))]
    #[case("0", Some(Span::For(0)))]
    #[case("\"forever\"", Some(Span::Forever))]
    #[case("\"90s\"", Some(Span::For(90_000)))]
    #[case("\"10m\"", Some(Span::minutes(10)))]
    #[case("\"2h\"", Some(Span::minutes(120)))]
    #[case("10", None)]
    #[case("\"10\"", None)]
    #[case("\"m\"", None)]
    #[case("\"+1m\"", None)]
    #[case("\"1 m\"", None)]
    #[case("\"-1m\"", None)]
    #[case("\"5d\"", None)]
    #[case("\"99999999999999999h\"", None)]
    #[case("true", None)]
    fn a_time_has_a_unit(#[case] text: &str, #[case] want: Option<Span>) {
        assert_eq!(read(text), want);
    }

    #[rstest]
    #[case(Span::For(0))]
    #[case(Span::For(1_000))]
    #[case(Span::For(90_000))]
    #[case(Span::minutes(10))]
    #[case(Span::minutes(60))]
    #[case(Span::minutes(90))]
    #[case(Span::Forever)]
    fn a_time_reads_what_it_writes(#[case] span: Span) {
        assert_eq!(read(&span.write()), Some(span));
    }
}
