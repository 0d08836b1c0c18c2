//! Hostile text in every field that reaches a person: from the backend's frame to the cells of a terminal.
#![expect(clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

#[path = "hostile/check.rs"]
mod check;
mod common;
#[path = "hostile/corpus.rs"]
mod corpus;
#[path = "hostile/rig.rs"]
mod rig;
#[path = "hostile/scenes.rs"]
mod scenes;
mod stage;

use common::sequences::Allowed;
use corpus::Payload;
use rig::Rig;
use scenes::{Fill, SCENES, Scene, Shown};

/// Rows up to which a frame is made taller, to have all of it on one screen.
const TALLEST: u16 = 8_000;

/// Plays a scene with a payload and holds its frames to everything that must hold. The rows of the last one.
fn play(scene: &Scene, payload: &Payload, allowed: &Allowed) -> String {
    let who = format!("{} in {}", payload.name, scene.name);
    let fill = Fill { scene, payload };
    let mut rig = Rig::new(scene.size);
    (scene.play)(&mut rig, &fill);
    loop {
        let shot = rig.shoot();
        check::all(&rig, &shot, allowed, &who);
        let text = shot.rows.join("\n");
        let missing: Vec<_> = scene
            .fields
            .iter()
            .filter(|(field, shown)| fill.is_seen(*shown) && !text.contains(&fill.tag(field)))
            .collect();
        let height = rig.stage.ui.size.1;
        if missing.is_empty() || height >= TALLEST {
            assert!(missing.is_empty(), "{who}: {missing:?} are not on the screen\n{text}");
            for (field, shown) in scene.fields.iter().filter(|(_, shown)| fill.is_seen(*shown)) {
                let tag = fill.tag(field);
                let kinds = if *shown == Shown::Either { [Shown::Label, Shown::Output] } else { [*shown; 2] };
                let wanted = kinds.map(|shown| fill.behind(field, shown));
                let rest = shot
                    .rows
                    .iter()
                    .flat_map(|row| row.split(tag.as_str()).skip(1))
                    .map(|rest| rest.trim_end_matches([' ', '│']));
                // At the end of a row, or before an ellipsis, stands as much of it as there is room for.
                let cut = |rest: &str| rest.split('…').next().unwrap_or(rest).to_owned();
                let is =
                    |rest: &str, behind: &str| rest.starts_with(behind) || behind.starts_with(&cut(rest));
                let shows = |rest: &str| wanted.iter().any(|behind| is(rest, behind));
                assert!(
                    rest.clone().any(shows),
                    "{who}: {field} shows {:?} and not {wanted:?}",
                    rest.collect::<Vec<_>>()
                );
            }
            return text;
        }
        rig.resize((scene.size.0, (height * 3).min(TALLEST)));
    }
}

/// Plays every scene of `part` with every payload; all that went wrong is named.
fn part(part: usize, of: usize) {
    let (allowed, corpus) = (Allowed::documented(), corpus::all());
    assert!(corpus.len() >= 400, "{}", corpus.len());
    let mut wrong = Vec::new();
    for scene in SCENES.iter().skip(part).step_by(of) {
        for payload in corpus.iter().filter(|payload| scene.counted || !payload.counted) {
            let played = std::panic::catch_unwind(|| play(scene, payload, &allowed));
            if let Err(why) = played {
                wrong.push(why.downcast_ref::<String>().cloned().unwrap_or_default());
            }
        }
    }
    assert!(wrong.is_empty(), "{} of the frames are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// SEC-01.
#[test]
fn every_field_is_safe_0() {
    part(0, 2);
}

/// SEC-01.
#[test]
fn every_field_is_safe_1() {
    part(1, 2);
}

/// SEC-23: what a permission covers is read to its name, however long the class is that the backend gives.
#[test]
fn a_wide_permission_names_itself_however_long_its_class_is() {
    let mut rig = Rig::new((80, 24));
    rig.say("go on");
    rig.event("message.start", "{}");
    let class = "x".repeat(5_000);
    rig.event(
        "approval.request",
        &format!(r#"{{"command": "ls", "pattern_key": "{class}", "choices": ["once", "always", "deny"]}}"#),
    );
    rig.keys("alt-r");
    rig.stage.wait(400);
    rig.keys("a");
    let rows = rig.shoot().rows;
    assert!(rows.iter().any(|row| row.contains("Allow everything of this kind")), "{}", rows.join("\n"));
}
