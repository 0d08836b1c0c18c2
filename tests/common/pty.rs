//! A program in a pseudo-terminal, and the screen that a person would see.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use super::{Deadline, seconds, sequences::Allowed};

/// How long a condition may take when the test promises nothing tighter.
const USUAL: Duration = seconds(20);
/// How often a condition is looked at while the screen stands still.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How the terminal answers questions about itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Says only that it is a terminal; keys come in the legacy encoding.
    Plain,
    /// Also has synchronized output and the kitty keyboard protocol.
    Modern,
}

/// What to start, in what terminal.
pub struct Launch {
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    cwd: PathBuf,
    size: (u16, u16),
    kind: Kind,
    logs: Vec<PathBuf>,
}

impl Launch {
    /// `program` in an environment that holds nothing but `PATH`, `TERM` and `LANG`, in a terminal of 120 columns
    /// and 40 rows.
    pub fn new(program: impl AsRef<OsStr>, cwd: &Path) -> Self {
        let mut launch = Self {
            program: program.as_ref().into(),
            args: Vec::new(),
            env: Vec::new(),
            cwd: cwd.into(),
            size: (120, 40),
            kind: Kind::Modern,
            logs: Vec::new(),
        };
        launch = launch.env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        launch.env("PATH", std::env::var_os("PATH").unwrap_or_default())
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().into());
        self
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().into(), value.as_ref().into()));
        self
    }

    pub fn envs(self, pairs: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        pairs.into_iter().fold(self, |launch, (name, value)| launch.env(name, value))
    }

    pub fn size(mut self, cols: u16, rows: u16) -> Self {
        self.size = (cols, rows);
        self
    }

    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// A file, or a folder of files, whose end is printed when a wait fails.
    pub fn log(mut self, path: impl Into<PathBuf>) -> Self {
        self.logs.push(path.into());
        self
    }

    pub fn start(self) -> Term {
        Term::start(self)
    }
}

/// What the program has made of its terminal so far.
pub struct Screen {
    parser: vt100::Parser<Heard>,
    raw: Vec<u8>,
    ended: Option<ExitStatus>,
    closed: bool,
    hanging_up: bool,
}

/// What a terminal takes note of beside its cells.
struct Heard {
    kind: Kind,
    title: String,
    bells: usize,
    kitty_depth: usize,
    focus_events: bool,
    /// Rows do not run on into the next.
    cut_rows: bool,
    replies: Vec<u8>,
}

impl vt100::Callbacks for Heard {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bells += 1;
    }

    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.title = String::from_utf8_lossy(title).into_owned();
    }

    fn unhandled_csi(&mut self, s: &mut vt100::Screen, i: Option<u8>, i2: Option<u8>, p: &[&[u16]], c: char) {
        let first = p.first().and_then(|p| p.first()).copied().unwrap_or(0);
        let modern = self.kind == Kind::Modern;
        match (i, i2, c) {
            (None, None, 'c') => self.replies.extend(b"\x1b[?62;22c"),
            (None, None, 'n') if first == 6 => {
                let (row, col) = s.cursor_position();
                self.replies.extend(format!("\x1b[{};{}R", row + 1, col + 1).into_bytes());
            }
            (Some(b'?'), None, 'u') if modern => self.replies.extend(b"\x1b[?0u"),
            (Some(b'?'), Some(b'$'), 'p') if modern && first == 2026 => {
                self.replies.extend(b"\x1b[?2026;2$y");
            }
            (Some(b'>'), None, 'u') => self.kitty_depth += 1,
            (Some(b'<'), None, 'u') => self.kitty_depth = self.kitty_depth.saturating_sub(1),
            (Some(b'?'), None, 'h' | 'l') if first == 7 => self.cut_rows = c == 'l',
            (Some(b'?'), None, 'h' | 'l') if first == 1004 => self.focus_events = c == 'h',
            _ => {}
        }
    }
}

impl Screen {
    pub fn vt(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// The rows, without the blanks at their ends.
    pub fn rows(&self) -> Vec<String> {
        let (_, cols) = self.vt().size();
        self.vt().rows(0, cols).map(|row| row.trim_end().to_owned()).collect()
    }

    pub fn text(&self) -> String {
        self.rows().join("\n")
    }

    pub fn has(&self, text: &str) -> bool {
        self.rows().iter().any(|row| row.contains(text))
    }

    /// Row and column of the first place where `text` stands; columns are right while no wide character precedes.
    pub fn find(&self, text: &str) -> Option<(u16, u16)> {
        self.rows().iter().enumerate().find_map(|(row, line)| {
            let at = line.find(text)?;
            Some((u16::try_from(row).ok()?, u16::try_from(line[..at].chars().count()).ok()?))
        })
    }

    pub fn title(&self) -> &str {
        &self.parser.callbacks().title
    }

    pub fn bells(&self) -> usize {
        self.parser.callbacks().bells
    }

    /// Everything the program wrote.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// What is wrong with the terminal that the program left behind; empty when it is as it was found.
    pub fn left_behind(&self) -> Vec<&'static str> {
        let (vt, heard) = (self.vt(), self.parser.callbacks());
        let wrong = [
            (vt.alternate_screen(), "alternate screen still on"),
            (vt.hide_cursor(), "cursor still hidden"),
            (vt.bracketed_paste(), "bracketed paste still on"),
            (vt.mouse_protocol_mode() != vt100::MouseProtocolMode::None, "mouse still reported"),
            (vt.application_cursor(), "application cursor keys still on"),
            (heard.focus_events, "focus events still on"),
            (heard.cut_rows, "rows still do not wrap"),
            (heard.kitty_depth > 0, "kitty keyboard flags not popped"),
        ];
        wrong.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect()
    }
}

type Shared = Arc<(Mutex<Screen>, Condvar)>;

/// A running program and its terminal. Dropping it kills the program (alone: what it started is the test's to
/// look for).
pub struct Term {
    shared: Shared,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Arc<Mutex<Box<dyn Write + Send>>>>,
    killer: Box<dyn portable_pty::ChildKiller + Send + Sync>,
    pid: u32,
    logs: Vec<PathBuf>,
    modes_before: String,
    /// This is hermux: it writes only what is listed.
    listed: bool,
}

impl Term {
    fn start(launch: Launch) -> Self {
        let (cols, rows) = launch.size;
        let pair = native_pty_system().openpty(pty_size(cols, rows)).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(&launch.program);
        command.args(&launch.args);
        command.env_clear();
        for (name, value) in &launch.env {
            command.env(name, value);
        }
        command.cwd(&launch.cwd);
        let modes_before = modes(&*pair.master);
        let mut child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let heard = Heard {
            kind: launch.kind,
            title: String::new(),
            bells: 0,
            kitty_depth: 0,
            focus_events: false,
            cut_rows: false,
            replies: Vec::new(),
        };
        let screen = Screen {
            parser: vt100::Parser::new_with_callbacks(rows, cols, 0, heard),
            raw: Vec::new(),
            ended: None,
            closed: false,
            hanging_up: false,
        };
        let shared: Shared = Arc::new((Mutex::new(screen), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = Arc::new(Mutex::new(pair.master.take_writer().expect("a writer")));
        let (read_into, replies_to) = (Arc::clone(&shared), Arc::downgrade(&writer));
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            loop {
                let n = reader.read(&mut buffer).unwrap_or(0);
                let mut screen = read_into.0.lock().expect("screen");
                screen.raw.extend_from_slice(&buffer[..n]);
                screen.parser.process(&buffer[..n]);
                let replies = std::mem::take(&mut screen.parser.callbacks_mut().replies);
                screen.closed = n == 0;
                let stop = n == 0 || screen.hanging_up;
                drop(screen);
                read_into.1.notify_all();
                if stop {
                    return;
                }
                if let (false, Some(writer)) = (replies.is_empty(), replies_to.upgrade()) {
                    let _ = writer.lock().expect("writer").write_all(&replies);
                }
            }
        });
        let (killer, pid) = (child.clone_killer(), child.process_id().expect("a pid"));
        let ended_into = Arc::clone(&shared);
        std::thread::spawn(move || {
            let status = child.wait().expect("the program can be waited for");
            ended_into.0.lock().expect("screen").ended = Some(status);
            ended_into.1.notify_all();
        });
        let (master, writer) = (Some(pair.master), Some(writer));
        let listed = Path::new(&launch.program).file_name() == Some(OsStr::new("hermux"));
        Self { shared, master, writer, killer, pid, logs: launch.logs, modes_before, listed }
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The screen as it is now. Holding it keeps the terminal from being read.
    pub fn screen(&self) -> MutexGuard<'_, Screen> {
        self.shared.0.lock().expect("screen")
    }

    /// Writes bytes as a keyboard would, in one piece.
    pub fn keys(&self, bytes: impl AsRef<[u8]>) {
        let writer = self.writer.as_ref().expect("the terminal was hung up");
        writer.lock().expect("writer").write_all(bytes.as_ref()).expect("the terminal takes keys");
    }

    pub fn enter(&self) {
        self.keys("\r");
    }

    /// Alt and a key, in the legacy encoding.
    pub fn alt(&self, key: char) {
        self.keys(format!("\x1b{key}"));
    }

    /// Ctrl and a letter.
    pub fn ctrl(&self, letter: char) {
        self.keys([letter as u8 & 0x1f]);
    }

    /// A bracketed paste.
    pub fn paste(&self, text: &str) {
        self.keys(format!("\x1b[200~{text}\x1b[201~"));
    }

    pub fn resize(&self, cols: u16, rows: u16) {
        self.screen().parser.screen_mut().set_size(rows, cols);
        self.master.as_ref().expect("the terminal was hung up").resize(pty_size(cols, rows)).expect("a size");
    }

    /// Waits until the screen is as `is` says, and fails with the screen and the logs when it never is.
    #[track_caller]
    pub fn wait_for(&self, name: &str, is: impl Fn(&Screen) -> bool) {
        self.wait_within(USUAL, name, is);
    }

    /// Like `wait_for`, with the bound that hermux promises.
    #[track_caller]
    pub fn wait_within(&self, promised: Duration, name: &str, is: impl Fn(&Screen) -> bool) {
        let deadline = Deadline::after(promised);
        let mut screen = self.screen();
        while !is(&screen) {
            let over = screen.closed && screen.ended.is_some();
            if over || deadline.passed() {
                let why = if over { "the program has ended" } else { "the time is over" };
                let state = self.describe(&screen);
                drop(screen);
                panic!("{name}: {why}\n{state}");
            }
            // What is waited for may also be a process or a file, which wakes nobody.
            screen = self.shared.1.wait_timeout(screen, deadline.left().min(LOOK_AGAIN)).expect("screen").0;
        }
    }

    #[track_caller]
    pub fn wait_text(&self, text: &str) {
        self.wait_for(&format!("{text:?} is on the screen"), |s| s.has(text));
    }

    /// Waits for the end of the program, and of what it wrote.
    #[track_caller]
    pub fn wait_end(&self, promised: Duration) -> ExitStatus {
        let deadline = Deadline::after(promised);
        let mut screen = self.screen();
        loop {
            // Processes that hold the terminal open longer do not hide the end.
            if let Some(status) = screen.ended.clone() {
                let drained = Deadline::after(seconds(1));
                while !screen.closed && !drained.passed() {
                    screen = self.shared.1.wait_timeout(screen, drained.left()).expect("screen").0;
                }
                return status;
            }
            if deadline.passed() {
                let state = self.describe(&screen);
                drop(screen);
                panic!("the program has not ended\n{state}");
            }
            screen = self.shared.1.wait_timeout(screen, deadline.left()).expect("screen").0;
        }
    }

    /// Takes the terminal away, as a closed window or a lost connection does. The program must draw after a
    /// resize, or the terminal stays.
    pub fn hang_up(&mut self) {
        self.screen().hanging_up = true;
        let (rows, cols) = self.screen().vt().size();
        let master = self.master.take().expect("the terminal was hung up");
        master.resize(pty_size(cols - 1, rows)).expect("a size");
        self.writer = None;
    }

    /// The terminal's line modes, as the program left them, if they are not those it found.
    pub fn modes_changed(&self) -> Option<String> {
        let now = modes(&**self.master.as_ref().expect("the terminal was hung up"));
        (now != self.modes_before).then(|| format!("before: {}\nafter: {now}", self.modes_before))
    }

    pub fn kill(&mut self) {
        let _ = self.killer.kill();
    }

    fn describe(&self, screen: &Screen) -> String {
        let rows = screen.rows();
        let width = usize::from(screen.vt().size().1);
        let mut text = format!("title {:?}, pid {}, ended {:?}\n", screen.title(), self.pid, screen.ended);
        let edge = "─".repeat(width);
        text += &[format!("┌{edge}┐"), rows.join("\n"), format!("└{edge}┘")].join("\n");
        for log in &self.logs {
            text += &tail(log);
        }
        text
    }
}

impl Drop for Term {
    /// Everything that hermux wrote is on the list (SEC-02): no test can forget to look.
    fn drop(&mut self) {
        if self.screen().ended.is_none() {
            self.kill();
        }
        if !self.listed || std::thread::panicking() {
            return;
        }
        let screen = self.screen();
        let killed = screen.ended.as_ref().is_none_or(|status| status.signal().is_some());
        let wrong = Allowed::documented().read(&screen.raw, killed || screen.hanging_up).err();
        drop(screen);
        assert!(
            wrong.is_none(),
            "hermux wrote what is not on the list of docs/UI.md: {}",
            wrong.unwrap_or_default()
        );
    }
}

/// The end of a log, or of every file under a folder of logs.
pub fn tail(path: &Path) -> String {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path()).collect();
        entries.sort();
        return entries.iter().map(|p| tail(p)).collect();
    }
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text[text.len().saturating_sub(4000)..]).into_owned();
    format!("\n--- the end of {}\n{text}", path.display())
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn modes(master: &dyn MasterPty) -> String {
    master.get_termios().map_or_else(String::new, |t| {
        format!("{:?} {:?} {:?} {:?}", t.input_flags, t.output_flags, t.control_flags, t.local_flags)
    })
}
