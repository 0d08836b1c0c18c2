//! Properties of the registry under random interleavings: nine sessions in three profiles, each profile with a model of a
//! backend whose socket drops and whose process dies, under hubs that die, too. Everything a session's backend says carries that session's tag.
//! Failing cases are kept beside this file and run first.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

#[path = "registry_props/kept.rs"]
mod kept;
#[path = "registry_props/mirror.rs"]
mod mirror;
#[path = "registry_props/shelf.rs"]
mod shelf;
#[path = "registry_props/sim.rs"]
mod sim;
#[path = "registry_props/stay.rs"]
mod stay;
#[path = "registry_props/world.rs"]
mod world;

use proptest::{
    prelude::*,
    test_runner::{FileFailurePersistence, TestRunner},
};
use std::cell::Cell;
use world::Rig;

/// Cases a run; the same whatever the environment says.
const CASES: u32 = 800;
/// What may happen in one case, at most.
const STEPS: usize = 90;

type Op = (u8, u8, u16);

fn check(name: &'static str, cases: u32, faults: bool, hubs_die: bool) {
    let config = ProptestConfig {
        cases,
        max_shrink_iters: 4_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/registry_props/regressions.txt",
        ))),
        source_file: Some(file!()),
        test_name: Some(name),
        ..ProptestConfig::default()
    };
    let ops = proptest::collection::vec(any::<Op>(), 1..STEPS);
    let (stopped, closed, ended, died) = (Cell::new(0), Cell::new(0), Cell::new(0), Cell::new(0));
    let result = TestRunner::new(config).run(&ops, |ops| {
        let mut rig = Rig::new(faults, hubs_die);
        for op in ops {
            rig.act(op);
        }
        rig.quiesce();
        stopped.set(stopped.get() + rig.seen.stopped);
        closed.set(closed.get() + rig.seen.closed);
        ended.set(ended.get() + u32::from(rig.seen.over));
        died.set(died.get() + rig.disk.as_ref().map_or(0, |disk| disk.died));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let least = cases as usize;
    assert!(
        stopped.get() > least && closed.get() > least,
        "{} stopped, {} closed",
        stopped.get(),
        closed.get()
    );
    assert!(!hubs_die || died.get() * 2 > least, "{} hubs died", died.get());
    assert!(ended.get() >= cases, "every hub ends: {}", ended.get());
}

/// INV1 to INV7, INV11 to INV15, INV18 to INV20, INV27, INV28, I1, I2, I7, I11, SYS-05, DECISIONS 19 and 22. Without faults
/// every turn also ends exactly once.
/// DECISIONS 5, 9 and 17, A08, A11, A12.
/// A05, G07, G08, G10, I04, I18.
#[test]
fn sessions_that_interleave_never_touch_each_other() {
    check("sessions_that_interleave_never_touch_each_other", CASES, false, false);
}

/// The same with sockets that drop and processes that die, INV23, DECISIONS 12, M16: nothing is shown twice, nothing that the
/// backend has is missing, nothing is sent twice.
/// I17, I18.
#[test]
fn lost_sockets_and_processes_neither_double_nor_lose_text() {
    check("lost_sockets_and_processes_neither_double_nor_lose_text", CASES, true, false);
}

/// FLT-09, FLT-10: the same with hubs that die at any moment and disks that stall, texts in a row, edits and resends. What was
/// answered is in one place, nothing reaches a backend twice, queues keep their order.
/// SYS-1, SYS-2, REL-10, I10.
#[test]
fn a_hub_that_dies_neither_doubles_nor_loses_a_text() {
    check("a_hub_that_dies_neither_doubles_nor_loses_a_text", CASES / 2, true, true);
}
