//! The profiles of a Hermes root, read from disk. Starts nothing and opens no file of Hermes.

use super::{appearance, details};
use crate::base::{ids::ProfileName, name::is_reserved, text::Untrusted};
use crate::model::{
    fleet::{Place, Seen},
    profile::Profile,
};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The names whose coming and going in a Hermes home, or in a profile's directory, says something that [`discover`] finds.
pub(super) const TELLING: [&str; 3] = ["profiles", appearance::FILE, details::DESCRIPTION_FILE];

/// What is under a root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// `default` first, then by name. One with a `problem` cannot be opened.
    pub profiles: Vec<Profile>,
    /// Directories whose name is not a profile's, in no order; Hermes ignores them, too.
    pub ignored: Vec<Untrusted>,
}

/// The directory of `profile` under `root`.
pub fn home_of(root: &Path, profile: &ProfileName) -> PathBuf {
    if profile.is_default() { root.to_owned() } else { root.join("profiles").join(profile.as_str()) }
}

/// A look at the home `root`, of the number `look`.
///
/// # Errors
/// When the home cannot be looked at: what is not seen then is not gone.
pub fn seen(root: &Path, look: u64) -> io::Result<Seen> {
    std::fs::metadata(root)?;
    match std::fs::read_dir(root.join("profiles")) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let profiles = discover(root).profiles;
    let place = |profile: &Profile| {
        let meta =
            std::fs::symlink_metadata(home_of(root, &profile.name)).ok().filter(std::fs::Metadata::is_dir)?;
        Some((profile.name.clone(), Place { device: meta.dev(), inode: meta.ino() }))
    };
    let places = profiles.iter().filter_map(place).collect();
    Ok(Seen { look, profiles, places })
}

/// Looks at `root`. The profile `default` is always there; a root that is missing has no other.
pub fn discover(root: &Path) -> Found {
    let mut found = Found::default();
    let parent = root.join("profiles");
    let inside = parent.canonicalize();
    for entry in std::fs::read_dir(&parent).into_iter().flatten().flatten() {
        let path = entry.path();
        if !path.is_dir() && !path.is_symlink() {
            continue;
        }
        let name = entry.file_name();
        let Some(name) = name.to_str().and_then(|n| ProfileName::new(n).ok()).filter(|n| !is_reserved(n))
        else {
            found.ignored.push(name.to_string_lossy().into_owned().into());
            continue;
        };
        let mut profile = Profile::new(name, path.to_string_lossy().into_owned());
        profile.problem = match (path.canonicalize(), &inside) {
            (Ok(real), Ok(inside)) if !real.starts_with(inside) => {
                Some("its directory is a link out of the profiles directory".into())
            }
            (Ok(real), _) if !real.is_dir() => Some("it is not a directory".into()),
            (Ok(_), Ok(_)) => {
                std::fs::read_dir(&path).err().map(|error| format!("it cannot be read: {error}").into())
            }
            (Err(error), _) => Some(format!("it cannot be reached: {error}").into()),
            (_, Err(error)) => Some(format!("it cannot be reached: {error}").into()),
        };
        found.profiles.push(profile);
    }
    found.profiles.sort_by(|a, b| a.name.cmp(&b.name));
    let root = Profile::new(ProfileName::default_profile(), root.to_string_lossy().into_owned());
    found.profiles.insert(0, root);
    for profile in found.profiles.iter_mut().filter(|profile| profile.problem.is_none()) {
        let home = PathBuf::from(profile.home.raw());
        profile.colour = appearance::colour(&home);
        profile.description = details::description(&home).ok().flatten();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::create_dir_all;
    use std::os::unix::fs::symlink;

    /// SEC-35
    #[test]
    fn profiles_are_those_that_hermes_lists_and_links_out_are_not_opened() {
        let root = tempfile::tempdir().unwrap();
        let profiles = root.path().join("profiles");
        let long = "x".repeat(200);
        for name in ["work", "a-1", "-h", "Upper", "$(x)", "new\nline", "default", "tmp", &long] {
            create_dir_all(profiles.join(name)).unwrap();
        }
        std::fs::write(profiles.join("file"), "").unwrap();
        symlink(root.path(), profiles.join("out")).unwrap();
        symlink(profiles.join("work"), profiles.join("in")).unwrap();
        symlink("/nonexistent", profiles.join("dead")).unwrap();
        let found = discover(root.path());
        let names: Vec<_> = found.profiles.iter().map(|p| (p.name.as_str(), p.problem.is_some())).collect();
        assert_eq!(
            names,
            [
                ("default", false),
                ("a-1", false),
                ("dead", true),
                ("in", false),
                ("out", true),
                ("work", false)
            ]
        );
        assert_eq!(found.ignored.len(), 7);
    }

    /// What cannot be looked at is not gone; where a directory is says which one it is.
    #[test]
    fn a_home_that_cannot_be_seen_says_nothing() {
        let root = tempfile::tempdir().unwrap();
        assert!(seen(&root.path().join("unmounted"), 1).is_err());
        std::fs::write(root.path().join("profiles"), "").unwrap();
        assert!(seen(root.path(), 1).is_err());
        std::fs::remove_file(root.path().join("profiles")).unwrap();
        assert_eq!(seen(root.path(), 1).unwrap().profiles.len(), 1);
        let home = |name: &str| root.path().join("profiles").join(name);
        create_dir_all(home("work")).unwrap();
        std::fs::write(home("work").join("profile.yaml"), "description: for work").unwrap();
        std::fs::write(home("work").join("profile-meta.json"), "{\"color\": \"#010203\"}").unwrap();
        let before = seen(root.path(), 2).unwrap();
        let work = &before.profiles[1];
        assert_eq!(work.description, Some("for work".into()));
        assert_eq!(work.colour, Some(crate::model::shelf::Colour(0x01_02_03)));
        std::fs::rename(home("work"), home("play")).unwrap();
        let after = seen(root.path(), 3).unwrap();
        let place = |seen: &Seen, name: &str| seen.places[&ProfileName::new(name).unwrap()];
        assert_eq!(place(&before, "work"), place(&after, "play"));
        symlink(home("play"), home("linked")).unwrap();
        let linked = ProfileName::new("linked").unwrap();
        assert!(!seen(root.path(), 4).unwrap().places.contains_key(&linked), "a link is no place of its own");
    }

    #[test]
    fn a_root_without_profiles_has_the_default_one() {
        let found = discover(Path::new("/nonexistent/root"));
        assert_eq!(found.profiles.len(), 1);
        assert!(found.profiles[0].name.is_default());
    }
}
