//! Real children with grandchildren: however a hub or a backend ends, nothing is left.
#![expect(clippy::disallowed_methods, reason = "the processes of these tests are their subject")]
#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

use hermux::base::sys::{files, process};
use hermux::guard;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A guard over a shell script, and the mark of everything below it.
struct Tree {
    guard: Child,
    mark: String,
}

/// What a tool may do to get away: another session, deaf to TERM, forked twice, stopped, without the mark.
const GETAWAYS: &str = r#"
    setsid sh -c 'trap "" TERM; echo up; while :; do sleep 1000 & wait; done' &
    (setsid sh -c 'trap "" TERM INT HUP; echo up; exec sleep 1001' &)
    env -i PATH="$PATH" setsid sh -c '(sleep 1002 & echo up) & wait' &
    sh -c 'echo up; kill -STOP $$' &
"#;
/// How many lines [`GETAWAYS`] says `up` in.
const UPS: usize = 4;

impl Tree {
    fn start(script: &str) -> Self {
        let mark = files::random_hex(16).unwrap();
        let guard = Command::new(env!("CARGO_BIN_EXE_hermux"))
            .args(["guard", "--", "sh", "-c", script])
            .env(guard::MARK, &mark)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { guard, mark }
    }

    /// Reads standard output until `lines` lines came.
    fn wait_lines(&mut self, lines: usize) -> Vec<String> {
        let stdout = BufReader::new(self.guard.stdout.as_mut().unwrap());
        stdout.lines().take(lines).map(Result::unwrap).collect()
    }

    fn pid(&self) -> i32 {
        i32::try_from(self.guard.id()).unwrap()
    }

    /// Everyone below now, to be asked for again later: also those who dropped the mark.
    fn family(&self) -> Vec<process::Proc> {
        process::descendants(self.pid())
    }

    fn ended(&mut self, bound: Duration) -> ExitStatus {
        let mut status = None;
        wait_until("the guard ended", bound, || {
            status = self.guard.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    fn nothing_is_left(&self, family: &[process::Proc]) {
        assert_eq!(process::marked(guard::MARK, &self.mark), [], "by the mark");
        let alive: Vec<_> = family.iter().filter(|p| is_alive(p)).collect();
        assert!(alive.is_empty(), "of the family: {alive:?}");
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        for one in process::marked(guard::MARK, &self.mark) {
            one.signal(rustix::process::Signal::KILL);
        }
    }
}

fn is_alive(one: &process::Proc) -> bool {
    process::Proc::of(one.pid).is_some_and(|now| now.start == one.start && !now.is_zombie())
}

fn bound(promised: Duration) -> Duration {
    if std::env::var_os("CI").is_some() { promised * 4 } else { promised * 2 }
}

fn wait_until(what: &str, promised: Duration, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + bound(promised);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::yield_now();
        let _ =
            rustix::event::poll(&mut [], Some(&rustix::event::Timespec { tv_sec: 0, tv_nsec: 5_000_000 }));
    }
}

const FIVE: Duration = Duration::from_secs(5);

/// REL-23, FLT-22
#[test]
fn the_hub_s_end_leaves_nothing_whatever_the_tools_did() {
    let mut tree = Tree::start(&format!("trap '' TERM; {GETAWAYS} wait"));
    tree.wait_lines(UPS);
    // Each said that it is up before its own child was.
    let mut family = Vec::new();
    wait_until("six processes below the guard", FIVE, || {
        family = tree.family();
        family.len() >= 6
    });
    drop(tree.guard.stdin.take());
    tree.ended(FIVE);
    tree.nothing_is_left(&family);
}

/// REL-23
#[test]
fn the_backend_s_end_leaves_nothing_and_its_status_is_handed_on() {
    let mut tree = Tree::start(&format!("{GETAWAYS} read line < /dev/null; exit 41"));
    // It may end before all of them are up; whoever comes up later is below all the same.
    let status = tree.ended(FIVE);
    assert_eq!(status.code(), Some(41));
    tree.nothing_is_left(&[]);

    let mut tree = Tree::start("kill -SEGV $$");
    assert_eq!(tree.ended(FIVE).code(), Some(128 + 11));
}

/// REL-23
#[test]
fn a_terminated_guard_leaves_nothing() {
    let mut tree = Tree::start(&format!("{GETAWAYS} wait"));
    tree.wait_lines(UPS);
    let family = tree.family();
    rustix::process::kill_process(
        rustix::process::Pid::from_child(&tree.guard),
        rustix::process::Signal::TERM,
    )
    .unwrap();
    tree.ended(FIVE);
    tree.nothing_is_left(&family);
}

/// REL-25: INT first, so that the backend can close its sessions.
#[test]
fn asked_to_stop_a_backend_gets_its_own_way_out() {
    let mut tree =
        Tree::start("trap 'echo closed; exit 7' INT; echo up; while :; do sleep 1000 & wait; done");
    tree.wait_lines(1);
    let family = tree.family();
    tree.guard.stdin.as_mut().unwrap().write_all(&[guard::ASK]).unwrap();
    assert_eq!(tree.wait_lines(1), ["closed"]);
    assert_eq!(tree.ended(FIVE).code(), Some(7));
    tree.nothing_is_left(&family);
}

/// REL-25: at most 8 s when asked.
#[test]
fn a_backend_deaf_to_everything_is_gone_all_the_same() {
    let mut tree = Tree::start("trap '' INT TERM; echo up; while :; do sleep 1000 & wait; done");
    tree.wait_lines(1);
    let family = tree.family();
    tree.guard.stdin.as_mut().unwrap().write_all(&[guard::ASK]).unwrap();
    assert_eq!(tree.ended(Duration::from_secs(8)).code(), Some(128 + 9));
    tree.nothing_is_left(&family);
}

/// REL-23: a guard that is itself killed takes the backend along; what else is left carries the mark, for the hub to end.
#[test]
fn a_killed_guard_takes_the_backend_along() {
    let mut tree = Tree::start("echo $$; exec sleep 1000");
    let backend = process::Proc::of(tree.wait_lines(1)[0].parse().unwrap()).unwrap();
    tree.guard.kill().unwrap();
    assert_eq!(tree.ended(FIVE).signal(), Some(9));
    wait_until("the backend ended", FIVE, || !is_alive(&backend));
}

/// REL-23: standard input null, umask 077, own session, nobody else's descriptors.
#[test]
fn a_backend_starts_clean() {
    let (_ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    // A descriptor that is not closed on exec, as a shell's redirection leaves it.
    rustix::io::fcntl_setfd(&theirs, rustix::io::FdFlags::empty()).unwrap();
    let mut tree = Tree::start(
        "readlink /proc/$$/fd/0; umask; ls /proc/$$/fd | tr '\\n' ' '; echo; cut -d' ' -f5,6,7 /proc/$$/stat; echo $$",
    );
    let lines = tree.wait_lines(5);
    assert_eq!(&lines[..3], ["/dev/null", "0077", "0 1 2 "], "standard input, umask, descriptors");
    assert_eq!(lines[3], format!("{} {} 0", lines[4], tree.pid()), "group, session and terminal");
    tree.ended(FIVE);
}

/// REL-26: whoever is adopted is also buried, while the backend goes on.
#[test]
fn an_adopted_child_that_ends_leaves_no_zombie() {
    let mut tree = Tree::start("for i in 1 2 3 4 5 6 7 8; do (true &); done; echo up; exec sleep 1000");
    tree.wait_lines(1);
    let children = format!("/proc/{0}/task/{0}/children", tree.pid());
    wait_until("the backend is the guard's only child", Duration::from_secs(1), || {
        std::fs::read_to_string(&children).unwrap().split_whitespace().count() == 1
    });
    tree.guard.stdin.take();
    tree.ended(FIVE);
}

#[test]
fn what_cannot_be_started_has_an_exit_code_of_its_own_and_a_reason() {
    for (program, code) in [
        ("/nonexistent/program", guard::NOT_FOUND),
        (concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), guard::NOT_RUN),
    ] {
        let mut tree = Tree { guard: guard_over(program), mark: "none".into() };
        assert_eq!(tree.ended(FIVE).code(), Some(i32::from(code)), "{program}");
        let mut said = String::new();
        tree.guard.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.contains("cannot start the backend"), "{said}");
    }
}

fn guard_over(program: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_hermux"))
        .args(["guard", "--", program])
        .process_group(0)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}
