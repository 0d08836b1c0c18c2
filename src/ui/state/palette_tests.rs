use super::*;
use crate::base::clock::WallMs;
use crate::base::ids::LineageRoot;
use crate::model::message::Role;

fn row(id: &str) -> StoredRow {
    serde_json::from_value(serde_json::json!({
        "profile": "work", "id": id, "lineage": id, "title": id, "preview": "", "last_active": 5, "messages": 1,
        "source": "cli", "model": null, "cwd": null, "archived": false, "started": 1, "ended": false
    }))
    .unwrap()
}

fn hit(id: &str, at: u64) -> Hit {
    let row = row(id);
    assert_eq!(row.lineage, LineageRoot::new(id).unwrap());
    Hit { row, snippet: "s".into(), marks: Vec::new(), role: Role::User, at: WallMs(at), back: 0 }
}

fn times(search: &Search) -> Vec<u64> {
    search.hits.iter().map(|hit| hit.at.0).collect()
}

#[test]
fn a_prefix_narrows_a_query_to_one_kind_and_is_not_matched_itself() {
    let table = [
        ("", Part::All, ""),
        ("deploy", Part::All, "deploy"),
        (">close", Part::Actions, "close"),
        ("@ login", Part::Sessions, "login"),
        ("#wo", Part::Profiles, "wo"),
        ("/", Part::Slash, ""),
        ("a > b", Part::All, "a > b"),
    ];
    for (query, of, needle) in table {
        assert_eq!(part(query), (of, needle), "{query}");
    }
}

#[test]
fn what_was_found_before_stays_until_there_is_something_newer() {
    let mut search = Search::default();
    search.take(vec![hit("a", 3)], true, Vec::new());
    search.begun = false;
    search.take(Vec::new(), false, Vec::new());
    assert_eq!(times(&search), [3], "nothing came yet");
    search.take(vec![hit("b", 7)], false, Vec::new());
    search.take(vec![hit("c", 9), hit("d", 1)], true, Vec::new());
    assert_eq!(times(&search), [9, 7, 1], "newest first, whatever profile is read first");
    search.begun = false;
    search.take(Vec::new(), true, Vec::new());
    assert_eq!(times(&search), [0; 0], "nothing was found");
}

#[test]
fn a_search_that_finds_too_much_is_ended_and_says_so() {
    let mut search = Search::default();
    let many = |from: u64| (from..from + 400).map(|at| hit("a", at)).collect::<Vec<_>>();
    assert!(search.take(many(0), false, Vec::new()));
    assert!(!search.take(many(400), false, Vec::new()));
    assert!(search.cut && search.hits.len() == Search::MOST);
}

#[test]
fn a_look_has_its_place_where_there_is_room() {
    let palette = Palette::default();
    assert_eq!(palette.preview_place((140, 45)), Some(Side::Right));
    assert_eq!(palette.preview_place((100, 30)), Some(Side::Right));
    assert_eq!(palette.preview_place((80, 50)), Some(Side::Below));
    assert_eq!(palette.preview_place((60, 20)), None);
    let queue = Palette { offer: Offer::Queue, ..Palette::default() };
    assert_eq!(queue.preview_place((140, 45)), None);
}

/// What is shown of a session does not blink while it is read again.
#[test]
fn looks_are_kept_and_the_oldest_goes() {
    let mut preview = Preview::default();
    for n in 0..12 {
        let peek = Peek { row: row(&format!("s{n}")), head: Vec::new(), tail: Vec::new(), skipped: 0 };
        preview.keep(peek);
    }
    let work = ProfileName::new("work").unwrap();
    let knows = |preview: &Preview, id: &str| preview.peek(&work, &StoredId::new(id).unwrap()).is_some();
    assert!(!knows(&preview, "s3") && knows(&preview, "s4") && knows(&preview, "s11"));
    let last = StoredId::new("s11").unwrap();
    assert!(preview.is_fresh(&work, &last));
    preview.doubt();
    assert!(!preview.is_fresh(&work, &last) && knows(&preview, "s11"), "shown until it was read anew");
}
