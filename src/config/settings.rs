//! Every setting of hermux: key, meaning, kind, default, and when a change of it counts. The only place to add one.
//!
//! The doc comment of a setting is what the person reads in `config.example.toml`: say what it does and why one would
//! change it. What may stand there is added from its kind.

use super::source::Origin;
use super::value::{Span, Value, Within, choice};
use toml::de::DeValue;

/// When a changed setting counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// As soon as the file is written.
    Now,
    /// At the next start.
    Restart,
}

/// One setting, for everything that goes over all of them.
#[derive(Debug)]
pub struct Setting {
    /// The name of its table; empty for the top of the file.
    pub table: &'static str,
    pub key: &'static str,
    /// Its name from the top: `ui.mouse`.
    pub path: &'static str,
    /// Lines for the person.
    pub doc: &'static [&'static str],
    pub when: When,
    /// What may stand there, in words that follow "is".
    pub allowed: fn() -> String,
    /// Words that may stand there: the nearest one is offered for a wrong one.
    pub words: fn() -> Vec<&'static str>,
    /// Takes a value over; `None` when it is not allowed.
    pub(super) put: fn(&mut Config, &DeValue<'_>) -> Option<()>,
    /// Its value as TOML.
    pub write: fn(&Config) -> String,
}

/// Keys of an action, as the file has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The action's id.
    pub id: String,
    /// As the person wrote them; none unbinds the action.
    pub keys: Vec<String>,
    pub origin: Origin,
}

macro_rules! settings {
    (
        { $( $(#[doc = $top_doc:literal])+ $top:ident : $Top:ty = $top_default:expr, $top_when:ident; )* }
        $( $(#[doc = $about:literal])+ $table:ident : $Table:ident
           { $( $(#[doc = $doc:literal])+ $key:ident : $Kind:ty = $default:expr, $when:ident; )* } )*
    ) => {
        /// What is set.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Config {
            $( $(#[doc = $top_doc])+ pub $top: $Top, )*
            $( $(#[doc = $about])+ pub $table: $Table, )*
            /// The actions with other keys than the preset's.
            pub bindings: Vec<Binding>,
        }

        impl Default for Config {
            fn default() -> Self {
                Self {
                    $( $top: $top_default, )*
                    $( $table: $Table::default(), )*
                    bindings: Vec::new(),
                }
            }
        }

        $(
            $(#[doc = $about])+
            #[derive(Debug, Clone, PartialEq)]
            pub struct $Table {
                $( $(#[doc = $doc])+ pub $key: $Kind, )*
            }

            impl Default for $Table {
                fn default() -> Self {
                    Self { $( $key: $default, )* }
                }
            }
        )*

        /// All settings, in the order of the example.
        pub static SETTINGS: &[Setting] = &[
            $( Setting {
                table: "",
                key: stringify!($top),
                path: stringify!($top),
                doc: &[$($top_doc),+],
                when: When::$top_when,
                allowed: <$Top as Value>::allowed,
                words: <$Top as Value>::words,
                put: |config, value| { config.$top = Value::read(value)?; Some(()) },
                write: |config| config.$top.write(),
            }, )*
            $($( Setting {
                table: stringify!($table),
                key: stringify!($key),
                path: concat!(stringify!($table), ".", stringify!($key)),
                doc: &[$($doc),+],
                when: When::$when,
                allowed: <$Kind as Value>::allowed,
                words: <$Kind as Value>::words,
                put: |config, value| { config.$table.$key = Value::read(value)?; Some(()) },
                write: |config| config.$table.$key.write(),
            }, )*)*
        ];

        /// The tables and what they are about.
        pub static TABLES: &[(&str, &[&str])] = &[ $( (stringify!($table), &[$($about),+]) ),* ];
    };
}

choice! {
    /// When a stored session's backend starts; a send always starts it.
    pub enum Prewarm {
        /// When the session is shown.
        Open = "open",
        /// With the composer's first key.
        #[default]
        Type = "type",
        Send = "send",
    }
}

choice! {
    /// Which keys the actions have before the file changes them.
    pub enum Preset {
        #[default]
        Default = "default",
        /// Nothing that a multiplexer takes.
        Noncolliding = "noncolliding",
    }
}

choice! {
    /// How many colours the terminal is taken to show.
    pub enum Colors {
        /// As the environment says.
        #[default]
        Auto = "auto",
        None = "none",
        Ansi = "16",
        Indexed = "256",
        True = "true",
    }
}

choice! {
    /// What the terminal's background is taken to be.
    pub enum Background {
        /// As `COLORFGBG` says, else as the terminal answers, else dark.
        #[default]
        Auto = "auto",
        Dark = "dark",
        Light = "light",
    }
}

settings! {
    {
        /// The hermes program. Empty: the one found on PATH.
        hermes: String = String::new(), Restart;
        /// Backends besides the start profile's that may run at once. More run rather than work being stopped.
        pool: Within<1, 64> = Within(3), Restart;
        /// How long a backend besides the start profile's may go unused, with nothing at work in it, until it is stopped. It comes
        /// back when it is used.
        idle_reap: Span = Span::minutes(10), Restart;
        /// Sessions that one backend keeps ready, at 51 MiB each. Idle ones beyond that are put away, the longest unused first, and
        /// come back when they are used.
        built: Within<1, 200> = Within(8), Restart;
        /// Whether switching to a profile shows its last session in place of a fresh draft.
        restore_last: bool = false, Now;
        /// When a stored session's backend starts: when the session is shown, with the first key in its composer, or when a
        /// text is sent.
        prewarm: Prewarm = Prewarm::default(), Now;
    }

    /// The hub: what runs on when the terminal is closed.
    hub: Hub {
        /// How long the hub stays while no terminal is attached and nothing runs or waits. "0" ends it at once, "forever" only with
        /// `hermux stop`.
        linger: Span = Span::minutes(10), Restart;
    }

    /// What is on the screen.
    ui: Ui {
        /// Wheel and clicks. false leaves selecting text to the terminal.
        mouse: bool = true, Now;
        /// Ring when a session begins to need you.
        bell: bool = true, Now;
        /// Show what needs you in the terminal's title.
        title: bool = true, Now;
        /// The theme. "terminal" uses the terminal's own colours; "dark", "light", "contrast", "ember" and "fjord" paint their
        /// own background; "mono" has no colour. Any other name is a file of your own: themes/NAME.toml beside this one.
        theme: String = "terminal".into(), Now;
        /// How many colours the terminal shows. "auto" goes by `NO_COLOR`, `COLORTERM` and `TERM`.
        color: Colors = Colors::default(), Now;
        /// Whether the terminal's background is dark or light, for themes that have two sides. "auto" goes by `COLORFGBG`, else
        /// asks the terminal.
        background: Background = Background::default(), Now;
        /// Nothing moves: a still mark stands where a spinner would turn.
        reduced_motion: bool = false, Now;
        /// Show the output of commands in its own colours. false shows it in the colour of plain text.
        tool_colours: bool = true, Now;
    }

    /// Keys. Each action can be given others, as in `"tab.close" = ["f4", "leader w"]`; `""` takes its keys away.
    keys: Keys {
        /// "noncolliding" puts everything behind the leader that tmux, screen or zellij may take.
        preset: Preset = Preset::default(), Now;
        /// The key before a second one: `leader w` is this key, then w.
        leader: String = "ctrl-x".into(), Now;
        /// Milliseconds after the leader until the keys that may follow are shown.
        leader_hint_ms: Within<0, 10_000> = Within(300), Now;
        /// Milliseconds in which a key after Esc makes it Alt with that key. More for a slow line, less for a faster Esc.
        escape_ms: Within<0, 1_000> = Within(50), Now;
    }
}
