//! Answers and refusals of the hub to what this terminal asked.

use super::Step;
use super::link::Return;
use crate::base::ids::{AskId, MessageId};
use crate::base::text;
use crate::model::draft::Piece;
use crate::model::message::{FIRST_ID, Message};
use crate::proto::update::Goodbye;
use crate::proto::{Answer, Command, Refusal, Update};
use crate::ui::state::layer::Layer;
use crate::ui::state::manage::Known;
use crate::ui::state::{Ask, Start, Text};

impl Step<'_> {
    /// What an update says beside changing the world.
    pub(super) fn heard(&mut self, update: Update, back: Return) {
        match update {
            Update::Welcome(welcome) => {
                self.redeliver();
                self.welcomed(welcome.last, &back);
            }
            Update::Answer { ask, answer } => self.answered(ask, answer),
            Update::Refused { ask, reason } => self.refused(ask, &reason),
            Update::Goodbye(why) => {
                self.ui.farewell = Some(match why {
                    Goodbye::Ending => "The hub of hermux has ended.".to_owned(),
                    Goodbye::WrongContract(theirs) => {
                        format!(
                            "The running hub is of another version of hermux (contract {theirs}); stop it first."
                        )
                    }
                    Goodbye::Full(terminals) => {
                        format!(
                            "The hub has {terminals} terminals already and takes no more; close one first."
                        )
                    }
                });
            }
            Update::Show { session } => self.visit(session),
            Update::Patches { .. } | Update::Lagged(_) => {}
        }
        self.rescue(back);
    }

    fn answered(&mut self, ask: AskId, answer: Answer) {
        let purpose =
            if answer.is_piece() { self.ui.asks.get(&ask).cloned() } else { self.ui.asks.remove(&ask) };
        self.ui.sends.remove(&ask);
        match (answer, purpose) {
            (_, Some(Ask::Errand(errand))) => self.errand_done(ask, errand),
            (_, Some(Ask::Reorder)) => self.ui.strip.order = None,
            (Answer::Details(details), Some(Ask::Details(profile))) => {
                self.detailed(profile, Known::Is(details));
            }
            (answer, Some(Ask::Soul(profile))) => self.edit_soul(profile, answer),
            (Answer::Opened(id), Some(Ask::Open)) => self.show(id),
            (Answer::Opened(id), Some(Ask::Picked)) => self.picked(id),
            (_, Some(Ask::Shown)) => self.shown(),
            (Answer::Opened(id), Some(Ask::Carry(pieces))) => self.carry(id, &pieces),
            (Answer::Opened(id), Some(Ask::OpenAt(place))) => self.aim(id, *place),
            (Answer::Page(page), Some(Ask::Last(profile))) => match page.rows.into_iter().next() {
                Some(row) => {
                    self.command(Ask::Open, Command::OpenStored { profile, stored: row.id });
                }
                None => self.fresh(profile),
            },
            (Answer::Found { rows, .. }, Some(Ask::Find)) => self.names_found(ask, rows),
            (Answer::Hits { hits, done, problems }, Some(Ask::Search)) => {
                self.searched(ask, hits, done, problems);
            }
            (Answer::Peek(peek), Some(Ask::Peek(..))) => self.peeked(*peek),
            (Answer::Older { messages, more }, Some(Ask::Older(session))) => {
                let known = self.mirror.session(session).and_then(|session| session.body.as_ref());
                let known = known.and_then(|body| body.messages.first());
                if let Some(pane) = self.ui.panes.get_mut(&session) {
                    pane.older_asked = false;
                    pane.older_done = !more;
                    // Every page counts from 0: here ids rise from page to page, below those of the mirror.
                    let first = pane.older.first().or(known).map_or(FIRST_ID, |message| message.id.0);
                    let ids = (first.saturating_sub(messages.len() as u64)..first).map(MessageId);
                    let messages =
                        messages.into_iter().zip(ids).map(|(message, id)| Message { id, ..message });
                    pane.older.splice(0..0, messages);
                }
            }
            (Answer::Page(page), Some(Ask::Page { question, .. })) => self.paged(*page, question),
            (Answer::Located(row), Some(Ask::Pinned { profile, root })) => {
                self.pin_located(&profile, &root, row.map(|row| *row));
            }
            (Answer::Found { rows, .. }, Some(Ask::Found(number))) => self.found(rows, number),
            (Answer::Exported(path), Some(Ask::Export)) => {
                self.say(format!("Written: {}", text::label(path.raw(), 200)));
            }
            (Answer::Output { text, warning }, purpose) => {
                if let Some(Ask::Configure(wish)) = &purpose {
                    self.was_set(ask, &wish.0, &wish.2, &wish.3);
                }
                let mut shown = text.raw().to_owned();
                if let Some(warning) = warning {
                    shown = format!("{}\n\n{shown}", warning.raw());
                }
                self.ui.layer = Some(Layer::Output { title: "Answer".into(), text: shown, scroll: 0 });
            }
            (Answer::Prefill(prefill), Some(Ask::Send(text))) => {
                self.give_back(Text { pieces: vec![Piece::Text(prefill)], ..text });
            }
            (Answer::Found { rows, .. }, Some(Ask::Complete)) => {
                self.ui.completing.found = rows.into_iter().map(|found| found.row).collect();
                self.ui.completing.stale = true;
            }
            (Answer::Choices(list), Some(Ask::Choices(scope))) => self.offered(ask, scope, list),
            (Answer::Unconfirmed(warning), Some(Ask::Configure(wish))) => {
                let (profile, session, setting, _) = *wish;
                self.unconfirmed(&warning, profile, session, setting);
            }
            (Answer::Done, Some(Ask::Configure(wish))) => {
                self.was_set(ask, &wish.0, &wish.2, &wish.3);
            }
            (Answer::Commands(Some(list)), Some(Ask::Slash(profile))) => {
                self.ui.slash.insert(profile, list);
                self.ui.completing.stale = true;
            }
            (Answer::Located(row), Some(asked @ (Ask::Name(_) | Ask::Follow(_)))) => {
                self.located(asked, row.map(|row| *row));
            }
            (Answer::Done, Some(Ask::Directory(profile, directory))) => {
                self.directory_set(profile, directory);
            }
            (Answer::Done, Some(Ask::TakeBack(text))) => {
                self.give_back(text);
            }
            (answer @ Answer::Stopped { .. }, _) => self.stopped_all(&answer),
            (_, Some(Ask::Read)) => self.ui.read_told = None,
            _ => {}
        }
    }

    fn refused(&mut self, ask: AskId, reason: &Refusal) {
        let why = match reason {
            Refusal::Unreadable(detail)
            | Refusal::NotWritten(detail)
            | Refusal::Backend(detail)
            | Refusal::Hermes(detail) => {
                format!("{reason}: {}", text::label(detail.raw(), 120))
            }
            _ => reason.to_string(),
        };
        self.ui.sends.remove(&ask);
        match self.ui.asks.remove(&ask) {
            Some(Ask::Send(text)) => {
                let place = self.give_back(text);
                self.say(format!("Not sent: {why}. {place}"));
            }
            // Whether the hub had taken it out before it was lost is not known: it must not be in neither place.
            Some(Ask::TakeBack(text)) if *reason == Refusal::NoHub => {
                let place = self.give_back(text);
                self.say(format!("{place}, and may still be queued: {why}"));
            }
            Some(Ask::TakeBack(_)) => self.say(format!("Not taken back: {why}")),
            Some(Ask::Secret(handle)) => {
                self.command(Ask::Quiet, Command::DropSecret { handle });
                self.say(format!("Not answered: {why}"));
            }
            Some(Ask::Close(session)) if *reason == Refusal::Running => self.ask_close(session),
            Some(Ask::Older(session)) => {
                if let Some(pane) = self.ui.panes.get_mut(&session) {
                    pane.older_asked = false;
                    pane.older_done = true;
                }
                self.say(format!("No older messages: {why}"));
            }
            // What cannot be read does not keep anybody from writing.
            Some(Ask::Last(profile)) => self.fresh(profile),
            Some(Ask::Find) => self.not_found(ask),
            Some(Ask::Search) => self.not_searched(ask, (*reason != Refusal::Superseded).then_some(why)),
            Some(Ask::Peek(profile, stored)) => self.not_peeked(&profile, &stored, why),
            Some(Ask::OpenAt(_) | Ask::Follow(_)) => self.say(format!("Not opened: {why}")),
            Some(
                Ask::Quiet
                | Ask::Complete
                | Ask::Slash(_)
                | Ask::Name(_)
                | Ask::Pinned { .. }
                | Ask::Found(_),
            ) => {}
            Some(Ask::Page { profile, question }) => self.not_paged(&profile, question, reason),
            Some(Ask::Export) => self.say(format!("Not written: {why}")),
            Some(Ask::Errand(errand)) => self.errand_failed(ask, &errand, &why),
            Some(Ask::Reorder) => {
                self.ui.strip.order = None;
                self.say(format!("The profiles stay in their order: {why}"));
            }
            Some(Ask::Details(profile)) => self.detailed(profile, Known::Not(why)),
            Some(Ask::Soul(profile)) => self.say(format!("SOUL.md of {profile} cannot be read: {why}")),
            Some(Ask::Choices(_)) => self.not_offered(ask, why),
            Some(Ask::Configure(_)) => self.not_set(ask, &why),
            Some(Ask::Draft(session)) => {
                if let Some(pane) = self.ui.panes.get_mut(&session) {
                    pane.mark_unsaved(self.now);
                }
            }
            Some(Ask::Carry(pieces)) => {
                self.put_here(&pieces);
                self.say(format!("Its session is gone, the text is here: {why}"));
            }
            Some(Ask::Read) => self.ui.read_told = None,
            Some(Ask::StopHub) => {
                self.ui.stopping = false;
                self.say(format!("hermux was not stopped: {why}"));
            }
            Some(Ask::Picked | Ask::Shown) => self.decline(),
            Some(Ask::StopAll) => self.say(format!("Nothing was stopped: {why}")),
            Some(Ask::Open) => {
                self.say(format!("Not opened: {why}"));
                // Whatever was asked for at the start, a person gets a usable draft.
                let unheard = *reason == Refusal::NoHub;
                if self.ui.active.is_none() && self.ui.start != Start::Draft && !unheard {
                    self.ui.start = Start::Draft;
                    self.begin(None);
                }
            }
            Some(Ask::Plain | Ask::Close(_) | Ask::Directory(..)) | None => {
                self.say(format!("Refused: {why}"));
            }
        }
    }
}
