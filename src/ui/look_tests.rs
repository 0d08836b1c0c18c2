use super::*;

const WHITE: Rgb = (255, 255, 255);
const BLACK: Rgb = (0, 0, 0);

fn env(colorfgbg: Option<&str>) -> Env {
    let some = |text: &str| Some(text.to_owned());
    Env { colorterm: some("truecolor"), colorfgbg: colorfgbg.map(str::to_owned), ..Env::default() }
}

/// UX-20: config and flag, then the environment, then what the terminal answers in time.
#[test]
fn who_speaks_first_decides_what_the_ground_is() {
    let rows = [
        (Background::Light, Some("15;0"), Some((BLACK, 10)), Shade::Light),
        (Background::Dark, Some("0;15"), Some((WHITE, 10)), Shade::Dark),
        (Background::Auto, Some("0;15"), Some((BLACK, 10)), Shade::Light),
        (Background::Auto, Some("15;default"), Some((WHITE, 10)), Shade::Light),
        (Background::Auto, None, Some((WHITE, 0)), Shade::Light),
        (Background::Auto, None, Some((WHITE, 150)), Shade::Light),
        (Background::Auto, None, Some((WHITE, 151)), Shade::Dark),
        (Background::Auto, None, Some((BLACK, 10)), Shade::Dark),
        (Background::Auto, None, None, Shade::Dark),
    ];
    for row in rows {
        let (background, colorfgbg, answer, shade) = row;
        let ui = Ui { background, ..Ui::default() };
        let mut look = Look::new(Choice::builtin("fjord").unwrap(), env(colorfgbg), &ui);
        let asks = background == Background::Auto && colorfgbg.is_none_or(|value| value == "15;default");
        assert_eq!(look.ask(&ui, Tick(1_000)), asks, "{row:?}");
        if let Some((ground, late)) = answer {
            look.answer(ground, Tick(1_000 + late));
        }
        assert_eq!(look.made(&ui), Theme::named("fjord", shade, Depth::True).unwrap(), "{row:?}");
    }
}

/// UX-20: one question, one answer.
#[test]
fn a_second_answer_changes_nothing() {
    let ui = Ui::default();
    let mut look = Look::new(Choice::builtin("ember").unwrap(), env(None), &ui);
    look.answer(WHITE, Tick(0));
    let dark = look.made(&ui);
    assert!(look.ask(&ui, Tick(0)));
    look.answer(BLACK, Tick(5));
    look.answer(WHITE, Tick(6));
    assert_eq!(look.made(&ui), dark);
}

/// UX-19: flag and config before the environment.
#[test]
fn what_is_set_goes_before_what_the_environment_says() {
    let no_color = Env { no_color: Some("1".into()), ..env(None) };
    for (color, depth) in [
        (Colors::Auto, Depth::None),
        (Colors::None, Depth::None),
        (Colors::Ansi, Depth::Ansi),
        (Colors::Indexed, Depth::Indexed),
        (Colors::True, Depth::True),
    ] {
        let ui = Ui { color, ..Ui::default() };
        let mut look = Look::new(Choice::default(), no_color.clone(), &ui);
        assert_eq!(look.made(&ui).depth, depth);
        assert_eq!(look.ask(&ui, Tick(0)), depth != Depth::None, "without colour nothing is asked");
    }
}

/// UX-37: file, line and the nearest right word.
#[test]
fn an_own_theme_comes_from_its_file_beside_the_config() {
    let dir = tempfile::tempdir().unwrap();
    let source = Source { path: dir.path().join("config.toml"), ..Source::default() };
    let wrong = |name: &str| choose(&source, name).unwrap_err().join("\n");
    assert!(wrong("embre").ends_with("did you mean \"ember\"?"), "{}", wrong("embre"));
    assert!(wrong("../x").contains("letters, digits"));
    assert_eq!(source.themes(), Vec::<String>::new());
    std::fs::create_dir(dir.path().join("themes")).unwrap();
    let file = dir.path().join("themes/mine.toml");
    std::fs::write(&file, "inherits = \"light\"\ntxet = \"#000000\"\n").unwrap();
    std::fs::write(dir.path().join("themes/odd name.toml"), "").unwrap();
    assert_eq!(source.themes(), ["mine"]);
    let said = wrong("mine");
    assert_eq!(said, format!("{}, line 2: unknown role `txet`; did you mean `text`?", file.display()));
    assert!(wrong("mien").ends_with("did you mean \"mine\"?"));
    std::fs::write(&file, "inherits = \"light\"\ntext = \"#000000\"\n").unwrap();
    assert!(matches!(choose(&source, "mine"), Ok(Choice::Own(_))));
}
