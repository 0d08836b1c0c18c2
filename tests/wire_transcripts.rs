//! Every recorded conversation with a real Hermes 0.19, replayed: what hermux would have asked is registered, what the backend
//! said is decoded, and nothing of it may be unknown.

#[cfg(test)]
#[path = "common/picture.rs"]
mod picture;
#[cfg(test)]
#[path = "common/reenact.rs"]
mod reenact;
#[cfg(test)]
#[path = "common/transcript.rs"]
mod transcript;

use hermux::{
    model::agent::{Capabilities, Fact, Reply, UNREADABLE},
    wire::{Out, oddity::Oddity},
};
use transcript::Replay;

#[test]
fn every_recorded_frame_is_understood() {
    let mut replies = 0;
    let mut facts = 0;
    for replay in Replay::all() {
        let name = &replay.name;
        for step in &replay.steps {
            for out in &step.outs {
                match out {
                    Out::Fact { fact: Fact::Unknown { kind }, .. } => panic!("{name}: unknown {kind:?}"),
                    Out::Fact { live, fact } => {
                        facts += 1;
                        assert!(live.is_some(), "{name}: nobody's {fact:?}");
                    }
                    Out::Reply { reply: Reply::Failed { code: UNREADABLE, message }, .. } => {
                        panic!("{name}: {message:?} in {}", step.text)
                    }
                    Out::Reply { .. } => replies += 1,
                    Out::WrongProfile { .. } | Out::Disconnect { .. } | Out::Learned { .. } => {
                        panic!("{name}: {out:?}")
                    }
                    Out::Up { capabilities } => assert_eq!(*capabilities, Capabilities::default(), "{name}"),
                    Out::Send(_) | Out::Log { .. } => {}
                }
            }
        }
        for (what, field, times) in replay.oddities {
            // Answers to requests that hermux never makes, and to the recorder's malformed ones.
            assert_eq!(what, Oddity::Reply, "{name}: {field} {times} times");
        }
    }
    assert!(replies > 350 && facts > 2900, "the recordings were read: {replies} replies, {facts} facts");
}

#[test]
fn every_registered_call_is_answered_once() {
    for replay in Replay::all() {
        for (call, replies) in &replay.answered {
            assert_eq!(*replies, 1, "{}: {call:?}", replay.name);
        }
    }
}

/// I09, INV12, M5: when Hermes compresses a conversation into a new id, by hand or by itself, it is the same session in the same
/// tab, and what it is pinned and listed by stays what it was.
#[test]
fn a_recorded_rotation_moves_row_pin_and_tab_together() {
    let rotates = ["34-compress-rotate-manual", "35-compress-rotate-automatic"];
    let mut seen = 0;
    for play in reenact::all().into_iter().filter(|play| rotates.contains(&play.name.as_str())) {
        let (session, first, lineage, tab) = &play.ids[0];
        let (_, last, ..) = play.ids.last().unwrap();
        assert!(first != last && last.is_some(), "{}: it rotated", play.name);
        for (other, _, root, place) in &play.ids {
            assert_eq!((other, root, place), (session, lineage, tab), "{}", play.name);
        }
        assert_eq!(play.pins(), [lineage.clone().unwrap()], "{}", play.name);
        seen += 1;
    }
    assert_eq!(seen, rotates.len());
}

/// I2 holds after every step of it.
#[test]
fn every_recording_ends_as_it_ended() {
    for play in reenact::all() {
        insta::assert_snapshot!(play.name.clone(), play.text);
    }
}
