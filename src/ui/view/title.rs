//! The terminal's title: fixed words, counts, and a sanitised label (UX-18, SEC-08).

use crate::base::text::width;
use crate::model::session::Session;
use crate::model::status;
use crate::model::world::World;

/// Cells of a title at most.
const CELLS: usize = 80;

/// `hermux · 2! · work/fix login`.
pub(super) fn text(world: &World, session: Option<&Session>) -> String {
    let waiting = world.sessions.values().filter(|session| status::of(session).needs_input()).count();
    let mut parts = vec!["hermux".to_owned()];
    if waiting > 0 {
        parts.push(format!("{waiting}!"));
    }
    if let Some(session) = session {
        parts.push(format!("{}/{}", session.profile, crate::model::status::name(session, 40)));
    }
    width::truncate(&parts.join(" · "), CELLS)
}
