use super::super::{Entry, Table};
use super::*;
use crate::base::{ids::ProfileName, text::Untrusted};
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const SORTS: [Sort; 4] = [Sort::Recent, Sort::Created, Sort::Title, Sort::Messages];
const NOW: WallMs = WallMs(100 * DAY);

/// What a table is made of, in a form that can be changed.
#[derive(Debug, Clone, PartialEq)]
struct Made {
    title: Option<String>,
    active: u64,
    started: u64,
    messages: u64,
    archived: bool,
    cwd: Option<&'static str>,
}

type All = BTreeMap<String, Made>;

fn table(all: &All) -> Table {
    let entries = all.iter().map(|(id, made)| Entry {
        id,
        lineage: id,
        title: made.title.as_deref(),
        preview: "how it began",
        active: WallMs(made.active),
        last_active: WallMs(made.active),
        started: WallMs(made.started),
        ended: false,
        archived: made.archived,
        messages: made.messages,
        source: "tui",
        model: None,
        cwd: made.cwd,
    });
    Table::new(ProfileName::default_profile(), entries)
}

fn ids(listed: &Listed) -> Vec<String> {
    listed.rows.iter().map(|row| row.id.as_str().to_owned()).collect()
}

fn whole(all: &All, sort: Sort, filter: &Filter) -> Vec<String> {
    ids(&table(all).page(sort, filter, None, usize::MAX, NOW))
}

prop_compose! {
    /// Few values, so that many are equal.
    fn any_row()(
        title in proptest::option::of("[aB \u{e9}]{0,3}"),
        active in 0u64..5,
        started in 0u64..3,
        messages in 0u64..3,
        archived in proptest::bool::weighted(0.2),
        cwd in proptest::option::of(proptest::sample::select(vec!["/a", "/a/b", "/ab"])),
    ) -> Made {
        Made { title, active: active * 20 * DAY, started, messages, archived, cwd }
    }
}

fn all() -> impl Strategy<Value = All> {
    proptest::collection::btree_map("[a-f]{2}", any_row(), 0..30)
}

fn filter() -> impl Strategy<Value = Filter> {
    let shown = proptest::sample::select(vec![Shown::Exclude, Shown::Only, Shown::Include]);
    let workspace = proptest::option::of(proptest::sample::select(vec!["/a".to_owned(), "/a/b/".to_owned()]));
    (shown, workspace, proptest::option::of(0u16..100)).prop_map(|(archived, workspace, days)| Filter {
        archived,
        workspace,
        days,
    })
}

proptest! {
    /// C05, C19, C20: pages one after the other are the whole list, and their total says how long it is.
    #[test]
    fn pages_one_after_the_other_are_the_whole_order(
        all in all(), filter in filter(), limit in 1usize..7,
    ) {
        let table = table(&all);
        for sort in SORTS {
            let (mut read, mut after, mut pages) = (Vec::new(), None, 0);
            loop {
                let page = table.page(sort, &filter, after.as_ref(), limit, NOW);
                prop_assert!(page.rows.len() <= limit);
                read.extend(ids(&page));
                pages += 1;
                prop_assert!(pages <= 31);
                let total = page.total;
                let Some(next) = page.next else {
                    prop_assert_eq!(total, read.len() as u64);
                    break;
                };
                after = Some(next);
            }
            prop_assert_eq!(read, whole(&all, sort, &filter));
        }
    }

    /// C05, INV16: whatever comes, goes or moves between two pages, what stays as it was is read once and in its order.
    #[test]
    fn what_changes_between_pages_moves_nothing_else(
        first in all(), changes in proptest::collection::vec(("[a-f]{2}", proptest::option::of(any_row())), 0..12),
        limit in 1usize..7,
    ) {
        let filter = Filter::default();
        for sort in SORTS {
            let mut all = first.clone();
            let mut changed = BTreeSet::new();
            let mut changes = changes.iter();
            let (mut read, mut after) = (Vec::new(), None);
            loop {
                let page = table(&all).page(sort, &filter, after.as_ref(), limit, NOW);
                read.extend(ids(&page));
                let Some(next) = page.next else { break };
                after = Some(next);
                if let Some((id, made)) = changes.next() {
                    changed.insert(id.clone());
                    match made {
                        Some(made) => all.insert(id.clone(), made.clone()),
                        None => all.remove(id),
                    };
                }
            }
            let stayed = |id: &String| !changed.contains(id);
            let read: Vec<_> = read.into_iter().filter(stayed).collect();
            let expected: Vec<_> = whole(&first, sort, &filter).into_iter().filter(stayed).collect();
            prop_assert_eq!(read, expected);
        }
    }
}

fn made(title: &str, active: u64) -> Made {
    Made { title: Some(title.to_owned()), active, started: 0, messages: 1, archived: false, cwd: Some("/a") }
}

fn few(rows: impl IntoIterator<Item = (&'static str, Made)>) -> All {
    rows.into_iter().map(|(id, made)| (id.to_owned(), made)).collect()
}

/// C10: the newest activity comes first; each other order by what it is named after.
#[test]
fn rows_come_in_the_order_asked_for() {
    let rows = few([
        ("x", Made { started: 9, messages: 3, ..made("beta", 1) }),
        ("y", Made { started: 8, messages: 4, ..made("Alpha", 3) }),
        ("z", Made { started: 7, messages: 5, ..made("\u{c9}t\u{e9}", 2) }),
    ]);
    let order = |sort| whole(&rows, sort, &Filter::default()).concat();
    assert_eq!(order(Sort::Recent), "yzx");
    assert_eq!(order(Sort::Created), "xyz");
    assert_eq!(order(Sort::Title), "yxz");
    assert_eq!(order(Sort::Messages), "zyx");
}

/// C17, C19: archived rows are listed where they are asked for, and a total is that of what is listed.
#[test]
fn a_filter_says_which_rows_there_are() {
    let day = |n| NOW.0 - n * DAY;
    let rows = few([
        ("a", made("a", day(1))),
        ("b", Made { archived: true, ..made("b", day(2)) }),
        ("c", Made { cwd: Some("/a/b"), ..made("c", day(3)) }),
        ("d", Made { cwd: Some("/ab"), ..made("d", day(40)) }),
        ("e", Made { cwd: None, ..made("e", day(41)) }),
    ]);
    let listed = |filter: Filter| {
        let page = table(&rows).page(Sort::Recent, &filter, None, 2, NOW);
        (ids(&page).concat(), page.total)
    };
    let archived = |archived| Filter { archived, ..Filter::default() };
    let workspace = |dir: &str| Filter { workspace: Some(dir.into()), ..Filter::default() };
    assert_eq!(listed(Filter::default()), ("ac".into(), 4));
    assert_eq!(listed(archived(Shown::Only)), ("b".into(), 1));
    assert_eq!(listed(archived(Shown::Include)), ("ab".into(), 5));
    assert_eq!(listed(workspace("/a")), ("ac".into(), 2));
    assert_eq!(listed(workspace("/a/b")), ("c".into(), 1));
    assert_eq!(listed(workspace("/nowhere")), (String::new(), 0));
    assert_eq!(listed(Filter { days: Some(30), ..Filter::default() }), ("ac".into(), 2));
}

/// A row is what was put in; a title of blanks is none, and one without end is cut.
#[test]
fn a_row_is_what_was_put_in() {
    let long = "\u{6f22}".repeat(1_000);
    let rows = few([("a", made("  ", 3)), ("b", made(&long, 2)), ("c", made("c", 1))]);
    let page = table(&rows).page(Sort::Recent, &Filter::default(), None, 9, NOW);
    let [a, b, c] = page.rows.as_slice() else { panic!("{page:?}") };
    assert_eq!((a.title.as_ref(), a.preview.raw()), (None, "how it began"));
    assert!(b.title.as_ref().is_some_and(|title| long.starts_with(title.raw()) && title.len() > 1_000));
    assert_eq!((c.last_active, c.messages, c.source.raw()), (WallMs(1), 1, "tui"));
    assert_eq!(c.cwd.as_ref().map(Untrusted::raw), Some("/a"));
    assert_eq!(c.model, None);
}

/// A row costs its texts and some sixty bytes.
#[test]
fn fifty_thousand_rows_fit_into_a_few_megabytes() {
    let rows: All = (0..50_000)
        .map(|n| (format!("20261121_040000_{n:08}"), made("A title of some forty characters, as usual", n)))
        .collect();
    let bytes = table(&rows).bytes();
    assert!(bytes < 8_000_000, "{bytes}");
}
