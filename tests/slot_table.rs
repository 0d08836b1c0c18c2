//! Every state of a slot times every event, against the table that the documentation shows; and what holds in any order.
#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use hermux::base::clock::Tick;
use hermux::supervisor::failure::Failure;
use hermux::supervisor::slot::Slot;
use hermux::supervisor::slot_table::{At, On, TABLE, render};
use hermux::supervisor::state::{Effect, Event, FAILED_STARTS, FORGIVEN_MS, LOOP_MS, State};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn ended() -> Failure {
    Failure::Ended("it ended with exit code 1".into())
}

fn at(slot: &Slot) -> At {
    At::of(slot.state(), slot.has_process())
}

/// Every event with every kind of load.
fn events(on: On) -> Vec<Event> {
    match on {
        On::Start => vec![Event::Start],
        On::Stop => vec![Event::Stop],
        On::Shutdown => vec![Event::Shutdown],
        On::Spawned => vec![Event::Spawned],
        On::SpawnFailed => {
            vec![Event::SpawnFailed(ended()), Event::SpawnFailed(Failure::NoBinary("hermes".into()))]
        }
        On::Announced => vec![Event::Announced],
        On::Greeted => vec![Event::Greeted],
        On::Unconnected => vec![Event::Unconnected],
        On::Heard => vec![Event::Heard],
        On::Quiet => vec![Event::Quiet],
        On::Exited => vec![Event::Exited(ended()), Event::Exited(Failure::UnknownProfile)],
        On::Unfit => vec![Event::Unfit(Failure::WrongProfile("other".into()))],
        On::Time => vec![Event::Time],
    }
}

/// Events that can be true in a state: a process must run to end, a connection must stand to be lost.
fn is_possible(at: At, on: On) -> bool {
    let process = matches!(at, At::Waking | At::Live | At::Degraded | At::Redialing | At::Stopping);
    match on {
        On::Spawned | On::SpawnFailed => at == At::Queued,
        On::Start | On::Stop | On::Shutdown | On::Time => true,
        _ => process,
    }
}

/// Walks from cold through everything that can happen, `depth` steps deep; each step at the slot's own time and at once.
fn walk(depth: usize, mut see: impl FnMut(&Slot, &Event, Tick, &Slot, &[Effect])) {
    let mut seen = BTreeSet::new();
    let mut edge = vec![(Slot::new(1), Tick(1_000))];
    for _ in 0..depth {
        let mut next = Vec::new();
        for (slot, now) in edge {
            for on in On::ALL.into_iter().filter(|on| is_possible(at(&slot), *on)) {
                for event in events(on) {
                    let now = match slot.due() {
                        Some(due) if on == On::Time => due.max(now),
                        _ => now,
                    };
                    let mut after = slot.clone();
                    let effects = after.on(event.clone(), now);
                    see(&slot, &event, now, &after, &effects);
                    // One of each kind, counters included, is enough to go on from; times are not kinds.
                    if seen.insert(format!("{:?}", kind(&after, now))) {
                        next.push((after, now));
                    }
                }
            }
        }
        edge = next;
    }
}

/// A slot without its times and its chance.
fn kind(slot: &Slot, now: Tick) -> String {
    let text = format!("{slot:?}");
    let without = text.split("jitter").next().unwrap().to_owned() + text.split("child").nth(1).unwrap();
    let mut plain = String::new();
    for part in without.split("Tick(") {
        plain.push_str(part.split_once(')').map_or(part, |(_, rest)| rest));
    }
    plain + if slot.due().is_some_and(|due| due <= now) { " due" } else { "" }
}

/// REL-01: what the slot does is what the table says, and all of it.
#[test]
fn each_state_and_event_leads_where_the_table_says() {
    let mut reached: BTreeMap<(At, On), BTreeSet<At>> = BTreeMap::new();
    walk(14, |before, event, _, after, effects| {
        let (from, on, to) = (at(before), On::of(event), at(after));
        if let Some(row) = TABLE.iter().find(|row| (row.at, row.on) == (from, on)) {
            // A deadline that is not there, or an event that comes twice, changes nothing.
            let idle = from == to && effects.is_empty();
            assert!(row.to.contains(&to) || idle, "{from:?} on {event:?}: {to:?}\n{before:?}\n{after:?}");
        } else {
            assert_eq!(from, to, "{from:?} on {event:?} is not in the table\n{before:?}");
            assert!(effects.is_empty(), "{from:?} on {event:?} does {effects:?}, which is not in the table");
        }
        reached.entry((from, on)).or_default().insert(to);
    });
    for row in TABLE {
        let seen = reached.get(&(row.at, row.on)).cloned().unwrap_or_default();
        for to in row.to {
            assert!(seen.contains(to), "{:?} on {:?} never led to {to:?}", row.at, row.on);
        }
    }
    assert!(At::ALL.iter().all(|at| TABLE.iter().any(|row| row.at == *at)), "each state has a way out");
}

/// REL-01: the documentation shows the table as it is.
#[test]
fn the_documentation_shows_this_table() {
    let doc = include_str!("../docs/SUPERVISION.md");
    assert!(doc.contains(&render()), "docs/SUPERVISION.md should have:\n{}", render());
}

/// REL-02
#[test]
fn a_loop_is_forgiven_after_ten_good_minutes_and_by_the_person() {
    let mut slot = Slot::new(1);
    let mut now = Tick(0);
    slot.on(Event::Start, now);
    for _ in 0..FAILED_STARTS {
        slot.on(Event::Spawned, now);
        slot.on(Event::Exited(ended()), now);
        now = slot.due().unwrap();
        if at(&slot) == At::Restarting {
            slot.on(Event::Time, now);
        }
    }
    assert_eq!(*slot.state(), State::Stuck { failure: ended(), again: Some(now) });
    let up = |slot: &mut Slot, now| {
        slot.on(Event::Time, now);
        slot.on(Event::Spawned, now);
        slot.on(Event::Announced, now);
        slot.on(Event::Greeted, now);
        slot.on(Event::Heard, now);
        assert_eq!(*slot.state(), State::Live);
    };
    up(&mut slot, now);
    // Not forgiven yet: one more end and it is stuck again.
    let mut bad = slot.clone();
    bad.on(Event::Exited(ended()), now.plus(1_000));
    assert_eq!(at(&bad), At::Stuck);
    assert_eq!(bad.due(), Some(now.plus(1_000 + LOOP_MS)));
    // By time: the next end is the first again.
    let good = slot.due().unwrap();
    assert_eq!(good, now.plus(FORGIVEN_MS));
    slot.on(Event::Time, good);
    assert_eq!(slot.due(), None, "nothing is waited for in health");
    slot.on(Event::Exited(ended()), good);
    assert_eq!(at(&slot), At::Restarting);
    assert_eq!(slot.due(), Some(good), "and mended at once");
    // By the person.
    bad.on(Event::Start, now);
    up(&mut bad, now);
    bad.on(Event::Exited(ended()), now);
    assert_eq!(at(&bad), At::Restarting);
}

fn any_event() -> impl Strategy<Value = (usize, usize, u64)> {
    (0..On::ALL.len(), 0..2_usize, prop_oneof![Just(0_u64), 1..2_000_u64, 10_000..700_000_u64])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// ASK-70, ASK-71, A18, REL-25: whatever comes in whatever order, there is at most one process, none is asked for while one
    /// is there or was asked for, and none after a shutdown; a dial needs a process that said its port.
    #[test]
    fn in_any_order_there_is_one_process_and_none_after_a_shutdown(list in prop::collection::vec(any_event(), 1..200)) {
        let mut slot = Slot::new(3);
        let mut now = Tick(0);
        let (mut asked, mut latched, mut announced) = (false, false, false);
        for (on, load, later) in list {
            let on = On::ALL[on];
            if !is_possible(at(&slot), on) {
                continue;
            }
            now = now.plus(later);
            let loads = events(on);
            let event = loads[load % loads.len()].clone();
            match event {
                Event::Spawned => {
                    prop_assert!(asked, "nobody asked for this one");
                    asked = false;
                    announced = false;
                }
                Event::SpawnFailed(_) => asked = false,
                Event::Announced => announced = true,
                Event::Shutdown => latched = true,
                _ => {}
            }
            let had = slot.has_process() && on != On::Exited;
            for effect in slot.on(event.clone(), now) {
                match effect {
                    Effect::Spawn => {
                        prop_assert!(!latched, "after a shutdown");
                        prop_assert!(!had && !slot.has_process(), "a second process");
                        prop_assert!(!asked, "asked for twice");
                        asked = true;
                    }
                    Effect::CancelSpawn => asked = false,
                    Effect::Dial => prop_assert!(slot.has_process() && announced),
                    Effect::Ask | Effect::Kill => prop_assert!(slot.has_process()),
                    Effect::HangUp => {}
                }
            }
            prop_assert_eq!(asked, at(&slot) == At::Queued, "on {:?}", event);
            if latched {
                prop_assert!(matches!(at(&slot), At::Cold | At::Stopping), "{:?}", slot.state());
            }
        }
    }
}
