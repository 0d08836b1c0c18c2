//! What one delta of a stream costs hermux, step by step of its way, and that it does not depend on how many sessions are
//! open or how long their transcripts are.

mod rig;

use divan::Bencher;
use rig::Rig;
use std::{cell::RefCell, collections::BTreeMap, fmt, rc::Rc};

fn main() {
    divan::main();
}

/// Open sessions, all of them streaming, and the messages in each transcript.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Scene {
    sessions: usize,
    messages: usize,
}

impl fmt::Display for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>2} sessions of {:>6} messages", self.sessions, self.messages)
    }
}

fn scenes() -> Vec<Scene> {
    if !rig::measuring() {
        return vec![Scene { sessions: 2, messages: 10 }];
    }
    let all = [(1, 200), (10, 200), (50, 200), (10, 10), (10, 1_000), (10, 10_000)];
    all.map(|(sessions, messages)| Scene { sessions, messages }).to_vec()
}

type Shared = Rc<RefCell<Rig>>;

thread_local! {
    static RIGS: RefCell<BTreeMap<Scene, Shared>> = const { RefCell::new(BTreeMap::new()) };
}

/// The same for every bench of a scene: ten thousand messages take a while to be said.
fn rig_of(scene: Scene) -> Shared {
    RIGS.with_borrow_mut(|rigs| {
        let made = || Rc::new(RefCell::new(Rig::streaming(scene.sessions, scene.messages)));
        Rc::clone(rigs.entry(scene).or_insert_with(made))
    })
}

/// Frame text to fact.
#[divan::bench(args = scenes(), sample_size = 1, sample_count = 1000)]
fn a_decode(bencher: Bencher<'_, '_>, scene: Scene) {
    let rig = rig_of(scene);
    bencher
        .with_inputs(|| rig.borrow_mut().delta(0))
        .bench_local_values(|frame| rig.borrow_mut().decode(0, &frame));
}

/// Fact to patches of the world. The sessions take turns, as they do when all of them stream.
#[divan::bench(args = scenes(), sample_size = 1, sample_count = 1000)]
fn b_step(bencher: Bencher<'_, '_>, scene: Scene) {
    let rig = rig_of(scene);
    let mut next = 0;
    bencher
        .with_inputs(|| {
            let mut rig = rig.borrow_mut();
            next = (next + 1) % scene.sessions;
            let frame = rig.delta(next);
            (next, rig.decode(next, &frame))
        })
        .bench_local_values(|(at, outs)| rig.borrow_mut().decide(at, outs));
}

/// Patches to the terminal's own world and state.
#[divan::bench(args = scenes(), sample_size = 1, sample_count = 1000)]
fn c_mirror(bencher: Bencher<'_, '_>, scene: Scene) {
    let rig = rig_of(scene);
    bencher
        .with_inputs(|| {
            let mut rig = rig.borrow_mut();
            let frame = rig.delta(0);
            let outs = rig.decode(0, &frame);
            rig.decide(0, outs);
            rig.seal()
        })
        .bench_local_values(|update| update.map(|update| rig.borrow_mut().heard(update)));
}

/// The terminal's state to a frame's bytes, when only the message under way has changed.
#[divan::bench(args = scenes(), sample_size = 1, sample_count = 1000)]
fn d_draw(bencher: Bencher<'_, '_>, scene: Scene) {
    let rig = rig_of(scene);
    bencher
        .with_inputs(|| {
            let mut rig = rig.borrow_mut();
            let frame = rig.delta(0);
            rig.frame(0, &frame);
        })
        .bench_local_values(|()| rig.borrow_mut().draw());
}

/// All of it for a session that is shown: frame text to bytes.
#[divan::bench(args = scenes(), sample_size = 1, sample_count = 1000)]
fn e_whole_shown(bencher: Bencher<'_, '_>, scene: Scene) {
    let rig = rig_of(scene);
    bencher.with_inputs(|| rig.borrow_mut().delta(0)).bench_local_values(|frame| {
        let mut rig = rig.borrow_mut();
        rig.frame(0, &frame);
        rig.draw()
    });
}

/// All of it for a session that nobody looks at: frame text to the terminal's state.
#[divan::bench(args = scenes(), sample_size = 1, sample_count = 1000)]
fn f_whole_background(bencher: Bencher<'_, '_>, scene: Scene) {
    let rig = rig_of(scene);
    let at = scene.sessions - 1;
    bencher
        .with_inputs(|| rig.borrow_mut().delta(at))
        .bench_local_values(|frame| rig.borrow_mut().frame(at, &frame));
}

/// A frame while the message under way has so many KiB already.
#[divan::bench(args = [1, 16, 64, 240], sample_size = 1, sample_count = 100)]
fn g_draw_message_of_kib(bencher: Bencher<'_, '_>, kib: usize) {
    let kib = if rig::measuring() { kib } else { 1 };
    let mut rig = Rig::streaming(1, 10);
    let live = rig.open[0].live.clone();
    rig.lengthen(0, kib * 1024);
    let rig = RefCell::new(rig);
    bencher
        .with_inputs(|| rig.borrow_mut().frame(0, &rig::frames::delta(&live, "word ")))
        .bench_local_values(|()| rig.borrow_mut().draw());
}
