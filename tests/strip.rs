//! The strip, its gestures and the dialogs of profiles: (screen, keys and mouse) → (commands, screen), on a simulated clock.

mod stage;

use hermux::base::ids::SessionId;
use hermux::proto::Command;
use hermux::proto::command::CloseRunning;
use hermux::ui::state::Hit;
use hermux::ui::state::layer::Layer;
use stage::Stage;
use stage::worlds::busy;

const SIZE: (u16, u16) = (100, 30);

fn stage() -> Stage {
    let mut stage = Stage::showing(busy(), 2, SIZE);
    stage.draw();
    stage.commands();
    stage
}

fn closes(stage: &mut Stage) -> Vec<CloseRunning> {
    let of = |command| match command {
        Command::CloseTab { running, .. } => Some(running),
        _ => None,
    };
    stage.commands().into_iter().filter_map(of).collect()
}

/// K05: Enter and Space take the marked answer; where something would be lost it is the safe one at first; Tab and arrows move the mark,
/// letters and clicks answer at once, Esc cancels.
#[test]
fn a_question_is_answered_from_anywhere_in_it_and_harms_nobody_by_enter_alone() {
    let rows: [(&str, &[CloseRunning]); 11] = [
        ("enter", &[]),
        ("space", &[]),
        ("esc", &[]),
        ("s", &[CloseRunning::Stop]),
        ("k", &[CloseRunning::Keep]),
        ("up enter", &[CloseRunning::Keep]),
        ("tab space", &[CloseRunning::Stop]),
        ("right right enter", &[CloseRunning::Keep]),
        ("left left enter", &[CloseRunning::Stop]),
        ("down down down enter", &[]),
        ("shift-tab enter", &[CloseRunning::Keep]),
    ];
    for (keys, said) in rows {
        let mut stage = stage();
        stage.keys("ctrl-x w");
        let shown = stage.draw();
        assert!(shown.contains("› c  cancel"), "{keys}: the mark is not on the safe answer\n{shown}");
        stage.keys(keys);
        assert_eq!(closes(&mut stage), said, "{keys}");
        assert!(stage.ui.layer.is_none(), "{keys}");
    }
    let mut stage = stage();
    stage.keys("ctrl-x w");
    stage.click(&Hit::Option(1));
    assert_eq!(closes(&mut stage), [CloseRunning::Keep]);
}

/// K05: what loses nothing is confirmed by Enter at once.
#[test]
fn a_harmless_question_is_marked_on_its_answer() {
    let mut stage = stage();
    let mut world = stage.mirror.world().clone();
    world.sessions.get_mut(&SessionId(2)).unwrap().info.yolo = true;
    stage.welcome(world, Some(2));
    stage.commands();
    stage.ui.layer = None;
    stage.keys("ctrl-p");
    stage.type_text("approval bypass");
    stage.keys("enter");
    assert!(matches!(stage.ui.layer, Some(Layer::Dialog(_))));
    stage.commands();
    stage.keys("enter");
    assert_eq!(stage.commands(), [Command::SetYolo { session: SessionId(2), on: false }]);
}
