//! What a key means. The keymap turns keys into these; `update` acts on them.

use crate::model::settings::Topic;

/// A wish of the person at this terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// A printable character for whatever text is being written.
    Type(char),
    /// A change or motion in the text being written.
    Edit(Edit),

    /// Go to the next session that needs the person.
    NextAttention,
    /// Go to a tab by its place, from 0.
    Tab(u8),
    NextTab,
    PreviousTab,
    /// Go to the tab that was shown before this one.
    LastTab,
    /// Go back through the tabs in the order in which they were shown.
    OlderTab,
    /// The other way.
    NewerTab,
    /// Open the tab again that was closed last.
    ReopenTab,
    /// Close every tab but this one.
    CloseOthers,
    MoveTabLeft,
    MoveTabRight,
    CloseTab,
    /// Give this session another title.
    Rename,
    /// Say where new sessions of this profile work.
    Directory,
    /// A fresh draft in this profile.
    NewSession,
    /// Choose a profile from a list.
    PickProfile,
    NextProfile,
    PreviousProfile,
    /// Turn the keys to the strip.
    FocusStrip,
    /// Go to the default profile, from there to the list of all.
    Home,
    /// Show all profiles, and what can be done with them.
    Manage,
    CreateProfile,
    /// Do something with the profile that is marked, else with the one that is shown.
    Profile(ProfileDeed),

    /// Choose a session, and put a link to it into the composer.
    LinkSession,
    /// Open what the message links to, else show or fold its details.
    OpenItem,
    /// Take the candidate for the word before the caret.
    Complete,
    /// Open the list of sessions and turn to it; close it from within.
    ToggleList,
    /// Show all profiles in the list, or the active one alone.
    ToggleScope,
    /// Something with the list, or with the row that is chosen in it.
    Row(RowAct),

    Palette,
    /// The settings of what is shown.
    Settings,
    /// One of them.
    Set(Topic),
    /// Where the session's tools run.
    SessionDirectory,
    /// Search what was said in every session.
    Search,
    /// From names to what was said, and back.
    OtherList,
    PickTheme,
    Help,
    FocusCard,
    FocusTranscript,
    FocusNext,
    FocusPrevious,
    /// Close the topmost layer, or give focus back to the composer.
    Back,

    Send,
    InterruptAndSend,
    /// Change a queued message where it stands.
    EditQueued,
    /// Send a queue on that waits for the person.
    SendQueued,
    /// Take the last queued message back into the composer.
    TakeBack,
    /// Clear the composer, else interrupt, else say how to leave.
    Cancel,
    Interrupt,
    /// Interrupt every running turn of all profiles.
    StopAll,
    /// Send the prompt of a turn that failed again.
    RetryTurn,
    /// Leave; the hub stays behind where there is one.
    Quit,
    /// End the hub with everything that it runs.
    StopHub,
    /// Leave, and begin the demo.
    TryDemo,

    ScrollUp,
    ScrollDown,
    PageUp,
    PageDown,
    ScrollTop,
    ScrollEnd,
    ItemUp,
    ItemDown,
    ToggleItem,
    ToggleDetail,
    /// Show the todo list whole, or as one line.
    ToggleTodos,
    Copy,
    CopyCode,
    /// Copy the text whose fate is not known.
    CopyUncertain,
    Resend,
    Discard,

    AllowOnce,
    AllowSession,
    AllowAlways,
    Deny,
    DenyWithReason,
    /// Choose an offered answer by its place, from 0.
    Choose(u8),
    /// Write an answer where some are offered.
    OwnAnswer,
    /// Give the answer that was typed.
    SubmitAnswer,

    ListUp,
    ListDown,
    Accept,

    DismissNotice,
    RetryBackend,
    StopBackend,
    ToggleBypass,
    ToggleMouse,
    /// Show everything in the next theme of the list.
    NextTheme,
    Redraw,
    /// Read the config file again.
    ReloadConfig,
    /// Use the keys of the other preset.
    SwitchPreset,
}

/// What is done in the list of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowAct {
    /// Open it without showing it.
    Background,
    /// A fresh session in the row's profile.
    New,
    /// Stop that session's own running turn.
    Stop,
    Pin,
    Rename,
    /// Into the archive, or out of it.
    Archive,
    Delete,
    /// Take back what was deleted last.
    Undo,
    Branch,
    CopyId,
    /// Put a link to it into the composer.
    Link,
    Export,
    Mark,
    Fold,
    Unfold,
    /// Look for a name.
    Seek,
    NextSort,
    NextGroup,
    /// Only those that stand so.
    NextState,
    NextAge,
    NextArchived,
    /// Only those of the row's directory.
    Workspace,
    /// Show everything again.
    ClearFilters,
}

impl RowAct {
    /// Whether it is about the list, and not about a session.
    pub fn is_of_list(self) -> bool {
        matches!(
            self,
            Self::Mark
                | Self::Fold
                | Self::Unfold
                | Self::Seek
                | Self::NextSort
                | Self::NextGroup
                | Self::NextState
                | Self::NextAge
                | Self::NextArchived
                | Self::Workspace
                | Self::ClearFilters
        )
    }
}

/// What can be done with a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProfileDeed {
    Switch,
    NewSession,
    /// Show what can be done with it.
    Menu,
    Colour,
    Rename,
    Describe,
    /// Change its SOUL.md in the person's editor.
    Soul,
    /// Its settings: what new sessions begin with, tools, skills.
    Settings,
    /// Start its backend, or stop it.
    Backend,
    Delete,
    MoveLeft,
    MoveRight,
}

/// A change or motion in a text area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edit {
    Newline,
    Backspace,
    Delete,
    Left,
    Right,
    WordLeft,
    WordRight,
    Up,
    Down,
    LineStart,
    LineEnd,
    Start,
    End,
    KillToLineEnd,
    KillToLineStart,
    KillBlankWordBack,
    KillWordBack,
    KillWord,
    Yank,
    Undo,
    Redo,
    ExpandChip,
}
