//! What a frame costs when a terminal has a long transcript: as much as with a short one. The transcript is read as a person
//! reads it, page by page to its beginning.

mod rig;

use divan::Bencher;
use rig::Rig;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

fn main() {
    divan::main();
}

fn lengths() -> Vec<usize> {
    if rig::measuring() { vec![1_000, 10_000, 100_000] } else { vec![1_000] }
}

thread_local! {
    static RIGS: RefCell<BTreeMap<usize, Rc<RefCell<Rig>>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The same for both benches.
fn rig_of(messages: usize) -> Rc<RefCell<Rig>> {
    RIGS.with_borrow_mut(|rigs| {
        let made = || Rc::new(RefCell::new(Rig::paged(messages)));
        Rc::clone(rigs.entry(messages).or_insert_with(made))
    })
}

/// In the middle, three rows up and three down again by turns.
#[divan::bench(args = lengths(), sample_size = 2, sample_count = 500)]
fn a_scroll(bencher: Bencher<'_, '_>, messages: usize) {
    let rig = rig_of(messages);
    let mut up = false;
    bencher
        .with_inputs(|| {
            up = !up;
            rig.borrow_mut().pane().scroll = if up { -3 } else { 3 };
        })
        .bench_local_values(|()| rig.borrow_mut().draw());
}

/// In the middle, a page down and a page up: every row is another, and laid out anew.
#[divan::bench(args = lengths(), sample_size = 2, sample_count = 500)]
fn b_page(bencher: Bencher<'_, '_>, messages: usize) {
    let rig = rig_of(messages);
    let mut up = false;
    bencher
        .with_inputs(|| {
            up = !up;
            rig.borrow_mut().pane().pages = if up { -1 } else { 1 };
        })
        .bench_local_values(|()| rig.borrow_mut().draw());
}

/// Nothing changed and nothing is written: what it takes to find that out.
#[divan::bench(args = lengths(), sample_size = 1, sample_count = 500)]
fn c_still(bencher: Bencher<'_, '_>, messages: usize) {
    let rig = rig_of(messages);
    bencher.bench_local(|| rig.borrow_mut().draw());
}
