//! What a terminal asks of the hub.

use crate::{
    base::{
        ids::{
            AskId, ClientId, LineageRoot, MessageId, NoticeId, ProfileName, PromptId, QueueId, SecretHandle,
            SendRef, SessionId, StoredId,
        },
        text::Untrusted,
    },
    model::{
        draft::Piece,
        fleet::NewProfile,
        listing::{Cursor, Filter, Sort},
        prompt::PromptAnswer,
        settings::{Setting, Topic},
        shelf::{Colour, ListPrefs},
        terminal::TerminalInfo,
    },
};
use serde::{Deserialize, Serialize};

/// A message from a terminal. A secret does not travel here but in its own frame of the transport, ahead of the command that
/// names its handle (I12).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ToHub {
    /// The first message. The hub answers with a welcome, or with goodbye when the numbers differ. Its encoding stays for ever.
    Hello {
        contract: u32,
        /// `None`: whoever says it shows no session, and does not count as a terminal.
        #[serde(default)]
        terminal: Option<TerminalInfo>,
    },
    /// A gap in the updates was seen: a whole snapshot, please.
    Resync,
    Command {
        ask: AskId,
        command: Command,
    },
    /// The terminal leaves by itself.
    Bye,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Send this session's transcript and its changes from now on.
    Watch {
        session: SessionId,
    },
    Unwatch {
        session: SessionId,
    },
    /// Have a terminal show this session; `None`: the one that was used last.
    Show {
        terminal: Option<ClientId>,
        session: SessionId,
    },
    /// A fresh draft of a profile, in `cwd`. An empty one that is already open is used again.
    NewSession {
        profile: ProfileName,
        cwd: String,
    },
    /// Open a stored session; one that is open is only found. Starts no backend.
    OpenStored {
        profile: ProfileName,
        stored: StoredId,
    },
    /// Write to a stored session, open or not. `name` is what its row was called, for what is said of it. A row that is deleted or
    /// archived is out of every list and unpinned at once, which is when this is answered; a delete is sent some seconds later, and can
    /// be taken back until then. A title is answered when it is written. Wakes a cold profile's backend.
    EditStored {
        profile: ProfileName,
        stored: StoredId,
        lineage: LineageRoot,
        #[serde(default)]
        name: Untrusted,
        edit: RowEdit,
    },
    /// Take a delete back that was not sent yet: row and pin are as they were.
    UndoDelete {
        profile: ProfileName,
        lineage: LineageRoot,
    },
    /// Go on in a copy of a stored session; answered by the session that it became. Wakes a cold profile's backend.
    Branch {
        profile: ProfileName,
        stored: StoredId,
    },
    /// Interrupt the turn that runs in this stored session, whatever is shown, and whoever of its backend's clients began it.
    StopStored {
        profile: ProfileName,
        stored: StoredId,
    },
    /// Close a tab.
    CloseTab {
        session: SessionId,
        running: CloseRunning,
    },
    /// Move a tab to a place among the tabs.
    MoveTab {
        session: SessionId,
        to: usize,
    },
    /// Pin a conversation, after those that are, or take its pin away.
    Pin {
        profile: ProfileName,
        lineage: LineageRoot,
        on: bool,
    },
    /// The person's order of profiles; those that it does not name come after, by name.
    OrderProfiles {
        order: Vec<ProfileName>,
    },
    /// The person's own colour for a profile; `None`: none of the person's own.
    Recolour {
        profile: ProfileName,
        colour: Option<Colour>,
    },
    /// How the list of sessions is shown from now on.
    Arrange(Box<ListPrefs>),
    /// A text to the agent: submitted when the session is idle, queued when a turn runs. Answered once it is on disk; a
    /// reference that the hub knows, in this life or from an earlier one, is answered and does nothing again.
    Send {
        session: SessionId,
        text: String,
        reference: SendRef,
    },
    /// The whole draft as this terminal has it, and the revision it started from.
    SaveDraft {
        session: SessionId,
        pieces: Vec<Piece>,
        base: u64,
    },
    Interrupt {
        session: SessionId,
    },
    /// Interrupt the running turn, wait for its end, then send this.
    InterruptAndSend {
        session: SessionId,
        text: String,
        reference: SendRef,
    },
    /// Send what is queued in this session on, although it was held for the person.
    GoOn {
        session: SessionId,
    },
    EditQueued {
        session: SessionId,
        entry: QueueId,
        text: String,
    },
    RemoveQueued {
        session: SessionId,
        entry: QueueId,
    },
    /// An answer to a prompt as it was drawn: `digest` is the drawn prompt's.
    Answer {
        session: SessionId,
        prompt: PromptId,
        digest: u64,
        answer: PromptAnswer,
    },
    /// Put a dead card away.
    DismissPrompt {
        session: SessionId,
        prompt: PromptId,
    },
    /// What to do with a text whose fate is not known.
    Settle {
        session: SessionId,
        message: MessageId,
        how: Settle,
    },
    /// Somebody sees the end of this session.
    MarkRead {
        session: SessionId,
    },
    Rename {
        session: SessionId,
        title: String,
    },
    /// Switch the approval bypass of one session, after the person confirmed it.
    SetYolo {
        session: SessionId,
        on: bool,
    },
    /// Have this profile's backend ready: its composer got a key, or the person asks for another try.
    Wake {
        profile: ProfileName,
    },
    /// End this profile's backend; refused while turns run unless `force`.
    StopBackend {
        profile: ProfileName,
        force: bool,
    },
    /// Where new sessions of a profile work from now on, an absolute path; an empty one is forgotten (H01).
    SetDirectory {
        profile: ProfileName,
        directory: String,
    },
    DismissNotice {
        notice: NoticeId,
    },
    /// A page of a profile's stored sessions, `limit` (at most 200) rows after `after`. Starts no backend, as none of the reads.
    Page {
        profile: ProfileName,
        #[serde(default)]
        sort: Sort,
        #[serde(default)]
        filter: Filter,
        #[serde(default)]
        after: Option<Cursor>,
        limit: u16,
    },
    /// The best 200 sessions by name, of one profile or of all. A newer one of the same terminal supersedes it.
    Find {
        query: String,
        profile: Option<ProfileName>,
    },
    /// The messages that hold `text`, newest first, of one profile or of all. Answered in pieces, the last of which says `done`. A newer
    /// one of the same terminal supersedes it.
    Search {
        text: String,
        profile: Option<ProfileName>,
    },
    /// End the search of this terminal.
    StopSearch,
    /// How a stored session began, and how it stands.
    Peek {
        profile: ProfileName,
        stored: StoredId,
    },
    /// The session that `id` means (`ID`, `PROFILE/ID`, `@session:` before either): in its profile, else in `near`, else in any.
    Locate {
        id: String,
        near: ProfileName,
    },
    /// Write a stored session as Markdown into a new file in the directory `dir`.
    Export {
        profile: ProfileName,
        stored: StoredId,
        dir: String,
    },
    /// Up to 200 messages before `first`, the first one of the transcript that this terminal was sent, `skip` messages back
    /// from it.
    Older {
        session: SessionId,
        first: Option<MessageId>,
        skip: u64,
    },
    /// The slash commands of a profile, as its backend says, or said last. Starts no backend.
    Commands {
        profile: ProfileName,
    },
    /// What can be set of a session or, without one, of a profile. A cold backend is woken for it only with `wake`; else the answer
    /// is what can be had at once, or nothing.
    Choices {
        profile: ProfileName,
        session: Option<SessionId>,
        topic: Topic,
        wake: bool,
    },
    /// Have something set: for one session, where Hermes keeps it apart, else for the profile. Wakes its backend.
    Configure {
        profile: ProfileName,
        session: Option<SessionId>,
        setting: Setting,
    },
    /// This terminal shows this session from now on.
    Focus {
        session: SessionId,
    },
    /// The emergency stop: interrupt every running turn of every profile, take back what is on its way, hold every queue.
    StopAll,
    /// End the hub and every backend; refused while something runs or waits unless `force`.
    Shutdown {
        force: bool,
    },
    /// How everything stands. `processes`: look at the system for memory and process ids, too, which takes longer.
    Status {
        processes: bool,
    },
    /// Make a profile, by Hermes' own hand. Answered when it is there.
    CreateProfile(Box<NewProfile>),
    /// Give a profile another name: its backend is stopped first, and its sessions, tabs, drafts and whatever else is kept of it
    /// move with it. Refused while something in it runs unless `force`.
    RenameProfile {
        profile: ProfileName,
        to: ProfileName,
        #[serde(default)]
        force: bool,
    },
    /// Delete a profile and everything in it, for good; `confirm` is the name as the person confirmed it. Its backend is stopped
    /// first; its tabs close, and texts in them that were not sent become drafts of `default`, where every terminal that was in it
    /// finds itself. Refused while something in it runs unless `force`.
    DeleteProfile {
        profile: ProfileName,
        confirm: ProfileName,
        #[serde(default)]
        force: bool,
    },
    /// Say what a profile is for; an empty text says nothing of it any more.
    Describe {
        profile: ProfileName,
        text: String,
    },
    /// The profile's SOUL.md.
    ReadSoul {
        profile: ProfileName,
    },
    WriteSoul {
        profile: ProfileName,
        text: String,
    },
    /// What can be said of a profile without starting anything.
    ProfileDetails {
        profile: ProfileName,
    },
    /// Forget a secret that was handed over and is not wanted any more.
    DropSecret {
        handle: SecretHandle,
    },
}

/// A write to a stored session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowEdit {
    /// An empty one takes its title away. Titles are unique in a profile.
    Title(String),
    /// Out of the listing, or back into it.
    Archive(bool),
    /// For good. Refused while a turn runs in it.
    Delete,
}

/// What happens to a running turn when its tab closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CloseRunning {
    /// Nothing was running when the person asked; if something runs now, refuse.
    Ask,
    Stop,
    Keep,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settle {
    Resend,
    Discard,
}
