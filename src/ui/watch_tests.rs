use super::*;
use std::fs;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

struct Scene {
    dir: TempDir,
    file: PathBuf,
    changes: mpsc::Receiver<Reread>,
}

impl Scene {
    /// A watch of `hermux/config.toml` in a directory that `prepare` made ready.
    fn of(prepare: impl FnOnce(&Path, &Path)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("hermux/config.toml");
        prepare(dir.path(), &file);
        let source = Source { path: file.clone(), ..Source::default() };
        let changes = spawn(source, fs::read_to_string(&file).ok());
        Self { dir, file, changes }
    }

    /// The next change, which must come.
    async fn next(&mut self) -> Reread {
        let wait = Duration::from_secs(if std::env::var_os("CI").is_some() { 20 } else { 5 });
        tokio::time::timeout(wait, self.changes.recv())
            .await
            .expect("the change is seen")
            .expect("the watch lives")
    }

    /// Waits until the change to this pool is told; changes before it may be told too.
    async fn pool(&mut self, pool: u64) {
        while self.next().await.unwrap().config().pool.0 != pool {}
    }
}

fn write(file: &Path, pool: u64) {
    fs::write(file, format!("pool = {pool}\n")).unwrap();
}

/// As editors do: a new file beside the old one, renamed over it.
fn replace(file: &Path, pool: u64) {
    let new = file.with_extension("new");
    write(&new, pool);
    fs::rename(new, file).unwrap();
}

/// UX-36.
#[tokio::test]
async fn a_file_that_is_written_or_replaced_is_read_anew_each_time() {
    let mut scene = Scene::of(|_, file| {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        write(file, 1);
    });
    let file = scene.file.clone();
    write(&file, 4);
    scene.pool(4).await;
    replace(&file, 5);
    scene.pool(5).await;
    replace(&file, 6);
    scene.pool(6).await;
    write(&file, 7);
    scene.pool(7).await;
}

/// UX-36.
#[tokio::test]
async fn a_file_in_a_directory_that_does_not_exist_yet_is_found() {
    let mut scene = Scene::of(|_, _| ());
    let file = scene.file.clone();
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    write(&file, 9);
    scene.pool(9).await;
}

/// UX-36: files of a person who keeps them elsewhere, changed there or by another link.
#[tokio::test]
async fn a_link_is_followed_and_may_be_replaced() {
    let mut scene = Scene::of(|dir, file| {
        fs::create_dir_all(dir.join("dotfiles")).unwrap();
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        write(&dir.join("dotfiles/a.toml"), 1);
        write(&dir.join("dotfiles/b.toml"), 20);
        symlink("../dotfiles/a.toml", file).unwrap();
    });
    let (dir, file) = (scene.dir.path().to_owned(), scene.file.clone());
    replace(&dir.join("dotfiles/a.toml"), 11);
    scene.pool(11).await;
    symlink("../dotfiles/b.toml", file.with_extension("new")).unwrap();
    fs::rename(file.with_extension("new"), &file).unwrap();
    scene.pool(20).await;
    write(&dir.join("dotfiles/b.toml"), 21);
    scene.pool(21).await;
}

/// UX-36: what is wrong is told, and what is right after it is taken.
#[tokio::test]
async fn a_mistake_is_told_and_its_mending_too() {
    let mut scene = Scene::of(|_, file| fs::create_dir_all(file.parent().unwrap()).unwrap());
    let file = scene.file.clone();
    fs::write(&file, "\npol = 3\n").unwrap();
    let told = loop {
        // The file may have been looked at while it was still empty.
        if let Err(broken) = scene.next().await {
            break broken.brief();
        }
    };
    assert_eq!(told, "line 2: unknown key `pol` at the top of the file; did you mean `pool`?");
    write(&file, 3);
    scene.pool(3).await;
}

/// Nothing that happens beside the file is told.
#[tokio::test]
async fn other_files_are_not_its_change() {
    let mut scene = Scene::of(|_, file| {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        write(file, 1);
    });
    let file = scene.file.clone();
    write(&file.with_file_name("other.toml"), 30);
    replace(&file, 2);
    assert_eq!(scene.next().await.unwrap().config().pool.0, 2);
}
