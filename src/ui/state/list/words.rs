//! What the list says of itself: how it is sorted and what it leaves out.

use super::List;
use crate::base::text;
use crate::model::listing::{Shown, Sort};
use crate::model::shelf::{Group, StateFilter};

/// Cells of a directory or a text that is named at most.
const NAMED: usize = 24;

pub fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Recent => "recent",
        Sort::Created => "newest",
        Sort::Title => "by title",
        Sort::Messages => "most messages",
    }
}

pub fn group(group: Group) -> &'static str {
    match group {
        Group::None => "one list",
        Group::Profile => "by profile",
        Group::Workspace => "by directory",
        Group::Age => "by age",
    }
}

fn state(state: StateFilter) -> &'static str {
    match state {
        StateFilter::Waiting => "needs me",
        StateFilter::Working => "running",
        StateFilter::Unread => "unread",
        StateFilter::Pinned => "pinned",
        StateFilter::Open => "open",
    }
}

/// What the list leaves out, in words; `None`: nothing. Drawable.
pub fn filters(list: &List) -> Option<String> {
    let prefs = &list.prefs;
    let archived = match prefs.filter.archived {
        Shown::Exclude => None,
        Shown::Only => Some("archived".to_owned()),
        Shown::Include => Some("with archived".to_owned()),
    };
    let sought = list.sought();
    let all = [
        prefs.state.map(|by| state(by).to_owned()),
        archived,
        prefs.filter.workspace.as_deref().map(|cwd| text::label(tail(cwd), NAMED)),
        prefs.filter.days.map(|days| if days == 1 { "24 hours".into() } else { format!("{days} days") }),
        (!sought.is_empty()).then(|| format!("“{}”", text::label(&sought, NAMED))),
    ];
    let words: Vec<String> = all.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

/// The last name of a path.
fn tail(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}
