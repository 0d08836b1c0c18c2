//! The one table of actions: id, meaning, help, where it works, default keys. Help screen, hints, palette and
//! `docs/KEYS.md` are made from it.

use super::Scope;
use crate::ui::intent::{Edit, Intent};

/// One action.
#[derive(Debug)]
pub struct Action {
    /// Stable name, for configuration.
    pub id: &'static str,
    pub intent: Intent,
    /// What it does, as a person reads it in the palette: an imperative without a full stop.
    pub help: &'static str,
    pub scope: Scope,
    /// Default keys, as [`super::Key::parse`] reads them; `leader x` is a key after the leader.
    pub keys: &'static [&'static str],
}

const fn action(
    id: &'static str,
    intent: Intent,
    scope: Scope,
    keys: &'static [&'static str],
    help: &'static str,
) -> Action {
    Action { id, intent, help, scope, keys }
}

use Scope::{Card, Choice, Composer, Dialog, Empty, Field, Global, List, Text, Transcript};

/// Every action there is.
#[rustfmt::skip]
pub static ACTIONS: &[Action] = &[
    action("session.next_attention", Intent::NextAttention, Global, &["alt-a", "leader a"], "Go to the next session that needs me"),
    action("session.new", Intent::NewSession, Global, &["leader n"], "New session in this profile"),
    action("session.rename", Intent::Rename, Global, &["f2", "leader $"], "Give this session another title"),
    action("tab.close", Intent::CloseTab, Global, &["leader w"], "Close this tab"),
    action("tab.next", Intent::NextTab, Global, &["alt-.", "leader ."], "Next tab"),
    action("tab.previous", Intent::PreviousTab, Global, &["alt-,", "leader ,"], "Previous tab"),
    action("tab.last", Intent::LastTab, Global, &["leader l"], "Go back to the tab shown before"),
    action("tab.move_left", Intent::MoveTabLeft, Global, &["leader <"], "Move this tab left"),
    action("tab.move_right", Intent::MoveTabRight, Global, &["leader >"], "Move this tab right"),
    action("profile.pick", Intent::PickProfile, Global, &["alt-p", "leader o"], "Switch profile"),
    action("profile.next", Intent::NextProfile, Global, &["leader ]"], "Next profile"),
    action("profile.previous", Intent::PreviousProfile, Global, &["leader ["], "Previous profile"),
    action("palette.open", Intent::Palette, Global, &["ctrl-p", "leader p", "cmd-p"], "Open the palette: actions, sessions, profiles"),
    action("palette.open_empty", Intent::Palette, Empty, &[":", "ctrl-k"], "Open the palette"),
    action("help.open", Intent::Help, Global, &["f1", "leader ?"], "Show all keys"),
    action("help.open_empty", Intent::Help, Empty, &["?"], "Show all keys"),
    action("card.focus", Intent::FocusCard, Global, &["alt-r", "leader r"], "Turn to the question that waits"),
    action("focus.transcript", Intent::FocusTranscript, Global, &["alt-t", "leader t"], "Walk through the transcript"),
    action("focus.next", Intent::FocusNext, Empty, &["tab"], "Turn to the waiting question, else to the transcript"),
    action("turn.interrupt", Intent::Interrupt, Global, &["leader i"], "Interrupt the running turn"),
    action("uncertain.resend", Intent::Resend, Global, &["leader R"], "Send again what may not have arrived"),
    action("uncertain.discard", Intent::Discard, Global, &["leader X"], "Drop what may not have arrived"),
    action("uncertain.copy", Intent::CopyUncertain, Global, &["leader C"], "Copy what may not have arrived"),
    action("turn.stop_all", Intent::StopAll, Global, &["leader I"], "Emergency stop: interrupt every running turn of all profiles"),
    action("turn.retry", Intent::RetryTurn, Global, &["leader e"], "Send the prompt of a failed turn again"),
    action("todos.toggle", Intent::ToggleTodos, Global, &["alt-k", "leader k"], "Show the todo list whole, or as one line"),
    action("detail.toggle", Intent::ToggleDetail, Global, &["alt-o", "leader f"], "Show or fold tool output and thoughts"),
    action("view.page_up", Intent::PageUp, Global, &["pageup"], "Scroll the transcript up a page"),
    action("view.page_down", Intent::PageDown, Global, &["pagedown"], "Scroll the transcript down a page"),
    action("view.up", Intent::ScrollUp, Global, &["alt-up"], "Scroll the transcript up"),
    action("view.down", Intent::ScrollDown, Global, &["alt-down"], "Scroll the transcript down"),
    action("view.top", Intent::ScrollTop, Global, &["ctrl-home", "leader g"], "Go to the beginning of the transcript"),
    action("view.end", Intent::ScrollEnd, Global, &["ctrl-end", "leader G"], "Go to the end of the transcript and follow it"),
    action("notice.dismiss", Intent::DismissNotice, Global, &["leader x"], "Put the notice away"),
    action("backend.retry", Intent::RetryBackend, Global, &["leader s"], "Start this profile's backend, or try again"),
    action("backend.stop", Intent::StopBackend, Global, &["leader S"], "Stop this profile's backend"),
    action("approvals.bypass", Intent::ToggleBypass, Global, &[], "Switch the approval bypass of this session"),
    action("mouse.toggle", Intent::ToggleMouse, Global, &["leader m"], "Give the mouse to the terminal, or take it back"),
    action("theme.next", Intent::NextTheme, Global, &[], "Show everything in the next theme"),
    action("view.redraw", Intent::Redraw, Global, &["ctrl-l"], "Draw the screen anew"),
    action("config.reload", Intent::ReloadConfig, Global, &[], "Read the config file again"),
    action("keys.switch_preset", Intent::SwitchPreset, Global, &[], "Switch keys: the default ones, or those that no multiplexer takes"),
    action("app.demo", Intent::TryDemo, Global, &["leader D"], "Leave hermux, and see the demo"),
    action("app.quit", Intent::Quit, Global, &["leader q", "leader d"], "Leave hermux: detach from its hub"),
    action("app.stop", Intent::StopHub, Global, &[], "Stop hermux: its hub and every backend"),
    action("app.quit_empty", Intent::Quit, Empty, &["ctrl-d"], "Leave hermux: detach from its hub"),
    action("tab.1", Intent::Tab(0), Global, &["alt-1", "leader 1"], "Go to tab 1"),
    action("tab.2", Intent::Tab(1), Global, &["alt-2", "leader 2"], "Go to tab 2"),
    action("tab.3", Intent::Tab(2), Global, &["alt-3", "leader 3"], "Go to tab 3"),
    action("tab.4", Intent::Tab(3), Global, &["alt-4", "leader 4"], "Go to tab 4"),
    action("tab.5", Intent::Tab(4), Global, &["alt-5", "leader 5"], "Go to tab 5"),
    action("tab.6", Intent::Tab(5), Global, &["alt-6", "leader 6"], "Go to tab 6"),
    action("tab.7", Intent::Tab(6), Global, &["alt-7", "leader 7"], "Go to tab 7"),
    action("tab.8", Intent::Tab(7), Global, &["alt-8", "leader 8"], "Go to tab 8"),
    action("tab.9", Intent::Tab(8), Global, &["alt-9", "leader 9"], "Go to tab 9"),
    action("tab.10", Intent::Tab(9), Global, &["alt-0", "leader 0"], "Go to tab 10"),

    action("composer.send", Intent::Send, Composer, &["enter"], "Send, or queue while a turn runs"),
    action("composer.interrupt_and_send", Intent::InterruptAndSend, Composer, &["leader enter"], "Interrupt the turn, then send"),
    action("composer.send_queued", Intent::SendQueued, Composer, &["leader c"], "Send what waits in a held queue"),
    action("composer.take_back", Intent::TakeBack, Composer, &["leader u"], "Take the last queued message back"),
    action("composer.edit_queued", Intent::EditQueued, Composer, &["leader U"], "Change a queued message"),
    action("composer.newline", Intent::Edit(Edit::Newline), Composer, &["ctrl-j", "alt-enter", "shift-enter"], "Break the line"),
    action("composer.cancel", Intent::Cancel, Composer, &["ctrl-c"], "Clear the text, else interrupt the turn"),
    action("composer.expand_paste", Intent::Edit(Edit::ExpandChip), Composer, &["alt-v", "leader v"], "Unfold the paste beside the caret"),
    action("composer.back", Intent::Back, Composer, &["esc"], "Close the topmost layer"),

    action("edit.left", Intent::Edit(Edit::Left), Text, &["left", "ctrl-b"], "Left"),
    action("edit.right", Intent::Edit(Edit::Right), Text, &["right", "ctrl-f"], "Right"),
    action("edit.word_left", Intent::Edit(Edit::WordLeft), Text, &["alt-b", "ctrl-left", "alt-left"], "Back a word"),
    action("edit.word_right", Intent::Edit(Edit::WordRight), Text, &["alt-f", "ctrl-right", "alt-right"], "On a word"),
    action("edit.up", Intent::Edit(Edit::Up), Composer, &["up"], "Up a row; in the first one, what I wrote before"),
    action("edit.down", Intent::Edit(Edit::Down), Composer, &["down"], "Down a row; in the last one, what I wrote after"),
    action("edit.line_start", Intent::Edit(Edit::LineStart), Text, &["ctrl-a", "home"], "To the beginning of the line"),
    action("edit.line_end", Intent::Edit(Edit::LineEnd), Text, &["ctrl-e", "end"], "To the end of the line"),
    action("edit.start", Intent::Edit(Edit::Start), Text, &["alt-<"], "To the beginning of the text"),
    action("edit.end", Intent::Edit(Edit::End), Text, &["alt->"], "To the end of the text"),
    action("edit.backspace", Intent::Edit(Edit::Backspace), Text, &["backspace", "ctrl-h", "shift-backspace"], "Remove the character before"),
    action("edit.delete", Intent::Edit(Edit::Delete), Text, &["delete", "ctrl-d"], "Remove the character behind"),
    action("edit.kill_to_line_end", Intent::Edit(Edit::KillToLineEnd), Text, &["ctrl-k"], "Cut to the end of the line"),
    action("edit.kill_to_line_start", Intent::Edit(Edit::KillToLineStart), Text, &["ctrl-u"], "Cut to the beginning of the line"),
    action("edit.kill_blank_word_back", Intent::Edit(Edit::KillBlankWordBack), Text, &["ctrl-w"], "Cut back to a blank"),
    action("edit.kill_word_back", Intent::Edit(Edit::KillWordBack), Text, &["alt-backspace", "ctrl-backspace"], "Cut back a word"),
    action("edit.kill_word", Intent::Edit(Edit::KillWord), Text, &["alt-d", "ctrl-delete"], "Cut a word"),
    action("edit.yank", Intent::Edit(Edit::Yank), Text, &["ctrl-y"], "Put back what was cut"),
    action("edit.undo", Intent::Edit(Edit::Undo), Text, &["ctrl-_", "ctrl-z"], "Undo"),
    action("edit.redo", Intent::Edit(Edit::Redo), Text, &["alt-_", "alt-z"], "Redo"),

    action("transcript.up", Intent::ItemUp, Transcript, &["up", "k"], "Previous message"),
    action("transcript.down", Intent::ItemDown, Transcript, &["down", "j"], "Next message"),
    action("transcript.half_up", Intent::PageUp, Transcript, &["ctrl-u"], "Scroll up"),
    action("transcript.half_down", Intent::PageDown, Transcript, &["ctrl-d"], "Scroll down"),
    action("transcript.top", Intent::ScrollTop, Transcript, &["home", "g"], "To the beginning"),
    action("transcript.end", Intent::ScrollEnd, Transcript, &["end", "G"], "To the end"),
    action("transcript.toggle", Intent::ToggleItem, Transcript, &["enter", "o", "space"], "Show or fold this message's details"),
    action("transcript.copy", Intent::Copy, Transcript, &["y"], "Copy this message"),
    action("transcript.copy_code", Intent::CopyCode, Transcript, &["Y"], "Copy this message's last code block"),
    action("transcript.resend", Intent::Resend, Transcript, &["s"], "Send again what may not have arrived"),
    action("transcript.discard", Intent::Discard, Transcript, &["d"], "Drop what may not have arrived"),
    action("transcript.back", Intent::Back, Transcript, &["esc", "tab", "i", "ctrl-c"], "Back to the composer"),

    action("card.allow_once", Intent::AllowOnce, Card, &["y"], "Allow once"),
    action("card.allow_session", Intent::AllowSession, Card, &["s"], "Allow for this session"),
    action("card.allow_always", Intent::AllowAlways, Card, &["a"], "Allow always"),
    action("card.deny", Intent::Deny, Card, &["n"], "Deny"),
    action("card.deny_with_reason", Intent::DenyWithReason, Card, &["N"], "Deny, and write why"),
    action("card.up", Intent::ListUp, Card, &["up", "k"], "Scroll the command up"),
    action("card.down", Intent::ListDown, Card, &["down", "j", "space"], "Scroll the command down"),
    action("card.back", Intent::Back, Card, &["esc", "tab", "ctrl-c"], "Back to the composer"),

    action("choice.1", Intent::Choose(0), Choice, &["1"], "Choose answer 1"),
    action("choice.2", Intent::Choose(1), Choice, &["2"], "Choose answer 2"),
    action("choice.3", Intent::Choose(2), Choice, &["3"], "Choose answer 3"),
    action("choice.4", Intent::Choose(3), Choice, &["4"], "Choose answer 4"),
    action("choice.5", Intent::Choose(4), Choice, &["5"], "Choose answer 5"),
    action("choice.6", Intent::Choose(5), Choice, &["6"], "Choose answer 6"),
    action("choice.7", Intent::Choose(6), Choice, &["7"], "Choose answer 7"),
    action("choice.8", Intent::Choose(7), Choice, &["8"], "Choose answer 8"),
    action("choice.9", Intent::Choose(8), Choice, &["9"], "Choose answer 9"),
    action("choice.own", Intent::OwnAnswer, Choice, &["o"], "Write an answer of my own"),

    action("field.submit", Intent::SubmitAnswer, Field, &["enter"], "Give this answer"),
    action("field.back", Intent::Back, Field, &["esc", "tab", "ctrl-c"], "Back to the composer"),

    action("list.up", Intent::ListUp, List, &["up", "ctrl-p"], "Up"),
    action("list.down", Intent::ListDown, List, &["down", "ctrl-n"], "Down"),
    action("list.page_up", Intent::PageUp, List, &["pageup"], "Up a page"),
    action("list.page_down", Intent::PageDown, List, &["pagedown"], "Down a page"),
    action("list.accept", Intent::Accept, List, &["enter"], "Take this one"),
    action("list.back", Intent::Back, List, &["esc", "ctrl-c", "ctrl-g"], "Close"),

    action("dialog.back", Intent::Back, Dialog, &["esc", "ctrl-c"], "Cancel"),
];
