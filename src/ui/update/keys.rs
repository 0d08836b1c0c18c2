//! Keys: which scopes are active, and who acts on what a key means.

use super::Step;
use crate::model::prompt::PromptKind;
use crate::ui::action::Next;
use crate::ui::intent::{Edit, Intent};
use crate::ui::keymap::{Code, Key, Meaning, Scope};
use crate::ui::state::editor::Editor;
use crate::ui::state::layer::{Layer, Offer};
use crate::ui::state::{Focus, UiState};

impl Step<'_> {
    /// One key. It reaches exactly one owner (ASK-07).
    pub(super) fn key(&mut self, key: Key) {
        self.ui.guard.note_key(self.now);
        // Who presses keys looks; some terminals report focus lost and never found.
        if self.ui.terminal_focus == Some(false) {
            self.ui.terminal_focus = Some(true);
        }
        let after_leader = self.ui.leader.take().is_some();
        let escapes = key == Key::plain(Code::Esc);
        if escapes && (after_leader || self.cancel_drag()) {
            return;
        }
        match self.ui.keymap.meaning(&self.scopes(), after_leader, key) {
            Meaning::Leader => self.ui.leader = Some(self.now),
            Meaning::Intent(intent) => self.intent(intent, Some(key)),
            Meaning::Nothing if after_leader => {
                let help = self.ui.keymap.hint(Intent::Help).unwrap_or("the palette").to_owned();
                self.say(format!("{key} means nothing after the leader; {help} shows all keys"));
            }
            Meaning::Nothing => self.stray(key),
        }
    }

    /// The active scopes, innermost first.
    fn scopes(&self) -> Vec<Scope> {
        match (&self.ui.layer, self.ui.focus) {
            (Some(Layer::Palette(_) | Layer::Help { .. } | Layer::Entry(_)), _) => {
                vec![Scope::List, Scope::Text, Scope::Global]
            }
            (Some(Layer::Output { .. }), _) => vec![Scope::List, Scope::Global],
            (Some(Layer::Dialog(_) | Layer::Swatch(_)), _) => vec![Scope::Dialog, Scope::Global],
            (Some(Layer::Form(_)), _) => vec![Scope::Form, Scope::Text, Scope::Global],
            (Some(Layer::Manage(_)), _) => vec![Scope::Profiles, Scope::Global],
            (None, _) => self.scopes_below(),
        }
    }

    /// The scopes that are active where no layer is open.
    pub(super) fn scopes_below(&self) -> Vec<Scope> {
        match self.ui.focus {
            Focus::Strip => vec![Scope::Profiles, Scope::Global],
            Focus::Transcript => vec![Scope::Transcript, Scope::Global],
            Focus::List if self.ui.list.writes() => vec![Scope::List, Scope::Text, Scope::Global],
            Focus::List => vec![Scope::Sessions, Scope::Global],
            Focus::Card => self.card_scopes(),
            Focus::Composer if self.ui.completing.open.is_some() => {
                vec![Scope::Completion, Scope::Composer, Scope::Text, Scope::Global]
            }
            Focus::Composer if self.composer_is_empty() => {
                vec![Scope::Empty, Scope::Composer, Scope::Text, Scope::Global]
            }
            Focus::Composer => vec![Scope::Composer, Scope::Text, Scope::Global],
        }
    }

    fn card_scopes(&self) -> Vec<Scope> {
        match self.card().map(|(_, prompt)| (&prompt.kind, prompt.is_open())) {
            Some((PromptKind::Clarify { choices, .. }, true)) if choices.is_empty() || self.writes_own() => {
                vec![Scope::Field, Scope::Text, Scope::Global]
            }
            Some((PromptKind::Clarify { .. }, true)) => vec![Scope::Choice, Scope::Card, Scope::Global],
            Some((PromptKind::Sudo | PromptKind::Secret { .. }, true)) => {
                vec![Scope::Field, Scope::Text, Scope::Global]
            }
            _ => vec![Scope::Card, Scope::Global],
        }
    }

    pub(super) fn composer_is_empty(&self) -> bool {
        self.ui.pane().is_none_or(|pane| pane.editor.is_empty())
    }

    /// Acts on an intent, whether it came by a key, the mouse or the palette.
    pub(super) fn intent(&mut self, intent: Intent, key: Option<Key>) {
        if self.layer_intent(intent)
            || self.ui.picks()
            || self.completion_intent(intent)
            || (self.ui.focus == Focus::List && self.list_intent(intent))
        {
            return;
        }
        if self.ui.focus == Focus::Strip && self.strip_intent(intent) {
            return;
        }
        if !matches!(intent, Intent::OlderTab | Intent::NewerTab) {
            self.settle_recent();
        }
        match intent {
            Intent::Type(c) => self.type_char(c),
            Intent::Edit(edit) => self.edit(edit),
            Intent::NextAttention => self.next_attention(),
            Intent::Tab(place) => self.go_to_tab(place.into()),
            Intent::NextTab => self.step_tab(1),
            Intent::PreviousTab => self.step_tab(-1),
            Intent::LastTab => self.last_tab(),
            Intent::OlderTab => self.step_recent(1),
            Intent::NewerTab => self.step_recent(-1),
            Intent::ReopenTab => self.reopen(),
            Intent::CloseOthers => self.close_others(),
            Intent::Directory => self.ask_directory(),
            Intent::MoveTabLeft => self.move_tab(-1),
            Intent::MoveTabRight => self.move_tab(1),
            Intent::CloseTab => self.close_active(),
            Intent::NewSession => self.new_session(),
            Intent::PickProfile => self.open_palette(Offer::Profiles),
            Intent::FocusStrip => self.focus_strip(),
            Intent::Home => self.go_home(),
            Intent::Manage => self.open_manage(),
            Intent::CreateProfile => self.open_create(),
            Intent::Profile(deed) => self.profile_intent(deed),
            Intent::NextProfile => self.step_profile(1),
            Intent::PreviousProfile => self.step_profile(-1),
            Intent::LinkSession => self.open_palette(Offer::Link),
            Intent::OpenItem => self.open_item(),
            Intent::ToggleList => self.toggle_list(),
            Intent::ToggleScope => self.toggle_scope(),
            Intent::Row(act) => self.row_act(act),
            Intent::Palette => self.open_palette(Offer::Everything),
            Intent::Search => self.open_palette(Offer::Search),
            Intent::PickTheme => self.open_palette(Offer::Themes),
            Intent::Settings => self.open_settings(None),
            Intent::Set(topic) => self.open_settings(Some(topic)),
            Intent::SessionDirectory => self.ask_session_directory(),
            Intent::Help => {
                let scopes = self.scopes();
                self.ui.layer = Some(Layer::Help { query: Editor::default(), scroll: 0, scopes });
            }
            Intent::FocusCard => self.focus_card(),
            Intent::FocusNext if self.card().is_some() => self.focus_card(),
            Intent::FocusTranscript | Intent::FocusNext => self.focus_transcript(),
            Intent::FocusPrevious => self.focus_composer(),
            Intent::Back => self.back(),
            Intent::Send => self.send(),
            Intent::InterruptAndSend => self.interrupt_and_send(),
            Intent::TakeBack => self.take_back(),
            Intent::SendQueued => self.send_queued(),
            Intent::EditQueued => self.edit_queued(),
            Intent::Rename => self.rename(),
            Intent::StopBackend => self.ask_stop_backend(),
            Intent::Cancel => self.cancel(),
            Intent::Interrupt => self.interrupt(),
            Intent::StopAll => self.ask_stop_all(),
            Intent::StopHub => self.ask_stop_hub(),
            Intent::RetryTurn => self.retry_turn(),
            Intent::Quit => self.quit(Next::Nothing),
            Intent::TryDemo => self.quit(Next::Demo),
            Intent::ScrollUp => self.scroll(-3),
            Intent::ScrollDown => self.scroll(3),
            Intent::PageUp => self.page(-1),
            Intent::PageDown => self.page(1),
            Intent::ScrollTop => self.scroll_top(),
            Intent::ScrollEnd => self.scroll_end(),
            Intent::ItemUp => self.step_item(-1),
            Intent::ItemDown => self.step_item(1),
            Intent::ToggleItem => self.toggle_item(),
            Intent::ToggleDetail => self.toggle_detail(),
            Intent::ToggleTodos => self.toggle_todos(),
            Intent::Copy => self.copy_message(),
            Intent::CopyCode => self.copy_code(),
            Intent::CopyUncertain => self.copy_uncertain(),
            Intent::Resend => self.settle_uncertain(crate::proto::command::Settle::Resend),
            Intent::Discard => self.settle_uncertain(crate::proto::command::Settle::Discard),
            Intent::AllowOnce
            | Intent::AllowSession
            | Intent::AllowAlways
            | Intent::Deny
            | Intent::DenyWithReason
            | Intent::Choose(_)
            | Intent::SubmitAnswer => self.decide(intent, key),
            Intent::OwnAnswer => self.own_answer(),
            Intent::ListUp => self.scroll_card(-1),
            Intent::ListDown => self.scroll_card(1),
            Intent::Accept | Intent::Complete | Intent::OtherList => {}
            Intent::DismissNotice => self.dismiss_notice(),
            Intent::RetryBackend => self.wake_active(),
            Intent::ToggleBypass => self.ask_bypass(),
            Intent::ToggleMouse => self.toggle_mouse(),
            Intent::NextTheme => self.next_theme(),
            Intent::Redraw => self.out.push(crate::ui::action::Action::Redraw),
            Intent::ReloadConfig => self.out.push(crate::ui::action::Action::Reread),
            Intent::SwitchPreset => self.switch_preset(),
        }
    }

    /// A key that means nothing where it was pressed. On a card it may have been meant for the composer.
    fn stray(&mut self, key: Key) {
        if self.ui.focus == Focus::Card
            && self.ui.layer.is_none()
            && let Some(c) = key.typed()
        {
            self.typed_too_soon(c);
        }
    }

    fn type_char(&mut self, c: char) {
        match self.ui.focus {
            Focus::Card => self.type_into_card(c),
            Focus::Composer | Focus::Transcript | Focus::List | Focus::Strip => self.type_into_composer(c),
        }
    }

    fn edit(&mut self, edit: Edit) {
        match self.ui.focus {
            Focus::Card => self.edit_card(edit),
            Focus::Composer | Focus::Transcript | Focus::List | Focus::Strip => self.edit_composer(edit),
        }
    }

    /// A paste writes where text is written; it never answers, submits or triggers anything (UX-11).
    pub(super) fn paste(&mut self, text: &str) {
        self.ui.guard.note_key(self.now);
        self.ui.leader = None;
        match &mut self.ui.layer {
            Some(Layer::Palette(palette)) => {
                palette.picker.query.insert(&text.replace(['\n', '\r'], " "));
                self.palette_typed();
            }
            Some(Layer::Entry(entry)) => entry.text.insert(text),
            Some(Layer::Help { query, .. }) => query.insert(&text.replace(['\n', '\r'], " ")),
            Some(Layer::Form(form)) => {
                if let Some(editor) = form.editor() {
                    editor.insert(&text.replace(['\n', '\r'], " "));
                }
            }
            Some(Layer::Dialog(_) | Layer::Output { .. } | Layer::Swatch(_) | Layer::Manage(_)) => {}
            None if self.ui.focus == Focus::Card => self.paste_into_card(text),
            None if self.ui.focus == Focus::List && self.ui.list.writes() => self.paste_into_list(text),
            None => self.paste_into_composer(text),
        }
    }

    fn toggle_mouse(&mut self) {
        self.ui.mouse = !self.ui.mouse;
        self.out.push(crate::ui::action::Action::Mouse(self.ui.mouse));
        self.say(if self.ui.mouse {
            "The mouse scrolls and clicks; hold Shift to select text"
        } else {
            "The mouse is the terminal's: select text as usual"
        });
    }
}

/// Carries out `edit`; `width` is the cells of a row. False when a vertical motion found no row.
pub(super) fn apply(editor: &mut Editor, edit: Edit, width: usize) -> bool {
    match edit {
        Edit::Newline => editor.newline(),
        Edit::Backspace => editor.backspace(),
        Edit::Delete => editor.delete(),
        Edit::Left => editor.left(),
        Edit::Right => editor.right(),
        Edit::WordLeft => editor.word_left(),
        Edit::WordRight => editor.word_right(),
        Edit::Up => return editor.up(width),
        Edit::Down => return editor.down(width),
        Edit::LineStart => editor.line_start(),
        Edit::LineEnd => editor.line_end(),
        Edit::Start => editor.start(),
        Edit::End => editor.end(),
        Edit::KillToLineEnd => editor.kill_to_line_end(),
        Edit::KillToLineStart => editor.kill_to_line_start(),
        Edit::KillBlankWordBack => editor.kill_blank_word_back(),
        Edit::KillWordBack => editor.kill_word_back(),
        Edit::KillWord => editor.kill_word(),
        Edit::Yank => editor.yank(),
        Edit::Undo => return editor.undo(),
        Edit::Redo => return editor.redo(),
        Edit::ExpandChip => return editor.expand_chip(),
    }
    true
}

impl UiState {
    /// Cells of a row of the composer: the box takes two, its prompt two, the caret behind a full row one.
    pub fn composer_width(&self) -> usize {
        usize::from(self.chat_cells()).saturating_sub(5).max(1)
    }
}
