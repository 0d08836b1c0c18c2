//! Watches the database of every profile that somebody lists (REL-20). Costs nothing while nobody writes.
//!
//! Directories are watched, not files: a database may come to be, be swapped, and be a link. Reading it makes events of its own, which
//! are no news; a write-ahead log that comes or goes without a write says nothing either.

use super::News;
use crate::base::ids::ProfileName;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::ModifyKind};
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::mpsc;

/// What is watched. Its functions wait for the system: for threads that may.
#[derive(Debug)]
pub(super) struct Watch {
    inner: Mutex<Inner>,
    places: Places,
    news: mpsc::Sender<News>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Begun with the first profile and ended with the last: it has a thread.
    watcher: Option<RecommendedWatcher>,
    watched: BTreeMap<ProfileName, Watched>,
}

#[derive(Debug, PartialEq)]
struct Watched {
    /// Directories, each with its device and inode.
    dirs: Vec<(PathBuf, (u64, u64))>,
    files: Vec<PathBuf>,
}

/// Whose file a path is, and whether the hub has been told of a change that it has not read.
type Places = Arc<Mutex<HashMap<PathBuf, (ProfileName, Arc<AtomicBool>)>>>;

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    pub(super) fn new(news: mpsc::Sender<News>) -> Self {
        Self { inner: Mutex::default(), places: Places::default(), news }
    }

    /// Watches the database in `home` from here on; what is written after this is told, once until it is called again. `false`: it
    /// cannot be watched.
    pub(super) fn begin(&self, profile: &ProfileName, home: &Path) -> bool {
        for (of, told) in held(&self.places).values() {
            if of == profile {
                told.store(false, Ordering::Release);
            }
        }
        let now = look(home);
        let mut inner = held(&self.inner);
        if inner.watched.get(profile) == Some(&now) {
            return true;
        }
        self.let_go(&mut inner, profile);
        if now.dirs.is_empty() {
            return false;
        }
        let begun = self.watch(&mut inner, profile, now);
        if let Err(error) = &begun {
            tracing::warn!(%profile, %error, "the database is looked at every two seconds: it cannot be watched");
            self.let_go(&mut inner, profile);
        }
        begun.is_ok()
    }

    /// Watches it no longer.
    pub(super) fn end(&self, profile: &ProfileName) {
        let mut inner = held(&self.inner);
        self.let_go(&mut inner, profile);
        if inner.watched.is_empty() {
            inner.watcher = None;
        }
    }

    fn watch(&self, inner: &mut Inner, profile: &ProfileName, now: Watched) -> notify::Result<()> {
        let told = Arc::new(AtomicBool::new(false));
        for file in now.files.iter().chain(now.dirs.iter().map(|(dir, _)| dir)) {
            held(&self.places).insert(file.clone(), (profile.clone(), Arc::clone(&told)));
        }
        let watcher = match &mut inner.watcher {
            Some(watcher) => watcher,
            none => {
                let (places, news) = (Arc::clone(&self.places), self.news.clone());
                let hear = move |event: notify::Result<notify::Event>| hear(event, &places, &news);
                none.insert(notify::recommended_watcher(hear)?)
            }
        };
        let dirs = now.dirs.clone();
        inner.watched.insert(profile.clone(), now);
        for (dir, _) in dirs {
            watcher.watch(&dir, RecursiveMode::NonRecursive)?;
        }
        Ok(())
    }

    fn let_go(&self, inner: &mut Inner, profile: &ProfileName) {
        held(&self.places).retain(|_, (of, _)| of != profile);
        let Some(old) = inner.watched.remove(profile) else { return };
        for (dir, _) in old.dirs {
            let shared = inner.watched.values().any(|other| other.dirs.iter().any(|(at, _)| *at == dir));
            if let Some(watcher) = inner.watcher.as_mut().filter(|_| !shared) {
                // One that is gone is no longer watched anyway.
                let _ = watcher.unwatch(&dir);
            }
        }
    }
}

/// What there is to watch: the directory of the database, and where it is a link, that of what it leads to.
fn look(home: &Path) -> Watched {
    let file = home.join("state.db");
    let mut files = vec![file.clone()];
    files.extend(fs::canonicalize(&file).ok().filter(|real| *real != file));
    let mut dirs: Vec<(PathBuf, (u64, u64))> = Vec::new();
    for dir in files.iter().filter_map(|file| file.parent()) {
        let at = fs::metadata(dir).ok().filter(fs::Metadata::is_dir).map(|found| (found.dev(), found.ino()));
        if let Some(at) = at.filter(|_| dirs.iter().all(|(known, _)| known != dir)) {
            dirs.push((dir.to_owned(), at));
        }
    }
    let logs = files.iter().map(|file| {
        let mut name = file.as_os_str().to_owned();
        name.push("-wal");
        PathBuf::from(name)
    });
    let logs: Vec<_> = logs.collect();
    files.extend(logs);
    Watched { dirs, files }
}

fn hear(event: notify::Result<notify::Event>, places: &Places, news: &mpsc::Sender<News>) {
    let paths = match event {
        Ok(event) if event.need_rescan() => held(places).keys().cloned().collect(),
        Ok(event) => event.paths.into_iter().filter(|path| is_news(event.kind, path)).collect(),
        // Something was missed, and nobody knows what.
        Err(_) => held(places).keys().cloned().collect::<Vec<_>>(),
    };
    for path in paths {
        let known = held(places).get(&path).cloned();
        if let Some((profile, told)) = known
            && !told.swap(true, Ordering::AcqRel)
        {
            // The hub has ended: nobody wants to know.
            let _ = news.blocking_send(News::Changed(profile));
        }
    }
}

/// Whether an event says that what is stored may have changed.
fn is_news(kind: EventKind, path: &Path) -> bool {
    let log = path.as_os_str().as_encoded_bytes().ends_with(b"-wal");
    match kind {
        EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Name(_) | ModifyKind::Any) => true,
        EventKind::Create(_) | EventKind::Remove(_) => !log,
        _ => false,
    }
}
