//! The directory of files, on a real one.

use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;

fn spool(directory: &Path) -> Spool {
    Spool {
        path: directory.to_owned(),
        done: Done::Move,
        max_bytes: 100,
    }
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("the temporary directory takes another")
}

fn put(directory: &Path, name: impl AsRef<OsStr>, bytes: &[u8]) {
    fs::write(directory.join(name.as_ref()), bytes).expect("the test's directory takes a file");
}

fn open(spool: &Spool, name: &str) -> Result<Opened, Unopened> {
    let found = spool.look().expect("the directory can be read");
    let stamp = found.iter().find_map(|(found, what)| match what {
        Found::File(stamp) if found == name => Some(*stamp),
        _ => None,
    });
    spool.open(OsStr::new(name), stamp.expect("it is there"))
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .expect("the directory is there")
        .map(|entry| {
            entry
                .expect("it can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn only_names_of_ours_are_seen_whatever_bytes_they_are_and_links_and_directories_are_no_files() {
    let directory = directory();
    let at = directory.path();
    for name in [
        "a.json",
        "b.NDJSON",
        "c.jsonl",
        ".d.json",
        "e.json.tmp",
        "f.txt",
        "json",
    ] {
        put(at, name, b"{}");
    }
    put(at, OsString::from_vec(b"\xff\xfe.json".to_vec()), b"{}");
    symlink("/etc/passwd", at.join("g.json")).expect("a link can be made");
    fs::create_dir(at.join("h.json")).expect("a directory can be made");
    let found = spool(at).look().expect("the directory can be read");
    let shown: Vec<(String, bool)> = found
        .iter()
        .map(|(name, what)| {
            (
                name.to_string_lossy().into_owned(),
                matches!(what, Found::File(_)),
            )
        })
        .collect();
    let expected = [
        ("a.json", true),
        ("b.NDJSON", true),
        ("c.jsonl", true),
        ("g.json", false),
        ("h.json", false),
        ("\u{fffd}\u{fffd}.json", true),
    ];
    assert_eq!(shown, expected.map(|(name, is_file)| (name.to_owned(), is_file)));
}

#[test]
fn lines_come_in_pieces_from_wherever_the_last_one_ended() {
    let directory = directory();
    put(directory.path(), "a.ndjson", b"1\n2\n\n3\n4");
    let mut opened = open(&spool(directory.path()), "a.ndjson").expect("it can be read");
    let mut from = 0;
    let mut pieces = Vec::new();
    while let Some(lines) = opened.lines(from, 2).expect("it can be read") {
        assert_eq!(lines.too_long, None);
        pieces.push(String::from_utf8(lines.bytes).expect("the test writes UTF-8"));
        from = lines.next;
    }
    assert_eq!(
        (pieces, from),
        (vec!["1\n2\n".to_owned(), "\n3\n".to_owned(), "4".to_owned()], 8)
    );
}

#[test]
fn a_line_without_end_is_cut_off_and_its_neighbours_are_not() {
    let directory = directory();
    let long = vec![b'x'; 9 * 1024 * 1024];
    let text = [b"1\n".as_slice(), &long, b"\n2\n"].concat();
    put(directory.path(), "a.jsonl", &text);
    let mut opened = open(&spool(directory.path()), "a.jsonl").expect("it can be read");
    let first = opened
        .lines(0, 500)
        .expect("it can be read")
        .expect("there are lines");
    assert_eq!((first.bytes.as_slice(), first.next), (b"1\n".as_slice(), 2));
    let second = opened
        .lines(2, 500)
        .expect("it can be read")
        .expect("there are lines");
    assert_eq!(second.too_long.map(|kept| kept.len()), Some(KEPT));
    assert_eq!(second.next, text.len() as u64 - 2);
    let third = opened
        .lines(second.next, 500)
        .expect("it can be read")
        .expect("there are lines");
    assert_eq!(third.bytes, b"2\n");
    assert_eq!(opened.lines(third.next, 500).expect("it can be read"), None);
}

#[test]
fn a_file_is_known_by_what_it_holds_and_one_that_was_replaced_is_another() {
    let directory = directory();
    let spool = spool(directory.path());
    put(directory.path(), "a.json", b"{}");
    put(directory.path(), "b.json", b"{}");
    let (a, b) = (
        open(&spool, "a.json").expect("it is there"),
        open(&spool, "b.json").expect("it is there"),
    );
    assert_eq!(a.hash, b.hash);
    assert!(!a.is_changed().expect("it can be looked at"));
    put(directory.path(), "a.json", b"{\"x\":1}");
    assert!(a.is_changed().expect("it can be looked at"));
    assert!(matches!(
        spool.open(OsStr::new("a.json"), b.stamp),
        Err(Unopened::Gone)
    ));
    assert_ne!(open(&spool, "a.json").expect("it is there").hash, b.hash);
    fs::remove_file(directory.path().join("b.json")).expect("it was there");
    assert!(matches!(
        spool.open(OsStr::new("b.json"), b.stamp),
        Err(Unopened::Gone)
    ));
}

#[test]
fn what_is_large_is_refused_only_where_it_must_be_read_as_a_whole() {
    let directory = directory();
    let spool = spool(directory.path());
    put(directory.path(), "a.json", &[b' '; 101]);
    put(directory.path(), "a.ndjson", &[b' '; 101]);
    let refused = open(&spool, "a.json").expect_err("it is too large");
    assert!(matches!(refused, Unopened::Refused(why) if why.starts_with("too_large: 101 bytes")));
    assert!(open(&spool, "a.ndjson").is_ok());
}

#[test]
fn a_file_that_another_has_taken_away_or_replaced_is_there_no_more() {
    let directory = directory();
    let (at, spool) = (directory.path(), spool(directory.path()));
    put(at, "a.json", b"{}");
    let opened = open(&spool, "a.json").expect("it is there");
    assert!(spool.is_there(&opened).expect("the directory can be read"));
    let other = open(&spool, "a.json").expect("it is there");
    spool.finish(&other).expect("it can be moved");
    assert!(!spool.is_there(&opened).expect("the directory can be read"));
    put(at, "a.json", b"[]");
    assert!(!spool.is_there(&opened).expect("the directory can be read"));
}

#[test]
fn what_is_done_with_goes_where_it_belongs_and_nothing_there_is_overwritten() {
    let directory = directory();
    let at = directory.path();
    let mut spool = spool(at);
    for _ in 0..2 {
        put(at, "a.json", b"{}");
        spool
            .finish(&open(&spool, "a.json").expect("it is there"))
            .expect("it can be moved");
    }
    assert_eq!(names(&at.join("done")), ["a.json", "a.json.1"]);
    symlink("/etc/passwd", at.join("g.json")).expect("a link can be made");
    spool
        .refuse(OsStr::new("g.json"), "it is a link")
        .expect("it can be moved");
    assert_eq!(names(&at.join("refused")), ["g.json", "g.json.reason"]);
    let reason = fs::read_to_string(at.join("refused/g.json.reason")).expect("it is there");
    assert_eq!(reason, "it is a link\n");
    assert!(
        fs::symlink_metadata(at.join("refused/g.json")).is_ok_and(|about| about.is_symlink()),
        "the link itself was moved"
    );
    spool.done = Done::Delete;
    put(at, "b.json", b"{}");
    spool
        .finish(&open(&spool, "b.json").expect("it is there"))
        .expect("it can be deleted");
    assert_eq!(names(at), ["done", "refused"]);
}

#[test]
fn whoever_may_drop_files_cannot_make_us_write_elsewhere() {
    let (directory, elsewhere) = (directory(), directory());
    let (at, spool) = (directory.path(), spool(directory.path()));
    put(elsewhere.path(), "sign-in", b"dear");
    symlink("/", at.join("a.json")).expect("a link can be made");
    // In place of the directory a link that leads to another.
    symlink(elsewhere.path(), at.join("refused")).expect("a link can be made");
    let refused = spool.refuse(OsStr::new("a.json"), "it is a link");
    assert!(refused.is_err_and(|error| error.to_string().contains("is no directory")));
    assert_eq!(names(at), ["a.json", "refused"], "it stays where it is");
    assert_eq!(names(elsewhere.path()), ["sign-in"]);
    // In place of the reason a link to a file.
    fs::remove_file(at.join("refused")).expect("it can be taken away");
    fs::create_dir(at.join("refused")).expect("a directory can be made");
    symlink(elsewhere.path().join("sign-in"), at.join("refused/a.json.reason")).expect("a link can be made");
    spool
        .refuse(OsStr::new("a.json"), "it is a link")
        .expect("another name is free");
    assert_eq!(
        names(&at.join("refused")),
        ["a.json.1", "a.json.1.reason", "a.json.reason"]
    );
    let kept = fs::read(elsewhere.path().join("sign-in")).expect("it is there");
    assert_eq!(kept, b"dear");
}

#[test]
fn a_name_as_long_as_can_be_is_taken_and_refused_like_any_other() {
    let directory = directory();
    let (at, spool) = (directory.path(), spool(directory.path()));
    let name = format!("{}.json", "a".repeat(250));
    put(at, &name, b"{}");
    spool
        .finish(&open(&spool, &name).expect("it is there"))
        .expect("it can be moved");
    assert_eq!(names(&at.join("done")), std::slice::from_ref(&name));
    put(at, &name, b"{}");
    spool
        .refuse(OsStr::new(&name), "it is too large")
        .expect("it can be moved");
    let reason = format!("{}.reason", "a".repeat(248));
    assert_eq!(names(&at.join("refused")), [reason, name]);
}
