//! Everything that can be read is read without a backend.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod browse;

use browse::Browse;
use hermux::{
    base::ids::{ProfileName, StoredId},
    model::listing::{Filter, Page, Shown, Sort, StoredRow},
    proto::{Answer, Command},
};

async fn page(
    browse: &mut Browse,
    profile: &ProfileName,
    sort: Sort,
    limit: u16,
    whole: &mut Vec<StoredRow>,
) {
    let mut after = None;
    loop {
        let filter = Filter { archived: Shown::Include, ..Filter::default() };
        let command = Command::Page { profile: profile.clone(), sort, filter, after, limit };
        let Ok(Answer::Page(page)) = browse.ask(command).await else { panic!("no page") };
        let Page { rows, next, problem, .. } = *page;
        assert_eq!(problem, None);
        whole.extend(rows);
        let Some(next) = next else { return };
        after = Some(next);
    }
}

/// A19, C01, C02, C05, INV14: three profiles are listed in every order, found, searched, looked into, located, opened, paged back and
/// exported, and no backend is started for any of it. A key in a composer starts one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browsing_starts_no_backend() {
    let root = tempfile::tempdir().unwrap();
    hermux::demo::prepare_home(root.path(), 1).unwrap();
    let mut browse = Browse::new(root.path()).await;
    let profiles: Vec<ProfileName> =
        browse.world.profiles.iter().map(|profile| profile.name.clone()).collect();
    assert_eq!(profiles.len(), 3);
    let mut all: Vec<StoredRow> = Vec::new();
    for profile in &profiles {
        for sort in [Sort::Created, Sort::Title, Sort::Messages, Sort::Recent] {
            let mut rows = Vec::new();
            page(&mut browse, profile, sort, 2, &mut rows).await;
            assert!(!rows.is_empty() && rows.iter().all(|row| row.profile == *profile), "{profile} {sort:?}");
            if sort == Sort::Recent {
                all.extend(rows);
            }
        }
    }
    let find = Command::Find { query: String::new(), profile: None };
    let Ok(Answer::Found { rows, of }) = browse.ask(find).await else { panic!("nothing found") };
    assert_eq!((rows.len(), of), (all.len(), all.len() as u64));
    let search = Command::Search { text: "the".into(), profile: None };
    let Ok(Answer::Hits { hits, problems, .. }) = browse.ask(search).await else { panic!("no search") };
    assert!(!hits.is_empty() && problems.is_empty(), "{problems:?}");
    for row in &all {
        let (profile, stored) = (row.profile.clone(), row.id.clone());
        let peek = Command::Peek { profile: profile.clone(), stored: stored.clone() };
        let Ok(Answer::Peek(peek)) = browse.ask(peek).await else { panic!("no look") };
        assert!(!peek.head.is_empty());
        let near = profiles.iter().find(|other| **other != profile).unwrap().clone();
        let locate = Command::Locate { id: stored.as_str().into(), near };
        let Ok(Answer::Located(Some(found))) = browse.ask(locate).await else { panic!("not there") };
        assert_eq!((&found.profile, &found.id), (&profile, &stored));
        let dir = root.path().to_string_lossy().into_owned();
        let export = Command::Export { profile: profile.clone(), stored: stored.clone(), dir };
        assert!(matches!(browse.ask(export).await, Ok(Answer::Exported(_))));
        let Ok(Answer::Opened(session)) = browse.ask(Command::OpenStored { profile, stored }).await else {
            panic!("not opened")
        };
        browse.ask(Command::Watch { session }).await.unwrap();
        let older = Command::Older { session, first: None, skip: 0 };
        assert!(matches!(browse.ask(older).await, Ok(Answer::Older { .. })));
    }
    let nowhere = Command::Locate { id: "nowhere".into(), near: profiles[0].clone() };
    assert_eq!(browse.ask(nowhere).await, Ok(Answer::Located(None)));
    assert!(StoredId::new("nowhere").is_some());
    assert_eq!(browse.launched(), 0);
    browse.ask(Command::Wake { profile: profiles[1].clone() }).await.unwrap();
    while browse.launched() == 0 {
        browse.take().await;
    }
    browse.close().await;
}
