use super::super::Entry;
use super::*;
use pretty_assertions::assert_eq;
use proptest::prelude::*;

const NOW: WallMs = WallMs(1_000 * WEEK);
const DAY: u64 = WEEK / 7;

fn table(profile: &str, rows: &[(&str, &str, u64)]) -> Arc<Table> {
    let entries = rows.iter().map(|(id, title, age)| Entry {
        id,
        lineage: id,
        title: Some(title),
        preview: "",
        active: WallMs(NOW.0 - age),
        last_active: WallMs(NOW.0 - age),
        started: WallMs(0),
        ended: false,
        archived: title.ends_with("archived"),
        messages: 1,
        source: "tui",
        model: None,
        cwd: None,
    });
    Arc::new(Table::new(ProfileName::new(profile).unwrap(), entries))
}

fn find(finder: &mut Finder, query: &str, tables: &[Arc<Table>]) -> Vec<String> {
    let (found, _) = finder.find(query, tables, &[], NOW, &AtomicBool::default()).unwrap();
    found.into_iter().map(|found| found.row.id.as_str().to_owned()).collect()
}

/// K02: whatever was stored is found by a few letters of its name, in whatever profile.
#[test]
fn the_better_match_wins_and_of_equal_ones_the_newer() {
    let tables = [
        table("default", &[("old", "fix the parser", 300 * DAY), ("far", "faint linux hoax", 0)]),
        table("work", &[("new", "fix the parser", DAY), ("other", "deploy", 0), ("gone", "fix archived", 0)]),
    ];
    let mut finder = Finder::default();
    assert_eq!(find(&mut finder, "fix", &tables), ["new", "old", "far"]);
    assert_eq!(find(&mut finder, "parser fix", &tables), ["new", "old"], "words in any order");
    assert_eq!(find(&mut finder, "", &tables), ["far", "other", "new", "old"], "the newest");
    assert_eq!(find(&mut finder, "zebra", &tables), [""; 0]);
    let (_, of) = finder.find("zebra", &tables, &[], NOW, &AtomicBool::default()).unwrap();
    assert_eq!(of, 4, "archived ones are not there to be found");
}

/// I11: a session that waits for the person comes before one that matches a little better.
#[test]
fn how_a_session_stands_counts_in_the_rank() {
    let tables = [table("work", &[("a", "release notes", 0), ("b", "old release", 30 * DAY)])];
    let mut finder = Finder::default();
    assert_eq!(find(&mut finder, "release", &tables), ["a", "b"]);
    let open = [(ProfileName::new("work").unwrap(), LineageRoot::new("b").unwrap(), Status::NeedsAnswer)];
    let (found, _) = finder.find("release", &tables, &open, NOW, &AtomicBool::default()).unwrap();
    assert_eq!(found[0].row.id.as_str(), "b");
    // The same id in another profile is another session.
    let open = [(ProfileName::default_profile(), LineageRoot::new("b").unwrap(), Status::NeedsAnswer)];
    let (found, _) = finder.find("release", &tables, &open, NOW, &AtomicBool::default()).unwrap();
    assert_eq!(found[0].row.id.as_str(), "a");
}

#[test]
fn positions_are_those_of_characters() {
    let tables = [table("work", &[("a", "\u{6f22}e\u{301} Fix \u{1f468}\u{200d}\u{1f469} me", 0)])];
    let mut finder = Finder::default();
    let (found, _) = finder.find("fix me", &tables, &[], NOW, &AtomicBool::default()).unwrap();
    let chars: Vec<char> = found[0].row.name().raw().chars().collect();
    let marked: String = found[0].positions.iter().map(|at| chars[*at as usize]).collect();
    assert_eq!(marked, "Fixme");
}

#[test]
fn at_most_two_hundred_are_found_and_they_are_the_best() {
    let names: Vec<(String, String)> = (0..3_000)
        .map(|n| (format!("s{n}"), format!("{} {n}", if n % 20 == 0 { "fix" } else { "f_i_x" })))
        .collect();
    let rows: Vec<_> = (0..).zip(&names).map(|(n, (id, name))| (id.as_str(), name.as_str(), n)).collect();
    let tables = [table("work", &rows)];
    let (found, of) = Finder::default().find("fix", &tables, &[], NOW, &AtomicBool::default()).unwrap();
    assert_eq!((found.len(), of), (200, 3_000));
    let best = found.iter().take_while(|found| found.row.name().raw().starts_with("fix"));
    assert_eq!(best.count(), 150, "all of the best ones, and first");
    assert!(found.is_sorted_by_key(|found| Reverse(found.score)));
}

/// Nothing is worked out for one who has typed on.
#[test]
fn a_find_that_nobody_waits_for_ends() {
    let tables = [table("work", &[("a", "fix", 0)])];
    let mut finder = Finder::default();
    assert_eq!(finder.find("fix", &tables, &[], NOW, &AtomicBool::new(true)), None);
    // And leaves nothing wrong behind.
    assert_eq!(find(&mut finder, "fixx", &tables), [""; 0]);
    assert_eq!(find(&mut finder, "fix", &tables), ["a"]);
}

proptest! {
    /// Whatever was looked for before, the same is found.
    #[test]
    fn what_was_typed_before_changes_nothing(
        names in proptest::collection::vec("[aAbe\u{e9} !$^]{0,6}", 0..12),
        queries in proptest::collection::vec("[aAbe\u{e9} !$^']{0,4}", 1..8),
        typed in "[aAbe !$]{0,6}",
    ) {
        let ids: Vec<String> = (0..names.len()).map(|n| format!("s{n}")).collect();
        let rows: Vec<_> =
            ids.iter().zip(&names).map(|(id, name)| (id.as_str(), name.as_str(), 0)).collect();
        let tables = [table("work", &rows)];
        let mut finder = Finder::default();
        let prefixes = (0..=typed.len()).map(|end| typed[..end].to_owned());
        for query in queries.into_iter().chain(prefixes) {
            let fresh = find(&mut Finder::default(), &query, &tables);
            prop_assert_eq!(find(&mut finder, &query, &tables), fresh, "{}", query);
        }
    }
}
