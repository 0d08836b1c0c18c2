use super::super::samples::{busy, quiet};
use super::*;

fn line(format: &str, report: &Report) -> String {
    format.parse::<Format>().unwrap().line(report)
}

#[test]
fn counts_stand_where_they_are_named() {
    let all = FIELDS.iter().filter(|(_, _, all, _)| *all).map(|(name, ..)| format!("{name}={{{name}}}"));
    let all = all.collect::<Vec<_>>().join(" ");
    assert_eq!(
        line(&all, &busy()),
        "working=2 waiting=1 unread=1 uncertain=1 failed=1 open=3 built=2 live=1 stuck=1 profiles=3 terminals=2"
    );
    let one = FIELDS.iter().filter(|(.., one)| *one).map(|(name, ..)| format!("{{work:{name}}}"));
    assert_eq!(line(&one.collect::<Vec<_>>().join(" "), &busy()), "2 1 1 0 0 3 2 live");
    assert_eq!(line("{default:state} {nobody:state}|{nobody:waiting}", &busy()), "cold |0");
}

#[test]
fn what_depends_on_a_count_is_there_or_not() {
    let format = "{waiting?!{waiting} }{working?▸{working}{failed?, {failed} failed}}{default:state?up}";
    assert_eq!(line(format, &busy()), "!1 ▸2, 1 failed");
    assert_eq!(line(format, &quiet()), "");
    assert_eq!(line("{work:state?{work:state}} {{x}} é", &busy()), "live {x} é");
    assert_eq!(line("", &busy()), "");
}

/// UX-40: what is wrong is said before anything is asked.
#[test]
fn a_format_that_means_nothing_is_refused_with_what_there_is() {
    for (bad, says) in [
        ("{waiting", "has no `}`"),
        ("{waiting?{working}", "has no `}`"),
        ("a}", "has no `{`"),
        ("{}", "there is no {}"),
        ("{wating}", "there are {working} {waiting}"),
        ("{state}", "there is no {state}"),
        ("{work:live}", "there are {PROFILE:working}"),
        ("{../x:open}", "`../x` is no profile's name"),
        ("{wai?}", "there is no {wai}"),
    ] {
        let error = bad.parse::<Format>().unwrap_err().to_string();
        assert!(error.contains(says), "{bad}: {error}");
    }
}
