//! Fewer, larger patches: text that continues the same part is joined before it is numbered and sent.

use crate::{
    base::ids::{MessageId, SessionId},
    model::patch::{BodyChange, Patch},
};

/// Appends `patch` to `list`, joined to the last patch of its session when it continues the same part and only transcripts
/// of other sessions changed in between. Nothing of one session is ever reordered.
pub(super) fn push(list: &mut Vec<Patch>, patch: Patch) {
    if let Some((session, message, part, more)) = appended(&patch) {
        for old in list.iter_mut().rev() {
            match old {
                Patch::Body {
                    session: owner,
                    change: BodyChange::Append { message: m, part: p, text, .. },
                } if *owner == session => {
                    if (*m, *p) != (message, part) {
                        break;
                    }
                    text.push_str(more);
                    return;
                }
                Patch::Body { session: owner, .. } | Patch::Session { session: owner, .. }
                    if *owner != session => {}
                _ => break,
            }
        }
    }
    list.push(patch);
}

fn appended(patch: &Patch) -> Option<(SessionId, MessageId, u32, &str)> {
    match patch {
        Patch::Body { session, change: BodyChange::Append { message, part, text, .. } } => {
            Some((*session, *message, *part, text))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::patch::Change;

    fn append(session: u64, at: u64, text: &str) -> Patch {
        Patch::Body {
            session: SessionId(session),
            change: BodyChange::Append { message: MessageId(1), part: 0, at, text: text.into() },
        }
    }

    fn joined(patches: Vec<Patch>) -> Vec<Patch> {
        let mut list = Vec::new();
        for patch in patches {
            push(&mut list, patch);
        }
        list
    }

    #[test]
    fn text_of_one_part_is_joined_across_other_sessions_text() {
        let list = joined(vec![append(1, 0, "a"), append(2, 0, "x"), append(1, 1, "b"), append(2, 1, "y")]);
        assert_eq!(list, vec![append(1, 0, "ab"), append(2, 0, "xy")]);
    }

    #[test]
    fn text_never_moves_before_another_change_of_its_session() {
        let change = Patch::Session { session: SessionId(1), change: Change::Built(true) };
        let list = joined(vec![append(1, 0, "a"), change.clone(), append(1, 1, "b")]);
        assert_eq!(list, vec![append(1, 0, "a"), change, append(1, 1, "b")]);
        let tabs = Patch::Tabs(Vec::new());
        assert_eq!(joined(vec![append(1, 0, "a"), tabs.clone(), append(1, 1, "b")]).len(), 3);
    }
}
