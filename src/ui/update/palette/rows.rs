//! What a palette offers, as rows: most likely wanted first, as long as nothing is typed.

use crate::base::clock::ago;
use crate::base::ids::ProfileName;
use crate::base::text;
use crate::model::listing::{Hit, StoredRow};
use crate::model::message::Role;
use crate::model::session::{QueueEntry, Session};
use crate::model::status::{self, Status};
use crate::ui::intent::Intent;
use crate::ui::keymap::{ACTIONS, Action as KeyAction, Scope};
use crate::ui::state::palette::{Offer, Palette, Part};
use crate::ui::state::picker::{Mark, Place, Row, Target};
use crate::ui::state::rank;
use crate::ui::update::Step;

/// Cells of a row's name at most: more than any screen shows of it.
const NAME: usize = 160;
/// Recent sessions that stand before the actions while nothing is typed.
const RECENT: usize = 8;
/// What people want of a palette most, before they have used it.
const COMMON: [Intent; 6] =
    [Intent::NewSession, Intent::Search, Intent::PickProfile, Intent::Rename, Intent::CloseTab, Intent::Help];
/// hermux' own slash commands: a session is bound here and not at the backend.
const OWN: [(&str, &str); 2] =
    [("clear", "Begin anew in this profile"), ("new", "Begin anew in this profile")];

impl Step<'_> {
    /// The rows of `palette`, and what of its query they are matched against.
    pub(super) fn rows(&self, palette: &Palette) -> (Vec<Row>, String) {
        let (part, needle) = palette.part();
        let rows = match palette.offer {
            Offer::Profiles => self.profiles(),
            Offer::Queue => self.queued(),
            Offer::Themes => self.theme_rows(""),
            Offer::Links => self.linked_rows(),
            Offer::Settings => {
                palette.setup.as_ref().map(|setup| self.setting_rows(setup)).unwrap_or_default()
            }
            Offer::Sessions | Offer::Link => self.sessions(palette),
            // The hub has matched these already.
            Offer::Search => return (self.places(palette), String::new()),
            Offer::Everything => match part {
                Part::Actions => self.actions(palette),
                Part::Sessions => self.sessions(palette),
                Part::Profiles => self.profiles(),
                Part::Models => self.models(""),
                Part::Slash => self.slash(""),
                Part::All => self.everything(palette),
            },
        };
        (rows, needle)
    }

    fn everything(&self, palette: &Palette) -> Vec<Row> {
        let mut rows = self.sessions(palette);
        let few = rows.iter().position(|row| !urgent(row)).unwrap_or(rows.len()) + RECENT;
        let rest = rows.split_off(few.min(rows.len()));
        rows.extend(self.actions(palette));
        if self.mirror.world().profiles.len() > 1 {
            rows.extend(self.profiles());
        }
        rows.extend(rest);
        rows.extend(self.theme_rows("Theme: "));
        rows.extend(self.models("Model: "));
        rows.extend(self.slash("/"));
        rows
    }

    /// Sessions, open and stored: those that want the person first, then the newest; the one that is shown last of the open ones.
    fn sessions(&self, palette: &Palette) -> Vec<Row> {
        let world = self.mirror.world();
        let hub_now = self.mirror.hub_time(self.now);
        let open: Vec<&Session> = world.sessions.values().collect();
        let is_open = |row: &StoredRow| {
            open.iter().any(|session| {
                session.profile == row.profile
                    && (session.stored.as_ref() == Some(&row.id)
                        || session.lineage.as_ref() == Some(&row.lineage))
            })
        };
        let mut rows: Vec<((bool, Status, bool, u64), Row)> = Vec::new();
        for session in &open {
            let (status, age) = (status::of(session), hub_now.since(session.touched));
            let here = self.ui.active == Some(session.id);
            let row = self.session_row(session, status, age);
            let urgent = status.wants_attention() && !here;
            let class = if urgent { status } else { Status::Idle };
            rows.push(((!urgent, class, here, age), row));
        }
        for stored in palette.found.iter().filter(|row| !is_open(row)) {
            let age = self.ui.wall.0.saturating_sub(stored.last_active.0);
            rows.push(((true, Status::Idle, false, age), self.stored_row(stored, age)));
        }
        rows.sort_by_key(|(place, _)| *place);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn badge(&self, profile: &ProfileName) -> Option<ProfileName> {
        (self.mirror.world().profiles.len() > 1).then(|| profile.clone())
    }

    fn session_row(&self, session: &Session, status: Status, age: u64) -> Row {
        let words = status::words(status);
        let note = if status == Status::Idle { format!("{words} · {}", ago(age)) } else { words.to_owned() };
        let tab = self.mirror.world().tabs.iter().position(|id| *id == session.id);
        let tab = tab.map_or_else(|| "runs without a tab".to_owned(), |place| format!("tab {}", place + 1));
        let info = &session.info;
        let about = [&info.model, &info.cwd].into_iter().flatten().map(|text| text.label(60));
        let hint: Vec<String> =
            [session.profile.to_string(), words.to_owned(), tab].into_iter().chain(about).collect();
        Row {
            what: Target::Session(session.id),
            text: status::name(session, NAME),
            note,
            mark: Mark::Session(status),
            profile: self.badge(&session.profile),
            hint: hint.join(" · "),
            bonus: rank::bonus(Some(status), Some(age)),
            ..Row::default()
        }
    }

    fn stored_row(&self, stored: &StoredRow, age: u64) -> Row {
        Row {
            what: Target::Stored(stored.profile.clone(), stored.id.clone()),
            text: named(stored),
            note: ago(age),
            profile: self.badge(&stored.profile),
            hint: about(stored).join(" · "),
            bonus: rank::bonus(None, Some(age)),
            ..Row::default()
        }
    }

    fn profiles(&self) -> Vec<Row> {
        let world = self.mirror.world();
        let here = self.session().map(|session| &session.profile);
        let row = |profile: &crate::model::profile::Profile| {
            let tally = status::tally(world, &profile.name);
            let counts = [(tally.waiting, "waits"), (tally.working, "works"), (tally.unread, "new")];
            let mut said: Vec<String> =
                counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
            said.extend((here == Some(&profile.name)).then(|| "here".to_owned()));
            said.push("profile".to_owned());
            Row {
                what: Target::Profile(profile.name.clone()),
                text: profile.name.to_string(),
                note: said.join(" · "),
                mark: Mark::Backend(profile.backend.clone()),
                profile: Some(profile.name.clone()),
                hint: format!("backend {} · {}", profile.backend.word(), profile.home.label(80)),
                bonus: 6,
                ..Row::default()
            }
        };
        world.profiles.iter().map(row).collect()
    }

    /// Every action that makes sense by its name alone, each meaning once, with the keys that work where the person is (ASK-37).
    /// Not in it: motions in what is open, which a palette is not; and answers to cards, which want a fresh key on what was seen
    /// (SEC-20).
    fn actions(&self, palette: &Palette) -> Vec<Row> {
        let mut rows: Vec<(usize, Row)> = Vec::new();
        for action in ACTIONS.iter().filter(|action| in_palette(action)) {
            let what = Target::Act(action.intent);
            if rows.iter().any(|(_, row)| row.what == what) {
                continue;
            }
            let place = match action.scope {
                Scope::Text | Scope::Transcript => format!(" ({})", action.scope.title().to_lowercase()),
                _ => String::new(),
            };
            let keys = self.ui.keymap.working(&palette.scopes, action.intent);
            let used = self.ui.used.get(&action.intent).copied().unwrap_or(0);
            let common = COMMON.iter().rev().position(|common| *common == action.intent);
            let weight = (used as usize * COMMON.len()).max(common.map_or(0, |place| place + 1));
            let row = Row {
                what,
                text: format!("{}{place}", action.help),
                note: keys.first().cloned().unwrap_or_default(),
                hint: format!(
                    "{} · {}",
                    action.id,
                    if keys.is_empty() { "no key here".into() } else { keys.join("  ") }
                ),
                bonus: u32::try_from(weight.min(12)).unwrap_or(0),
                ..Row::default()
            };
            rows.push((weight, row));
        }
        rows.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn theme_rows(&self, before: &str) -> Vec<Row> {
        let row = |name: &String| {
            let current = *name == self.ui.config.ui.theme;
            Row {
                what: Target::Theme(name.clone()),
                text: format!("{before}{name}"),
                note: if current { "in use" } else { "theme" }.to_owned(),
                mark: if current { Mark::Current } else { Mark::None },
                hint: "until hermux ends; `ui.theme` in the config keeps it".to_owned(),
                ..Row::default()
            }
        };
        self.ui.themes.iter().map(row).collect()
    }

    /// The slash commands of the profile that is shown, hermux' own first.
    fn slash(&self, before: &str) -> Vec<Row> {
        let own =
            OWN.iter().map(|(name, about)| (*name, (*about).to_owned(), "hermux".to_owned(), Vec::new()));
        let told =
            self.session().and_then(|session| self.ui.slash.get(&session.profile)).into_iter().flatten();
        let told = told.filter(|command| {
            let name = command.name.raw();
            OWN.iter().all(|(own, _)| name != *own) && name.chars().all(|c| c.is_ascii_graphic())
        });
        let told = told.map(|command| {
            let words = command.words.iter().take(8).map(|word| word.label(20)).collect();
            (command.name.raw(), command.about.label(NAME), command.group.label(30), words)
        });
        let row = |(name, about, group, words): (&str, String, String, Vec<String>)| {
            let of = if group.is_empty() { "skill".to_owned() } else { group };
            Row {
                what: Target::Slash(name.to_owned()),
                text: format!("{before}{name}  {about}"),
                note: of,
                hint: format!("/{name} {}", words.join(" | ")).trim_end().to_owned(),
                ..Row::default()
            }
        };
        own.chain(told).map(row).collect()
    }

    fn queued(&self) -> Vec<Row> {
        let Some(session) = self.session() else { return Vec::new() };
        let row = |entry: &QueueEntry| Row {
            what: Target::Queued(session.id, entry.id),
            text: text::label(&entry.text, NAME),
            ..Row::default()
        };
        session.queue.iter().map(row).collect()
    }

    /// What a search found.
    fn places(&self, palette: &Palette) -> Vec<Row> {
        let row = |hit: &Hit| {
            let age = self.ui.wall.0.saturating_sub(hit.at.0);
            let snippet = hit.snippet.raw();
            let words = hit.marks.iter().map(|(from, to)| slice(snippet, *from, *to)).collect();
            let who = match hit.role {
                Role::User => "you · ",
                Role::Assistant | Role::System => "",
            };
            Row {
                what: Target::Place(Box::new(Place {
                    profile: hit.row.profile.clone(),
                    stored: hit.row.id.clone(),
                    at: hit.at,
                    back: hit.back,
                    words,
                })),
                text: named(&hit.row),
                note: format!("{who}{}", ago(age)),
                profile: self.badge(&hit.row.profile),
                under: Some(drawn(snippet, &hit.marks)),
                hint: about(&hit.row).join(" · "),
                ..Row::default()
            }
        };
        palette.search.hits.iter().map(row).collect()
    }
}

/// Whether a row is of a session that wants the person.
fn urgent(row: &Row) -> bool {
    matches!(row.mark, Mark::Session(status) if status.wants_attention())
}

fn named(row: &StoredRow) -> String {
    row.name().label(NAME)
}

/// What there is to say of a stored session.
fn about(row: &StoredRow) -> Vec<String> {
    let mut said = vec![row.profile.to_string(), format!("{} messages", row.messages)];
    said.extend([&row.model, &row.cwd].into_iter().flatten().map(|text| text.label(60)));
    said
}

fn slice(text: &str, from: u32, to: u32) -> String {
    text.chars().skip(from as usize).take(to.saturating_sub(from) as usize).collect()
}

/// A snippet as it may be drawn, and its marks in characters of that.
fn drawn(snippet: &str, marks: &[(u32, u32)]) -> (String, Vec<(u32, u32)>) {
    let mut out = String::new();
    let mut found = Vec::new();
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let mut at = 0;
    for (from, to) in marks.iter().copied().filter(|(from, to)| from < to) {
        if from < at {
            continue;
        }
        out.push_str(&line(&slice(snippet, at, from)));
        let begin = count(&out);
        out.push_str(&line(&slice(snippet, from, to)));
        found.push((begin, count(&out)));
        at = to;
    }
    out.push_str(&line(&slice(snippet, at, u32::MAX)));
    (out, found)
}

/// A piece of a line, drawable whatever is in it.
fn line(piece: &str) -> String {
    text::drawable(piece, text::Mode::Label)
}

/// Whether the palette offers `action`.
fn in_palette(action: &KeyAction) -> bool {
    let scope = matches!(
        action.scope,
        Scope::Global | Scope::Empty | Scope::Composer | Scope::Text | Scope::Transcript | Scope::Profiles
    );
    let of_row = action.scope == Scope::Sessions && matches!(action.intent, Intent::Row(_));
    let motion =
        action.scope == Scope::Profiles && matches!(action.intent, Intent::ListUp | Intent::ListDown);
    of_row || scope && action.intent != Intent::Back && !motion
}
