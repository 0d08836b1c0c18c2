use super::*;

fn call(n: u64) -> Whose {
    Whose::Call(CallId(n), Expect::Done)
}

/// CHECK 56: answers come in any order.
#[test]
fn an_answer_finds_its_call_by_id_and_only_once() {
    let mut pending = Pending::new(Epoch(7));
    let ids: Vec<_> = (1..=3).map(|n| pending.open(call(n), Tick(n))).collect();
    assert_eq!(pending.take(&ids[2]), Some(call(3)));
    assert_eq!(pending.take(&ids[0]), Some(call(1)));
    assert_eq!(pending.take(&ids[0]), None);
    assert_eq!(pending.lost(), [call(2)]);
    assert_eq!(pending.next_deadline(), None);
}

#[test]
fn an_id_of_another_connection_finds_nothing() {
    let mut old = Pending::new(Epoch(1));
    let mut new = Pending::new(Epoch(2));
    let stale = old.open(call(1), Tick(9));
    new.open(call(2), Tick(9));
    for id in [
        stale.as_str(),
        "",
        "-",
        "1",
        "hermux2-",
        "hermux2-01",
        "hermux2--1",
        "hermux2-99999999999999999999999",
    ] {
        assert_eq!(new.take(id), None, "{id}");
    }
}

#[test]
fn a_call_is_given_up_at_its_own_deadline() {
    let mut pending = Pending::new(Epoch(1));
    pending.open(call(1), Tick(50));
    pending.open(call(2), Tick(20));
    assert_eq!(pending.next_deadline(), Some(Tick(20)));
    assert!(pending.expire(Tick(19)).is_empty());
    assert_eq!(pending.expire(Tick(20)), [call(2)]);
    assert_eq!(pending.next_deadline(), Some(Tick(50)));
}
