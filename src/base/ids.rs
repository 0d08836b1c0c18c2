//! The names of things. Each is its own type, so that a live id can never stand where a stored id is meant.
//!
//! Ids from a backend are untrusted strings with a length cap; ids minted by hermux are numbers.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest id accepted from a backend, in bytes. Hermes' own are at most 32; anything longer is not an id.
const MAX_ID: usize = 200;

/// A profile's checked name, the key of everything that belongs to a profile.
///
/// Hermes' own rule: `[a-z0-9][a-z0-9_-]{0,63}`. A name that breaks it never becomes a `ProfileName`, so it can
/// reach neither a command line nor a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileName(String);

/// Why a name is not a profile's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a profile name: it must be 1 to 64 of a-z, 0-9, _ and -, and begin with a letter or digit")]
pub struct BadProfileName;

impl ProfileName {
    /// The profile whose home is the Hermes root itself.
    pub const DEFAULT: &'static str = "default";

    /// Checks `name` against Hermes' rule.
    pub fn new(name: &str) -> Result<Self, BadProfileName> {
        let mut bytes = name.bytes();
        let first = bytes.next().ok_or(BadProfileName)?;
        let ok = (first.is_ascii_lowercase() || first.is_ascii_digit())
            && name.len() <= 64
            && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        if ok { Ok(Self(name.to_owned())) } else { Err(BadProfileName) }
    }

    /// The profile `default`.
    pub fn default_profile() -> Self {
        Self(Self::DEFAULT.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_default(&self) -> bool {
        self.0 == Self::DEFAULT
    }
}

impl TryFrom<String> for ProfileName {
    type Error = BadProfileName;
    fn try_from(name: String) -> Result<Self, BadProfileName> {
        Self::new(&name)
    }
}

impl From<ProfileName> for String {
    fn from(name: ProfileName) -> String {
        name.0
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

macro_rules! foreign_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// `None` when empty, too long, or holding anything but visible ASCII: not an id.
            pub fn new(id: &str) -> Option<Self> {
                let ok = !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(|b| b.is_ascii_graphic());
                ok.then(|| Self(id.to_owned()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

foreign_id!(
    /// The durable id of a conversation: the row's id in `state.db`. It may change by compression.
    StoredId
);
foreign_id!(
    /// The process-local id of a built session; dies with its backend process and is never stored.
    LiveId
);
foreign_id!(
    /// The first stored id of a conversation, which survives every compression.
    LineageRoot
);
foreign_id!(
    /// A backend's id of one request to the person (clarify, sudo, secret, terminal read, server request).
    RequestId
);
foreign_id!(
    /// A backend's id of one tool call.
    ToolId
);

macro_rules! own_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

own_id!(
    /// hermux's own key of a conversation, minted by the hub. It never changes while the ids of the backend rotate.
    SessionId
);
own_id!(
    /// One message of a session's body; grows within a session, never reused.
    MessageId
);
own_id!(
    /// One parked prompt, minted by the hub.
    PromptId
);
own_id!(
    /// One entry of a session's queue.
    QueueId
);
own_id!(
    /// One text that the person sent, minted at random by the terminal: the same through every redelivery.
    SendRef
);
own_id!(
    /// One notice.
    NoticeId
);
own_id!(
    /// One attached terminal, for the life of its connection.
    ClientId
);
own_id!(
    /// One command of one terminal; its answer or refusal carries it back.
    AskId
);
own_id!(
    /// One request of the hub to a backend; its reply carries it back.
    CallId
);
own_id!(
    /// One secret on its way through the hub's vault.
    SecretHandle
);
own_id!(
    /// One connection to a backend process. Grows with every process start and every dial, per profile.
    Epoch
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_outside_the_rule_is_no_profile() {
        let long = "a".repeat(65);
        for bad in ["", "-h", "_a", "../x", "A", "a b", "a\0", "a\n", "$(x)", "ä", "a/b", long.as_str()] {
            assert_eq!(ProfileName::new(bad), Err(BadProfileName), "{bad:?}");
        }
        for good in ["default", "a", "0", "work-2_x"] {
            assert!(ProfileName::new(good).is_ok(), "{good}");
        }
        assert!(serde_json::from_str::<ProfileName>("\"../x\"").is_err());
    }

    #[test]
    fn an_id_holds_visible_ascii_only() {
        assert!(StoredId::new("20261121_030012_7e329a").is_some());
        for bad in ["", "a b", "a\u{1b}", "é"] {
            assert!(LiveId::new(bad).is_none(), "{bad:?}");
        }
    }
}
