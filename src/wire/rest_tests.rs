use super::*;
use crate::base::ids::ProfileName;
use proptest::prelude::*;

fn stored(id: &str) -> StoredId {
    StoredId::new(id).unwrap()
}

fn all() -> [Rest; 6] {
    [
        Rest::Title { stored: stored("20261121_030856_801c80"), title: "a \"b\"\n".to_owned() },
        Rest::Archive { stored: stored("20261121_030856_801c80"), on: true },
        Rest::Delete { rows: vec![stored("a"), stored("b")] },
        Rest::Switches { topic: Topic::Toolsets },
        Rest::Switch { topic: Topic::Toolsets, name: "../web".to_owned(), on: false },
        Rest::Switch { topic: Topic::Skills, name: "tidy up".to_owned(), on: true },
    ]
}

fn answer(rest: &Rest, status: u16, body: &str) -> Reply {
    read(rest, &Response { status, body: body.as_bytes().to_vec() })
}

/// J01: what a profile is for and its soul are written by its own backend.
#[test]
fn a_profiles_words_go_to_its_own_path() {
    let (profile, text) = (ProfileName::new("my-work_2").unwrap(), "a \"b\"\n".to_owned());
    let describe = Rest::Describe { profile: profile.clone(), text: text.clone() };
    let soul = Rest::Soul { profile, text };
    let said: Vec<_> =
        [&describe, &soul].map(encode).into_iter().map(|r| (r.method, r.path, r.body)).collect();
    let own = |path: &str, body: &str| ("PUT", path.to_owned(), body.to_owned());
    assert_eq!(
        said,
        [
            own("/api/profiles/my-work_2/description", r#"{"description":"a \"b\"\n"}"#),
            own("/api/profiles/my-work_2/soul", r#"{"content":"a \"b\"\n"}"#),
        ]
    );
    let done = r#"{"ok":true,"description":"a","description_auto":false}"#;
    assert_eq!(answer(&describe, 200, done), Reply::Done);
    assert_eq!(answer(&soul, 200, r#"{"ok":true}"#), Reply::Done);
    assert!(matches!(answer(&soul, 200, r#"{"ok":false}"#), Reply::Failed { .. }));
}

/// C23, DECISIONS 10.
#[test]
fn each_write_is_the_documented_request() {
    let said: Vec<_> = all().iter().map(encode).map(|r| (r.method, r.path, r.body)).collect();
    let own = |method, path: &str, body: &str| (method, path.to_owned(), body.to_owned());
    assert_eq!(
        said,
        [
            own("PATCH", "/api/sessions/20261121_030856_801c80", r#"{"title":"a \"b\"\n"}"#),
            own("PATCH", "/api/sessions/20261121_030856_801c80", r#"{"archived":true}"#),
            own("POST", "/api/sessions/bulk-delete", r#"{"ids":["a","b"]}"#),
            own("GET", "/api/tools/toolsets", ""),
            own("PUT", "/api/tools/toolsets/%2E%2E%2Fweb", r#"{"enabled":false}"#),
            own("PUT", "/api/skills/toggle", r#"{"enabled":true,"name":"tidy up"}"#),
        ]
    );
}

#[test]
fn an_id_stays_one_segment_of_the_path() {
    let odd = Rest::Archive { stored: stored("../x?a=1#%2f"), on: false };
    assert_eq!(encode(&odd).path, "/api/sessions/%2E%2E%2Fx%3Fa%3D1%23%252f");
}

#[test]
fn answers_are_read_as_what_was_asked() {
    let [title, archive, delete, ..] = all();
    let titled = answer(&title, 200, r#"{"ok":true,"title":"REST title"}"#);
    assert_eq!(titled, Reply::Titled { title: "REST title".into(), pending: false });
    assert_eq!(answer(&archive, 200, r#"{"ok":true,"title":"t","archived":true}"#), Reply::Done);
    assert_eq!(answer(&delete, 200, r#"{"ok":true,"deleted":2}"#), Reply::Deleted(2));
    let taken = answer(&title, 400, r#"{"detail":"Title 'x' is already in use by session y"}"#);
    assert_eq!(
        taken,
        Reply::Failed { code: 400, message: "Title 'x' is already in use by session y".into() }
    );
    let several = answer(&title, 422, r#"{"detail":[{"msg":"bad"}]}"#);
    assert_eq!(several, Reply::Failed { code: 422, message: "HTTP 422".into() });
    let headless = answer(&title, 404, r#"{"error":"Headless backend"}"#);
    assert_eq!(headless, Reply::Failed { code: 404, message: "Headless backend".into() });
}

/// J01.
#[test]
fn tools_and_skills_are_read_and_switched() {
    let [.., list, off, on] = all();
    let Reply::Choices(read) = answer(&list, 200, r#"[{"name":"web","label":"Web","enabled":true}]"#) else {
        panic!()
    };
    assert_eq!(read.iter().map(|one| (one.value.raw(), one.on)).collect::<Vec<_>>(), [("web", true)]);
    assert!(matches!(answer(&list, 200, "{}"), Reply::Failed { code: UNREADABLE, .. }));
    assert_eq!(answer(&off, 200, r#"{"ok":true,"name":"web","enabled":false}"#), Reply::Done);
    assert!(matches!(answer(&on, 200, r#"{"ok":true,"enabled":false}"#), Reply::Failed { .. }));
}

#[test]
fn what_is_no_answer_says_so() {
    let [title, archive, delete, ..] = all();
    for (rest, status, body) in [
        (&title, 200, "{}"),
        (&title, 200, "[]"),
        (&title, 307, "{}"),
        (&archive, 200, r#"{"ok":true,"archived":false}"#),
        (&delete, 200, r#"{"deleted":-1}"#),
        (&delete, 200, ""),
        (&delete, 204, "\u{0}"),
    ] {
        let reply = answer(rest, status, body);
        assert!(matches!(reply, Reply::Failed { code: UNREADABLE, .. }), "{status} {body}: {reply:?}");
    }
    let deep = "[".repeat(100_000);
    assert!(matches!(answer(&title, 200, &deep), Reply::Failed { code: UNREADABLE, .. }));
    let long = format!(r#"{{"detail":"{}"}}"#, "é".repeat(MAX_MESSAGE));
    let Reply::Failed { message, .. } = answer(&title, 500, &long) else { panic!() };
    assert_eq!(message.len(), MAX_MESSAGE);
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(status in 0_u16..700, body: Vec<u8>, at in 0_usize..6) {
        let rest = &all()[at];
        read(rest, &Response { status, body });
    }
}
