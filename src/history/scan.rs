//! What a profile has stored, as far as a list needs it: every listable conversation, without anything that was said.
//!
//! Hermes keeps no time of the last activity, so finding the newest means looking at all. The rows are read in small queries;
//! which of them are listed, and how a compressed chain is shown as its tip, is decided in memory. Not here: previews and
//! pages of rows (`listing`).

use super::{
    error::HistoryError,
    node::{End, Node},
    open::{Reader, wall},
    place::Stamp,
};
use crate::base::{
    clock::WallMs,
    digest::Digest,
    ids::{LineageRoot, StoredId},
    text::Untrusted,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The most links that are followed, as Hermes does.
pub(super) const MAX_LINKS: usize = 100;

/// All listable conversations of one profile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// As Hermes lists them: the newest activity first, archived ones in their place.
    pub entries: Vec<Entry>,
    /// Equal when nothing of the entries changed.
    pub digest: u64,
    /// What the files looked like before they were read: while [`super::stamp`] says the same, nothing was written.
    pub stamp: Stamp,
}

/// One listable conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its tip: where it goes on.
    pub id: StoredId,
    /// Where it began.
    pub lineage: LineageRoot,
    pub title: Option<Untrusted>,
    /// The newest message of the tip: the time that is shown.
    pub last_active: WallMs,
    /// The newest message of any member of its chain: the time that is sorted by.
    pub active: WallMs,
    /// When the conversation began.
    pub started: WallMs,
    /// Whether Hermes closed it; it goes on all the same when it is resumed.
    pub ended: bool,
    pub archived: bool,
    pub messages: u64,
    pub source: Arc<Untrusted>,
    pub model: Option<Arc<Untrusted>>,
    pub cwd: Option<Arc<Untrusted>>,
}

/// How many conversations are listed. Children are not counted: they are nobody's rows (C19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    pub listed: u64,
    pub archived: u64,
}

impl Scan {
    pub fn count(&self) -> Count {
        let archived = self.entries.iter().filter(|entry| entry.archived).count();
        Count { listed: (self.entries.len() - archived) as u64, archived: archived as u64 }
    }
}

/// Every listable conversation of the open database.
pub(super) fn all(db: &Reader) -> Result<Scan, HistoryError> {
    let entries = project(&Node::all(db)?);
    let mut digest = Digest::new();
    for entry in &entries {
        digest.write(&format!("{entry:?}"));
    }
    Ok(Scan { entries, digest: digest.finish(), stamp: db.stamp() })
}

/// The rules of Hermes' own listing: which rows are listed, in which order, and as which tip.
fn project(nodes: &[Node]) -> Vec<Entry> {
    let at: HashMap<&str, &Node> = nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let mut plain: HashMap<&str, Vec<&Node>> = HashMap::new();
    for node in nodes {
        if let Some(parent) = node.parent.as_deref().filter(|_| node.plain()) {
            plain.entry(parent).or_default().push(node);
        }
    }
    let next = |node: &Node| -> &[&Node] {
        let children = (node.end == End::Compression).then(|| plain.get(node.id.as_str())).flatten();
        children.map_or(&[], Vec::as_slice)
    };
    let mut listed: Vec<(f64, &Node)> = nodes
        .iter()
        .filter(|node| {
            let parent = node.parent.as_deref().map(|id| at.get(id));
            let own = node.branched || parent.is_none_or(|p| p.is_some_and(|p| node.branch_of(p)));
            own && !node.delegated && node.messages >= 1
        })
        .map(|node| (activity(node, next), node))
        .collect();
    listed.sort_by(|(a_active, a), (b_active, b)| b_active.total_cmp(a_active).then_with(|| b.begins(a)));
    listed.into_iter().filter_map(|(active, root)| entry(root, tip(root, next), active)).collect()
}

/// The newest activity of a conversation, also of children that did not become its tip.
fn activity<'a>(root: &'a Node, next: impl Fn(&'a Node) -> &'a [&'a Node]) -> f64 {
    let mut newest = root.active();
    if root.end != End::Compression {
        return newest;
    }
    let mut seen = HashSet::from([root.id.as_str()]);
    let mut open = vec![root];
    while let Some(member) = open.pop() {
        newest = newest.max(member.active());
        open.extend(next(member).iter().filter(|child| seen.insert(child.id.as_str())));
    }
    newest
}

/// The row in which a compressed conversation goes on now.
fn tip<'a>(root: &'a Node, next: impl Fn(&'a Node) -> &'a [&'a Node]) -> &'a Node {
    let mut seen = vec![root];
    let mut current = root;
    while seen.len() <= MAX_LINKS {
        match next(current).iter().max_by(|a, b| a.continues(b)) {
            Some(child) if !seen.iter().any(|known| known.id == child.id) => {
                seen.push(child);
                current = child;
            }
            _ => break,
        }
    }
    current
}

/// What Hermes keeps of the root, and the rest of the tip.
fn entry(root: &Node, tip: &Node, active: f64) -> Option<Entry> {
    Some(Entry {
        id: tip.id.clone(),
        lineage: LineageRoot::new(root.id.as_str())?,
        title: tip.title.clone(),
        last_active: wall(Some(tip.active())),
        active: wall(Some(active)),
        started: wall(Some(root.started)),
        ended: tip.ended.is_some(),
        archived: root.archived,
        messages: tip.messages,
        source: Arc::clone(&root.source),
        model: tip.model.clone(),
        cwd: tip.cwd.clone(),
    })
}
