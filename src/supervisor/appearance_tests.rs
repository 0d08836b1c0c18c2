use super::*;
use std::fs::{create_dir_all, metadata, read_to_string, set_permissions, write};
use std::os::unix::fs::symlink;

fn work() -> ProfileName {
    ProfileName::new("work").unwrap()
}

struct Home {
    root: tempfile::TempDir,
}

impl Home {
    fn new(content: Option<&str>) -> Self {
        let home = Self { root: tempfile::tempdir().unwrap() };
        create_dir_all(home.dir()).unwrap();
        if let Some(content) = content {
            write(home.file(), content).unwrap();
        }
        home
    }

    fn dir(&self) -> std::path::PathBuf {
        home_of(self.root.path(), &work())
    }

    fn file(&self) -> std::path::PathBuf {
        self.dir().join(FILE)
    }

    fn paint(&self, colour: Option<u32>) -> Result<(), Unpainted> {
        paint(self.root.path(), &work(), colour.map(Colour))
    }

    fn colour(&self) -> Option<u32> {
        colour(&self.dir()).map(|Colour(rgb)| rgb)
    }

    /// Nothing but the file is there.
    fn names(&self) -> Vec<String> {
        let names =
            std::fs::read_dir(self.dir()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        names.collect()
    }
}

/// E24, E26.
#[test]
fn a_colour_is_written_beside_what_others_wrote_and_auto_takes_it_out() {
    let home =
        Home::new(Some(r#"{"avatar": {"a": 1.50}, "color": "teal", "later": 12345678901234567890123}"#));
    assert_eq!(home.colour(), None, "a word is no colour that hermux knows");
    home.paint(Some(0x00_12_ab_cd)).unwrap();
    assert_eq!(home.colour(), Some(0x12_ab_cd));
    let text = read_to_string(home.file()).unwrap();
    for kept in [r#""avatar": {"a": 1.50}"#, r##""color": "#12abcd""##, r#""later": 12345678901234567890123"#]
    {
        assert!(text.contains(kept), "{text}");
    }
    home.paint(None).unwrap();
    assert_eq!(home.colour(), None);
    let text = read_to_string(home.file()).unwrap();
    assert!(text.contains("1.50") && !text.contains("color"), "{text}");
    assert_eq!(home.names(), [FILE]);
}

/// E26: private when it is made, and as it was when it is replaced.
#[test]
fn the_file_keeps_its_mode_and_a_new_one_is_private() {
    let home = Home::new(None);
    home.paint(None).unwrap();
    assert_eq!(home.names(), Vec::<String>::new(), "there was nothing to take out");
    let mode = |home: &Home| metadata(home.file()).unwrap().permissions().mode() & 0o777;
    home.paint(Some(1)).unwrap();
    assert_eq!(mode(&home), 0o600);
    set_permissions(home.file(), std::fs::Permissions::from_mode(0o640)).unwrap();
    home.paint(Some(2)).unwrap();
    assert_eq!((mode(&home), home.colour()), (0o640, Some(2)));
}

#[test]
fn short_colours_are_understood_and_nonsense_is_none() {
    for (text, want) in [
        (r##"{"color": "#1aF"}"##, Some(0x11_aa_ff)),
        (r#"{"color": " #0A0b0C "}"#, Some(0x0a_0b_0c)),
        (r##"{"color": "#12345"}"##, None),
        (r##"{"color": "#+12345"}"##, None),
        (r#"{"color": 7}"#, None),
        (r#"{"color": null}"#, None),
        ("[]", None),
        ("{", None),
    ] {
        assert_eq!(Home::new(Some(text)).colour(), want, "{text}");
    }
}

/// E31, E32: what cannot be understood is not overwritten, and why is said.
#[test]
fn a_hostile_file_stays_as_it_is_and_the_reason_is_told() {
    let large = format!(r#"{{"avatar": "{}"}}"#, "x".repeat(LARGEST as usize));
    for (content, want) in [("[1]", "not a JSON object"), ("{", "not a JSON object"), (&large, "larger than")]
    {
        let home = Home::new(Some(content));
        let error = home.paint(Some(1)).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
        assert_eq!(read_to_string(home.file()).unwrap(), content);
        assert_eq!(home.names(), [FILE]);
    }
    let home = Home::new(None);
    let outside = home.root.path().join("precious");
    write(&outside, "{}").unwrap();
    symlink(&outside, home.file()).unwrap();
    assert_eq!(home.colour(), None);
    assert!(home.paint(Some(1)).unwrap_err().to_string().contains("not a file of its own"));
    assert_eq!(read_to_string(&outside).unwrap(), "{}");
    let home = Home::new(None);
    std::fs::create_dir(home.file()).unwrap();
    assert!(home.paint(Some(1)).unwrap_err().to_string().contains("not a file of its own"));
    let error = paint(home.root.path(), &ProfileName::new("gone").unwrap(), Some(Colour(1))).unwrap_err();
    assert!(error.to_string().contains("cannot be opened"), "{error}");
}

/// F06: a directory that was put in the place of the one that was looked at gets nothing.
#[test]
fn a_directory_that_took_the_place_of_the_profiles_is_not_written_into() {
    let home = Home::new(None);
    let directory = open_directory(&home.dir()).unwrap();
    std::fs::rename(home.dir(), home.root.path().join("moved")).unwrap();
    std::fs::create_dir(home.dir()).unwrap();
    let error = replace(&directory, &home.dir(), b"{}", Mode::RUSR).unwrap_err();
    assert!(matches!(error, Unpainted::Replaced), "{error}");
    assert_eq!(home.names(), Vec::<String>::new());
    assert_eq!(std::fs::read_dir(home.root.path().join("moved")).unwrap().count(), 0);
}
