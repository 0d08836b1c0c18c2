//! While the person is in an editor of their own: the terminal is given back whole and taken again after, hub and sessions go on, nothing is
//! drawn and nothing read (UX-09).

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Stdio;

use super::Loop;
use crate::base::clock::Tick;
use crate::base::sys::files;
use crate::ui::action::Edited;
use crate::ui::term::{self, TermError};
use crate::ui::update;

/// What is used where the person named no editor.
const USUAL: &str = "vi";

/// A text that came back.
pub(super) struct Back {
    of: Edited,
    text: Result<Option<String>, String>,
}

impl Loop {
    /// Gives the terminal to the person's editor. One at a time: there is only one terminal.
    pub(super) fn edit(&mut self, text: String, of: Edited) -> io::Result<()> {
        if self.entered.take().is_none() {
            return Ok(());
        }
        let tty = self.term.handle()?;
        let (gate, done) = (self.gate.clone(), self.edited.0.clone());
        let (editor, dir) = (self.setup.editor.clone(), self.setup.runtime.clone());
        tokio::spawn(async move {
            gate.close().await;
            let text = edited(&text, editor.as_deref().unwrap_or(USUAL), dir, tty).await;
            gate.open();
            // Nobody to tell when the loop is over.
            let _ = done.send(Back { of, text }).await;
        });
        Ok(())
    }

    /// Takes the terminal again.
    pub(super) fn back(&mut self, back: Option<Back>, now: Tick) -> Result<(), TermError> {
        let Some(Back { of, text }) = back else { return Ok(()) };
        self.entered = Some(self.term.enter()?);
        self.canvas.write(&term::reentering(self.ui.mouse, self.kitty))?;
        self.ui.size = self.term.size();
        self.canvas.reset(self.ui.size);
        let actions = update::edited(&mut self.ui, &self.mirror, of, text, now);
        self.frames.now(now);
        Ok(self.act(actions, now)?)
    }

    /// The terminal is not ours just now.
    pub(super) fn is_away(&self) -> bool {
        self.entered.is_none()
    }
}

/// Has `text` changed by `editor`, a program with arguments as a shell would split them; no shell runs. `None`: it is as it was.
async fn edited(text: &str, editor: &str, dir: PathBuf, tty: OwnedFd) -> Result<Option<String>, String> {
    let said = |what: String| format!("The text is as it was: {what}");
    let mut words = shell_words::split(editor).unwrap_or_default().into_iter();
    let program = words.next().ok_or_else(|| said("VISUAL and EDITOR name no program".to_owned()))?;
    let file = Draft::new(&dir, text)
        .map_err(|error| said(format!("no file for it in {}: {error}", dir.display())))?;
    let stdio = || tty.try_clone().map(Stdio::from);
    let mut command = tokio::process::Command::new(&program);
    command.args(words).arg(&file.path);
    let all = (stdio(), stdio(), stdio());
    let (Ok(input), Ok(output), Ok(errors)) = all else {
        return Err(said("the terminal could not be handed over".to_owned()));
    };
    command.stdin(input).stdout(output).stderr(errors);
    let ended = command.status().await;
    let why = |error| said(format!("{program} did not start: {error}. VISUAL or EDITOR names another one"));
    let ended = ended.map_err(why)?;
    if !ended.success() {
        return Err(said(format!("{program} ended with {ended}")));
    }
    let new = file.read().map_err(|error| said(format!("what {program} wrote cannot be read: {error}")))?;
    Ok(Some(new).filter(|new| new != text))
}

/// A text in a file that only the person can read, gone with this value.
struct Draft {
    path: PathBuf,
}

/// The longest text that is taken from an editor, in bytes.
const LONGEST: u64 = 1 << 20;

impl Draft {
    fn new(dir: &std::path::Path, text: &str) -> io::Result<Self> {
        let name = format!("edit-{}.md", files::random_hex(8)?);
        files::private_file(dir, &name)?.write_all(text.as_bytes())?;
        Ok(Self { path: dir.join(name) })
    }

    /// What stands there now: editors that write a new file in place of the old one are fine.
    fn read(&self) -> io::Result<String> {
        let mut text = String::new();
        File::open(&self.path)?.take(LONGEST).read_to_string(&mut text)?;
        Ok(text)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What cannot be removed lies in a directory of the person's own that ends with the login.
        let _ = std::fs::remove_file(&self.path);
    }
}
