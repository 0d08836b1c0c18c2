//! What the recordings of a real Hermes 0.19 show, held against what hermux makes of them: each test names the fact of the protocol
//! that a client must handle.

#[cfg(test)]
#[path = "common/transcript.rs"]
mod transcript;

use hermux::{
    model::{
        agent::{Fact, Reply, Submitted, TurnOutcome},
        prompt::PromptKind,
        tool::ToolState,
    },
    wire::Out,
};
use transcript::Replay;

fn is_approval(fact: &Fact) -> bool {
    matches!(fact, Fact::Asked(request) if matches!(request.kind, PromptKind::Approval { .. }))
}

fn position(facts: &[&Fact], wanted: impl Fn(&Fact) -> bool) -> usize {
    facts.iter().position(|fact| wanted(fact)).unwrap_or(facts.len())
}

/// CHECK 2.
#[test]
fn approvals_come_without_an_id_and_with_their_choices() {
    let mut seen = 0;
    for replay in ["06", "38"].map(Replay::numbered) {
        for fact in replay.facts() {
            let Fact::Asked(request) = fact else { continue };
            let PromptKind::Approval { choices, command, pattern, .. } = &request.kind else {
                panic!("{request:?}")
            };
            assert!(request.id.is_none() && !command.is_empty() && !pattern.is_empty());
            let choices: Vec<_> = choices.iter().map(hermux::base::text::Untrusted::raw).collect();
            assert_eq!(choices, ["once", "session", "always", "deny"]);
            seen += 1;
        }
    }
    assert_eq!(seen, 7);
}

/// CHECK 3.
#[test]
fn an_approval_that_waits_is_invisible_after_a_reconnect() {
    let replay = Replay::numbered("25");
    let outs: Vec<_> = replay.outs().collect();
    let asked =
        outs.iter().position(|out| matches!(out, Out::Fact { fact, .. } if is_approval(fact))).unwrap();
    let built = outs[asked..].iter().find_map(|out| match out {
        Out::Reply { reply: Reply::Built(built), .. } => Some(built),
        _ => None,
    });
    let built = built.unwrap();
    assert_eq!((built.running, built.waiting), (Some(true), false));
    assert_eq!(
        outs.iter().filter(|out| matches!(out, Out::Fact { fact, .. } if is_approval(fact))).count(),
        1
    );
    // The text so far comes back, and a question that waits is at least hinted at.
    let inflight = |out: &&Out| matches!(out, Out::Reply { reply: Reply::Built(built), .. } if built.inflight.as_ref().is_some_and(|turn| turn.assistant.raw().starts_with("word0 ")));
    assert!(outs.iter().any(inflight));
    assert!(
        outs.iter().any(|out| matches!(out, Out::Reply { reply: Reply::Built(built), .. } if built.waiting))
    );
}

/// CHECK 4.
#[test]
fn an_approval_times_out_without_an_event_and_a_late_answer_settles_nothing() {
    let replay = Replay::numbered("07");
    let facts = replay.facts();
    let asked = position(&facts, is_approval);
    assert!(!facts.iter().any(|fact| matches!(fact, Fact::Withdrawn { .. })));
    let ended = facts[asked..].iter().find_map(|fact| match fact {
        Fact::ToolFinished(result) => Some(&result.state),
        _ => None,
    });
    assert!(
        matches!(ended, Some(ToolState::Blocked(why)) if why.raw().starts_with("Command timed out")),
        "{ended:?}"
    );
    assert!(replay.replies().contains(&&Reply::Approved(0)));
}

/// CHECK 5, CHECK 6.
#[test]
fn a_late_answer_is_too_late_in_every_kind() {
    let clarify = Replay::numbered("44");
    assert!(!clarify.facts().iter().any(|fact| matches!(fact, Fact::Withdrawn { .. })));
    assert!(clarify.replies().contains(&&Reply::TooLate));
    let sudo = Replay::numbered("43");
    let facts = sudo.facts();
    let Fact::Asked(request) = facts[position(&facts, |fact| matches!(fact, Fact::Asked(_)))] else {
        panic!()
    };
    let expired = |fact: &Fact| matches!(fact, Fact::Withdrawn { request: which, expired: true, .. } if Some(which) == request.id.as_ref());
    assert!(facts.iter().any(|fact| expired(fact)));
    assert!(sudo.replies().contains(&&Reply::TooLate));
}

/// CHECK 10.
#[test]
fn an_interrupt_denies_the_approval_that_waits() {
    let replay = Replay::numbered("38");
    let outs: Vec<_> = replay.outs().collect();
    let last =
        outs.iter().rposition(|out| matches!(out, Out::Fact { fact, .. } if is_approval(fact))).unwrap();
    assert!(outs[last..].iter().any(|out| matches!(out, Out::Reply { reply: Reply::Interrupted, .. })));
    let ended = |out: &&Out| {
        matches!(out, Out::Fact { fact: Fact::TurnEnded { outcome: TurnOutcome::Interrupted, .. }, .. })
    };
    assert!(outs[last..].iter().any(ended));
    assert!(!outs[last..].iter().any(|out| matches!(out, Out::Fact { fact: Fact::Withdrawn { .. }, .. })));
}

/// CHECK 11, CHECK 26.
#[test]
fn a_plain_turn_starts_before_its_answer_and_is_titled_by_its_stored_id() {
    let replay = Replay::numbered("01");
    let outs: Vec<_> = replay.outs().collect();
    let at = |wanted: &dyn Fn(&Out) -> bool| outs.iter().position(|out| wanted(out)).unwrap();
    let started = at(&|out| matches!(out, Out::Fact { fact: Fact::TurnStarted, .. }));
    let answered = at(&|out| matches!(out, Out::Reply { reply: Reply::Submitted(Submitted::Streaming), .. }));
    assert!(started < answered);
    let Some(Reply::Built(built)) = replay.replies().first().copied() else { panic!() };
    let titled = replay.facts().into_iter().find_map(|fact| match fact {
        Fact::Titled { stored, .. } => stored.as_ref(),
        _ => None,
    });
    assert_eq!(titled, built.stored.as_ref());
}

/// CHECK 12.
#[test]
fn a_turn_may_fail_without_an_end() {
    let refused = Replay::numbered("39");
    let facts = refused.facts();
    let failed = position(&facts, |fact| matches!(fact, Fact::Failed(_)));
    assert!(matches!(facts[failed + 1], Fact::Info(info) if info.running == Some(false)));
    let started = facts[..failed].iter().rposition(|fact| matches!(fact, Fact::TurnStarted)).unwrap();
    assert!(!facts[started..failed].iter().any(|fact| matches!(fact, Fact::TurnEnded { .. })));
    let no_agent = Replay::numbered("37");
    assert!(
        no_agent
            .facts()
            .iter()
            .any(|fact| matches!(fact, Fact::Failed(why) if why.raw().contains("No inference provider")))
    );
    assert!(!no_agent.facts().iter().any(|fact| matches!(fact, Fact::TurnEnded { .. })));
    assert!(no_agent.replies().contains(&&Reply::ProviderConfigured(false)));
}

/// CHECK 13, CHECK 14.
#[test]
fn the_end_of_a_tool_turn_says_the_last_step_only() {
    let replay = Replay::numbered("04");
    let facts = replay.facts();
    let ended = position(&facts, |fact| matches!(fact, Fact::TurnEnded { .. }));
    let mut streamed = String::new();
    let mut breaks = 0;
    for fact in &facts[..ended] {
        if let Fact::Text { text, step_break } = fact {
            streamed.push_str(text.raw());
            breaks += usize::from(*step_break);
            assert_eq!(*step_break, text.raw().starts_with("\n\n"));
        }
    }
    let Fact::TurnEnded { text: Some(last), .. } = facts[ended] else { panic!() };
    assert!(breaks > 0 && streamed.len() > last.len());
    assert!(streamed.trim_end().ends_with(&format!("\n\n{}", last.raw())));
    let without_text =
        |fact: &&Fact| matches!(fact, Fact::TurnEnded { text: None, outcome: TurnOutcome::Interrupted, .. });
    assert!(Replay::numbered("38").facts().iter().any(without_text));
}

/// CHECK 15, CHECK 16.
#[test]
fn repetitions_are_marked_or_left_out() {
    let replay = Replay::numbered("01");
    let facts = replay.facts();
    let text: String = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Text { text, .. } => Some(text.raw()),
            _ => None,
        })
        .collect();
    assert!(facts.iter().any(|fact| matches!(fact, Fact::ReasoningWhole(whole) if whole.raw() == text)));
    for replay in Replay::all() {
        assert!(
            !replay.facts().iter().any(|fact| matches!(fact, Fact::StepText(_))),
            "all of them were streamed"
        );
    }
}

/// CHECK 18, CHECK 21.
#[test]
fn a_turn_that_starts_by_itself_starts_twice() {
    let replay = Replay::numbered("04");
    let facts = replay.facts();
    assert!(facts.iter().any(|fact| matches!(fact, Fact::ProcessOutput { chunk, .. } if !chunk.is_empty())));
    let notified =
        position(&facts, |fact| matches!(fact, Fact::Status { kind, .. } if kind.raw() == "process"));
    let starts = facts[notified..].iter().take_while(|fact| !matches!(fact, Fact::TurnEnded { .. }));
    assert_eq!(starts.filter(|fact| matches!(fact, Fact::TurnStarted)).count(), 2);
}

/// CHECK 19.
#[test]
fn children_work_on_after_their_parents_turn() {
    let replay = Replay::numbered("15");
    let outs: Vec<_> = replay.outs().collect();
    let live_of = |out: &Out| match out {
        Out::Fact { live, .. } => live.clone(),
        _ => None,
    };
    let ended =
        outs.iter().position(|out| matches!(out, Out::Fact { fact: Fact::TurnEnded { .. }, .. })).unwrap();
    let after = outs[ended..].iter().filter(|out| matches!(out, Out::Fact { fact: Fact::Subagent(_), .. }));
    let after: Vec<_> = after.collect();
    assert!(after.len() > 2);
    assert!(after.iter().all(|out| live_of(out) == live_of(outs[ended])));
}

/// CHECK 20.
#[test]
fn retries_are_told_in_one_burst_before_the_end() {
    let replay = Replay::numbered("17");
    let facts = replay.facts();
    let status =
        facts.iter().filter(|fact| matches!(fact, Fact::Status { kind, .. } if kind.raw() == "lifecycle"));
    assert!(status.count() > 1);
    assert!(
        facts
            .iter()
            .any(|fact| matches!(fact, Fact::TurnEnded { outcome: TurnOutcome::Error, text: Some(_), .. }))
    );
}

/// CHECK 22, CHECK 23.
#[test]
fn a_call_of_an_unknown_tool_is_announced_and_never_starts() {
    let replay = Replay::numbered("33");
    let facts = replay.facts();
    let count = |wanted: &dyn Fn(&Fact) -> bool| facts.iter().filter(|fact| wanted(fact)).count();
    let announced = count(&|fact| matches!(fact, Fact::ToolAnnounced(_)));
    let started = count(&|fact| matches!(fact, Fact::ToolStarted { .. }));
    let finished = count(&|fact| matches!(fact, Fact::ToolFinished(_)));
    assert!(announced > started && started == finished, "{announced} {started} {finished}");
    assert_eq!(
        count(
            &|fact| matches!(fact, Fact::ToolFinished(result) if matches!(result.state, ToolState::Failed(_)))
        ),
        2
    );
}

/// CHECK 24.
#[test]
fn a_diff_is_plain_whether_it_came_plain_or_coloured() {
    let replay = Replay::numbered("05");
    let diffs: Vec<_> = replay
        .facts()
        .into_iter()
        .filter_map(|fact| match fact {
            Fact::ToolFinished(result) => {
                let plain = |diff: &str| diff.starts_with("--- a/") && !diff.contains(['\u{1b}', '┊']);
                result.diff.as_ref().map(|diff| (result.name.raw(), plain(diff.raw())))
            }
            _ => None,
        })
        .collect();
    assert_eq!(diffs, [("write_file", true), ("patch", true)]);
}

/// CHECK 27.
#[test]
fn a_context_is_unknown_until_it_was_measured() {
    let replay = Replay::numbered("24");
    let measured: Vec<_> = replay
        .facts()
        .into_iter()
        .filter_map(|fact| match fact {
            Fact::Info(info) => info.usage.as_ref().map(|usage| usage.context_used.is_some()),
            _ => None,
        })
        .collect();
    assert!(measured.contains(&true) && measured.contains(&false));
}

/// CHECK 28, CHECK 29.
#[test]
fn a_busy_session_says_queued_or_steered() {
    let replay = Replay::numbered("12");
    for said in [Submitted::Streaming, Submitted::Queued, Submitted::Steered] {
        assert!(replay.replies().contains(&&Reply::Submitted(said)), "{said:?}");
    }
}

/// CHECK 33.
#[test]
fn undo_gives_the_text_back_to_the_composer() {
    let replay = Replay::numbered("20");
    assert!(
        replay.replies().iter().any(|reply| matches!(reply, Reply::Prefill { text, .. } if !text.is_empty()))
    );
    assert!(
        Replay::numbered("36")
            .replies()
            .iter()
            .any(|reply| matches!(reply, Reply::SendText { .. } | Reply::Output { .. }))
    );
}

/// CHECK 39, CHECK 40.
#[test]
fn a_stored_id_changes_under_its_live_one() {
    for number in ["34", "35"] {
        let replay = Replay::numbered(number);
        let mut ids: Vec<_> = replay
            .outs()
            .filter_map(|out| match out {
                Out::Fact { live: Some(live), fact: Fact::Info(info) } => {
                    Some((live.clone(), info.stored.clone()?))
                }
                _ => None,
            })
            .collect();
        let first = ids[0].0.clone();
        ids.retain(|(live, _)| *live == first);
        ids.dedup();
        assert!(ids.len() > 1, "{number}: {ids:?}");
    }
}

/// CHECK 44.
#[test]
fn a_session_closes_while_its_turn_goes_on() {
    let replay = Replay::numbered("41");
    let outs: Vec<_> = replay.outs().collect();
    let closed =
        outs.iter().position(|out| matches!(out, Out::Reply { reply: Reply::Closed(true), .. })).unwrap();
    let started = outs[..closed]
        .iter()
        .rposition(|out| matches!(out, Out::Fact { fact: Fact::TurnStarted, .. }))
        .unwrap();
    assert!(
        !outs[started..closed]
            .iter()
            .any(|out| matches!(out, Out::Fact { fact: Fact::TurnEnded { .. }, .. }))
    );
}

/// CHECK 49.
#[test]
fn a_reaped_session_is_not_known_by_its_live_id() {
    let replay = Replay::numbered("26");
    let codes: Vec<_> = replay
        .replies()
        .into_iter()
        .filter_map(|reply| match reply {
            Reply::Failed { code, .. } => Some(*code),
            _ => None,
        })
        .collect();
    assert_eq!(codes, [4001, 4001], "activate and submit; the resume works");
}
