//! Everything that the registry may ask of the world outside. The hub executes it; it decides nothing.

use crate::{
    base::ids::{
        AskId, CallId, ClientId, LineageRoot, ProfileName, SecretHandle, SendRef, SessionId, StoredId,
    },
    model::{
        agent::{Call, Rest},
        fleet::Operation,
        kept::Sent,
        listing::{Cursor, Filter, Sort},
        patch::Patch,
        shelf::Colour,
        status::Status,
    },
    proto::{Answer, Refusal},
};

/// What the step decided: patches, already applied to the registry's own world and to be sent on, and effects, to be executed
/// after they are sent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    pub patches: Vec<Patch>,
    pub effects: Vec<Effect>,
}

/// One job for hermux's own store; its id comes back in `Input::Stored`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Have this profile's backend running. Does nothing for one that runs or wakes; ends the wait of one that retries or is
    /// stuck.
    StartBackend {
        profile: ProfileName,
    },
    StopBackend {
        profile: ProfileName,
    },
    /// Make a call on the profile's live link. Its reply comes as `Input::Reply`, `Reply::Lost` when `timeout` milliseconds have
    /// passed or the link went down. Only made while the link is up.
    Call {
        call: CallId,
        profile: ProfileName,
        what: Call,
        timeout: u64,
    },
    /// Make a request of its own; the reply comes as that of a call.
    Rest {
        call: CallId,
        profile: ProfileName,
        what: Rest,
        timeout: u64,
    },
    /// Note in the outbox a text on its way, or what became of it (REL-10).
    Keep(Box<Sent>),
    /// It is no longer on its way: it waits in a queue, was given back or put away.
    Forget {
        reference: SendRef,
    },
    /// Say when everything up to here is on disk, this step's patches included.
    Store {
        job: JobId,
    },
    /// Read the tail of a stored session.
    Load {
        session: SessionId,
        profile: ProfileName,
        stored: StoredId,
    },
    /// Look which profiles there are. A later look has a higher number.
    Discover {
        look: u64,
    },
    /// Have the `hermes` program change the profiles, and look at the disk then.
    Operate {
        id: u64,
        operation: Operation,
    },
    /// Write the colour that the person gave to a profile into its directory; `None` takes it out.
    Paint {
        id: u64,
        profile: ProfileName,
        colour: Option<Colour>,
    },
    /// Look whether this profile's backend could start and its stored sessions be read. Starts nothing.
    Look {
        profile: ProfileName,
    },
    /// Read something of what is stored. What it says comes as `Input::Answered`.
    Read {
        client: ClientId,
        ask: AskId,
        read: Read,
    },
    /// End the search of a client, and refuse it as superseded.
    StopSearch {
        client: ClientId,
    },
    /// Something of this profile may have been written: look, and say so by `Input::StoreChanged`.
    Reread {
        profile: ProfileName,
    },
    /// Look what is stored of a conversation, by the row that it was shown as or by its first one.
    Seek {
        profile: ProfileName,
        lineage: LineageRoot,
        stored: StoredId,
    },
    /// Say how everything stands; with `processes`, what the system says of them, too.
    Report {
        client: ClientId,
        ask: AskId,
        processes: bool,
    },
    Answer {
        client: ClientId,
        ask: AskId,
        answer: Answer,
    },
    Refuse {
        client: ClientId,
        ask: AskId,
        reason: Refusal,
    },
    /// Send this client the transcript's tail, and its changes from now on. The hub notes the first message that it sent.
    Watch {
        client: ClientId,
        session: SessionId,
    },
    Unwatch {
        client: ClientId,
        session: SessionId,
    },
    /// Tell this client to show this session.
    Show {
        client: ClientId,
        session: SessionId,
    },
    /// Wipe a secret that will not be redeemed.
    DropSecret {
        handle: SecretHandle,
    },
    /// Everything is settled, or will not be: stop the backends and end.
    Exit,
    /// Something outside the expected, for the log; never content.
    Log {
        what: &'static str,
        detail: String,
    },
}

/// A question to what is stored. None starts a backend.
#[derive(Debug, Clone, PartialEq)]
pub enum Read {
    Page {
        profile: ProfileName,
        sort: Sort,
        filter: Filter,
        after: Option<Cursor>,
        limit: u16,
    },
    /// In these profiles; `open` says how the open sessions stand.
    Find {
        query: String,
        profiles: Vec<ProfileName>,
        open: Vec<(ProfileName, LineageRoot, Status)>,
    },
    Search {
        text: String,
        profiles: Vec<ProfileName>,
    },
    Peek {
        profile: ProfileName,
        stored: StoredId,
    },
    /// What a profile is.
    Details {
        profile: ProfileName,
    },
    /// A profile's SOUL.md.
    Soul {
        profile: ProfileName,
    },
    /// Whether one of these profiles has it; the first one that does.
    Locate {
        id: StoredId,
        profiles: Vec<ProfileName>,
    },
    Export {
        profile: ProfileName,
        stored: StoredId,
        dir: String,
    },
    /// At most 200 messages of a stored session that end `skip` messages before its end.
    Older {
        profile: ProfileName,
        stored: StoredId,
        skip: u64,
    },
}
