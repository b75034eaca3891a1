//! Completions and manual pages.

use std::process::Command;

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch")).args(arguments).env("NO_COLOR", "1").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The commands, as the command line has them.
fn commands() -> Vec<String> {
    let command = dogwatch::cli::command();
    command.get_subcommands().map(|it| it.get_name().to_owned()).collect()
}

#[test]
fn every_shell_learns_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (status, script, talk) = run(&["completions", shell]);
        assert_eq!((status, talk.as_str()), (0, ""));
        let missing: Vec<String> = commands().into_iter().filter(|it| !script.contains(it.as_str())).collect();
        assert_eq!(missing, [""; 0], "{shell}");
    }
    let (status, _, talk) = run(&["completions", "tcsh"]);
    assert_eq!(status, 2);
    assert!(talk.contains("[possible values: bash, elvish, fish, powershell, zsh]"), "{talk}");
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("share/man1");
    let (status, answer, talk) = run(&["man", "--out", out.to_str().unwrap()]);
    // These have commands of their own below them.
    let below = [
        ("edit", &["join", "leave", "swap", "override", "shadow", "end"][..]),
        ("history", &["load", "pull", "show"]),
        ("import", &["alertmanager", "pagerduty", "terraform"]),
    ];
    let below: Vec<String> =
        below.iter().flat_map(|(above, all)| all.iter().map(move |it| format!("{above}-{it}"))).collect();
    let count = commands().len() + below.len() + 1;
    assert_eq!((status, talk.as_str()), (0, ""));
    assert_eq!(answer, format!("wrote {count} pages to {}\n", out.display()));
    let mut found: Vec<String> =
        std::fs::read_dir(&out).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    let mut expected: Vec<String> = commands().iter().chain(&below).map(|it| format!("dogwatch-{it}.1")).collect();
    expected.push("dogwatch.1".to_owned());
    expected.sort();
    assert_eq!(found, expected, "and no draft is left behind");
    for name in found {
        let page = std::fs::read_to_string(out.join(&name)).unwrap();
        let command = name.strip_suffix(".1").unwrap();
        let asked: Vec<&str> = std::iter::once("man").chain(command.strip_prefix("dogwatch-")).collect();
        assert_eq!(run(&asked), (0, page, String::new()), "{name}");
    }
}

#[test]
fn examples_in_a_manual_page_keep_their_lines() {
    let (_, page, _) = run(&["man", "who"]);
    let notes = page.split_once(".SH NOTES\n").unwrap().1;
    insta::assert_snapshot!(notes, @r"
    .nf
    NAME is a service of services.toml, else a rotation, else @person. TAG=VALUE is what the alert
    carries; tags given beside a service replace those that the service brings.

    Examples:
      dogwatch who search\-api
      dogwatch who service=mysql\-main severity=critical \-\-at 2017\-08\-15T03:00:00Z
      dogwatch who storage\-ops
      dogwatch who @vera
      dogwatch who search\-api \-\-expect search,search.secondary,app\-ops    (exit status 1 if it is not so)
    .fi
    ");
}

#[test]
fn what_is_no_command_has_no_page() {
    let (status, answer, talk) = run(&["man", "grahp"]);
    assert_eq!((status, answer.as_str()), (2, ""));
    assert_eq!(talk, "error: there is no command `grahp`\n  help: did you mean `graph`?\n");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let (status, answer, talk) = run(&["man", "--out", file.to_str().unwrap()]);
    assert_eq!((status, answer.as_str()), (2, ""));
    assert!(talk.starts_with(&format!("error: could not write into `{}`: ", file.display())), "{talk}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "in the way");
}
