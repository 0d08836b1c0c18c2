use super::{super::stage::Stage, *};
use crate::history;
use pretty_assertions::assert_eq;
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

fn profile() -> ProfileName {
    ProfileName::default_profile()
}

fn search(home: &Path, text: &str) -> (Vec<Hit>, Searched) {
    let mut hits = Vec::new();
    let searched =
        history::search(home, &profile(), text, 10_000, &Arc::default(), &mut |piece| hits.extend(piece));
    (hits, searched.unwrap())
}

fn snippets(stage: &Stage, text: &str) -> Vec<String> {
    search(stage.home.path(), text).0.into_iter().map(|hit| hit.snippet.raw().to_owned()).collect()
}

/// What is marked in a hit.
fn marked_in(hit: &Hit) -> Vec<String> {
    let text: Vec<char> = hit.snippet.raw().chars().collect();
    hit.marks.iter().map(|(from, to)| text[*from as usize..*to as usize].iter().collect()).collect()
}

/// Takes the indexes away in every way that they can be missing.
const SPOILED: [&str; 5] = [
    "",
    "DROP TABLE messages_fts; DROP TABLE messages_fts_trigram;",
    "DROP TRIGGER messages_fts_insert; DROP TRIGGER messages_fts_trigram_insert;",
    "DELETE FROM messages_fts_content WHERE id = (SELECT max(id) FROM messages);
     DELETE FROM messages_fts_trigram_content WHERE id = (SELECT max(id) FROM messages);",
    "UPDATE messages_fts_data SET block = x'00112233445566778899';
     UPDATE messages_fts_trigram_data SET block = x'00112233445566778899';",
];

/// C01. What Hermes itself finds is found, and nothing but what holds the words, newest first; with its indexes and without.
#[test]
fn what_hermes_finds_is_found() {
    let expected: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/fixtures/state/expected.json")).unwrap();
    for spoil in SPOILED {
        let stage = Stage::new();
        stage.db.execute_batch(spoil).unwrap();
        for asked in expected["search_messages"].as_array().unwrap() {
            let text = asked["query"].as_str().unwrap();
            let (hits, searched) = search(stage.home.path(), text);
            assert!(searched.whole);
            let got: Vec<(u64, Role)> = hits.iter().map(|hit| (hit.at.0, hit.role)).collect();
            for hermes in asked["ids"].as_array().unwrap() {
                let at: f64 = stage
                    .db
                    .query_row("SELECT timestamp FROM messages WHERE id = ?1", [hermes[0].as_i64()], |row| {
                        row.get(0)
                    })
                    .unwrap();
                let role = if hermes[2] == "user" { Role::User } else { Role::Assistant };
                assert!(got.contains(&((at * 1000.0) as u64, role)), "{text}: {hermes} {spoil}");
            }
            let words: Vec<&str> = text.split(' ').collect();
            let all = "SELECT CAST(round(timestamp * 1000) AS INT) FROM messages
                WHERE (active = 1 OR compacted = 1) AND instr(lower(content || ' ' || ifnull(tool_name, '') || ' ' || ifnull(tool_calls, '')), ?1)
                  AND instr(lower(content || ' ' || ifnull(tool_name, '') || ' ' || ifnull(tool_calls, '')), ?2) ORDER BY id DESC";
            let mut all = stage.db.prepare(all).unwrap();
            let all: Vec<u64> = all
                .query_map([words[0], words[words.len() - 1]], |row| Ok(row.get::<_, i64>(0)? as u64))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            assert_eq!(hits.iter().map(|hit| hit.at.0).collect::<Vec<_>>(), all, "{text} {spoil}");
            for hit in &hits {
                assert!(
                    marked_in(hit).iter().all(|mark| words.contains(&mark.to_lowercase().as_str())),
                    "{hit:?}"
                );
            }
        }
    }
}

/// REL-21. Where an index is damaged the search says so, and finds all the same; the list does not notice.
#[test]
fn a_damaged_index_is_said_and_gone_round() {
    for (spoil, said) in SPOILED.iter().zip([false, false, false, false, true]) {
        let stage = Stage::new();
        stage.db.execute_batch(spoil).unwrap();
        let (hits, searched) = search(stage.home.path(), "kettle");
        assert!(hits.len() > 8);
        assert_eq!(searched.problem.is_some(), said, "{spoil}");
        assert_eq!(history::list(stage.home.path(), &profile(), 500).unwrap().len(), 61);
    }
}

/// A terminal opens at the hit: the page that ends so many messages before the end ends with the message that was found.
#[test]
fn a_hit_says_how_far_from_the_end_it_is() {
    let stage = Stage::new();
    stage.rotated();
    stage.talk("s2", &[("where is the needle", "a needle, step 1")]);
    stage.row("s2", "assistant", "and step 2 of the Needle");
    for n in 0..700 {
        stage.talk("s2", &[(if n % 100 == 3 { "needle again" } else { "hay" }, "ok")]);
    }
    let (hits, _) = search(stage.home.path(), "needle");
    assert_eq!(hits.len(), 10);
    for hit in &hits {
        let (page, _) = stage.older(hit.row.id.as_str(), hit.back as usize);
        assert!(page.last().unwrap().plain().contains("eedle"), "{hit:?}");
        assert_eq!((hit.row.id.as_str(), hit.row.lineage.as_str()), ("s2", "s"));
        assert_eq!(marked_in(hit)[0].to_lowercase(), "needle");
    }
    let backs: Vec<u64> = hits.iter().map(|hit| hit.back).collect();
    assert_eq!(backs[..2], [193, 393]);
    // Both steps of the answer are one message.
    assert_eq!(backs[7..], [1400, 1400, 1401]);
}

/// What compression copied into the next row is found where it is shown, once.
#[test]
fn a_copy_is_not_found_beside_its_original() {
    let stage = Stage::new();
    stage.rotated();
    let (hits, _) = search(stage.home.path(), "\"long 3\"");
    assert_eq!(hits.len(), 1);
    let (page, _) = stage.older("s2", hits[0].back as usize);
    assert_eq!(page.last().unwrap().plain(), "long 3");
    assert_eq!(snippets(&stage, "\"It was long\"").len(), 1);
}

/// Undone messages were taken back; those compacted in place are remembered.
#[test]
fn undone_messages_are_not_found_and_compacted_ones_are() {
    let stage = Stage::new();
    stage.talk("s", &[("xyzzy undone", "ok"), ("xyzzy compacted", "ok"), ("xyzzy", "ok"), ("after", "ok")]);
    stage
        .db
        .execute_batch(
            "UPDATE messages SET active = 0 WHERE content = 'xyzzy undone';
        UPDATE messages SET active = 0, compacted = 1 WHERE content = 'xyzzy compacted'",
        )
        .unwrap();
    let (hits, _) = search(stage.home.path(), "xyzzy");
    // The answers on both sides of it are shown as one.
    let got: Vec<_> = hits.iter().map(|hit| (hit.snippet.raw().trim(), hit.back)).collect();
    assert_eq!(got, [("xyzzy", 3), ("xyzzy compacted", 4)]);
}

/// REL-21. Nobody can type or store anything that makes a search fail.
#[test]
fn hostile_queries_and_texts_are_searched_like_any_other() {
    let stage = Stage::new();
    stage.row(
        "s",
        "user",
        "a \u{2}marked\u{3} \u{1b}[31m AND (\"quoted\" NEAR/3) * ^ {col}: -x \0json:[ end",
    );
    stage.row("s", "user", &"needle ".repeat(60_000));
    stage.row_with("s", "tool", None, "tool_calls", "x");
    let giant = "x".repeat(10_000);
    let quotes = "\"".repeat(10_001);
    let queries = [
        "\"",
        "\"\"",
        "'",
        "*",
        "a*",
        "^a",
        "NEAR(a b)",
        "content:a",
        "a AND",
        "OR",
        "NOT",
        "(",
        "{col}:",
        "-x",
        "\0",
        "a\0b",
        "%",
        "_",
        "\\",
        "%_\\",
        ";",
        "--",
        "/*",
        "\u{202e}",
        "🦀",
        "é",
        "ﬀ",
        "İ",
        "a\nb",
        &giant,
        &quotes,
        "x\u{2}\u{3}",
        "你",
        "a 你好",
    ];
    for spoil in ["", SPOILED[1], SPOILED[4]] {
        if !spoil.is_empty() && stage.db.execute_batch(spoil).is_err() {
            continue;
        }
        for text in queries {
            let (hits, _) = search(stage.home.path(), text);
            for hit in hits {
                assert!(hit.snippet.raw().chars().count() <= 500, "{text}");
                let length = hit.snippet.raw().chars().count() as u32;
                assert!(hit.marks.iter().all(|(from, to)| from < to && *to <= length), "{text}");
            }
        }
    }
    let stage = Stage::new();
    stage.row("s", "user", &"needle ".repeat(60_000));
    assert!(snippets(&stage, "needle")[0].starts_with("needle needle"));
}

/// A common word gives its newest messages at once, and no more than are wanted.
#[test]
fn a_common_word_comes_in_pieces_the_newest_first_until_it_is_stopped() {
    let stage = Stage::new();
    for n in 0..400 {
        stage.row("s", "user", &format!("common {n}"));
    }
    for spoil in SPOILED.iter().take(2) {
        stage.db.execute_batch(spoil).unwrap();
        let run = |most: usize, stop_after: usize| {
            let stop = Arc::new(AtomicBool::new(false));
            let mut pieces: Vec<Vec<String>> = Vec::new();
            let searched =
                history::search(stage.home.path(), &profile(), "common", most, &stop, &mut |piece| {
                    pieces.push(piece.iter().map(|hit| hit.snippet.raw().trim().to_owned()).collect());
                    stop.store(pieces.len() == stop_after, Ordering::Relaxed);
                });
            (pieces, searched.unwrap())
        };
        let (pieces, searched) = run(10_000, 0);
        let all: Vec<String> = pieces.concat();
        assert_eq!(all, (0..400).rev().map(|n| format!("common {n}")).collect::<Vec<_>>());
        assert!(searched.whole && pieces.iter().all(|piece| piece.len() <= MAX_PIECE), "{spoil}");
        let (pieces, searched) = run(30, 0);
        assert_eq!((pieces.concat(), searched.whole), (all[..30].to_vec(), false));
        let (pieces, searched) = run(10_000, 1);
        assert_eq!((pieces.len(), searched.whole), (1, false), "{spoil}");
    }
}

/// The last word may be the beginning of one while it is typed.
#[test]
fn the_word_that_is_being_typed_is_found_by_its_beginning() {
    let stage = Stage::new();
    stage.row("s", "user", "some configuration");
    assert_eq!(snippets(&stage, "some confi").len(), 1);
    assert_eq!(snippets(&stage, "confi some").len(), 0);
    assert_eq!(snippets(&stage, "confi ").len(), 0);
}

/// ASK-77. A hit is of the database that was asked, and says so.
#[test]
fn every_hit_carries_the_profile_that_was_asked() {
    let stage = Stage::new();
    let work = ProfileName::new("work").unwrap();
    let mut hits = Vec::new();
    history::search(stage.home.path(), &work, "kettle", 100, &Arc::default(), &mut |piece| {
        hits.extend(piece);
    })
    .unwrap();
    assert!(!hits.is_empty() && hits.iter().all(|hit| hit.row.profile == work));
}

const MAX_PIECE: usize = WINDOW as usize;
