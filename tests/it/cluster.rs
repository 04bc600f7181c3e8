//! The private Postgres vanishes with its owner, even one that is killed.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use quell::cli::cluster::Cluster;

use crate::support::cluster_options;

#[test]
fn a_killed_owner_leaves_neither_server_nor_directory() {
    let mut owner = Command::new(std::env::current_exe().expect("a running test knows its binary"))
        .args([
            "--exact",
            "cluster::an_owner_to_be_killed",
            "--ignored",
            "--nocapture",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this very binary can be run");
    let stdout = BufReader::new(owner.stdout.take().expect("stdout is piped"));
    let directory = stdout
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("directory=").map(|(_, path)| PathBuf::from(path)))
        .expect("the owner tells its cluster's directory");
    assert!(directory.join(".s.PGSQL.5432").exists(), "the server is up");

    owner.kill().expect("a running child can be killed");
    // The guardian holds the owner's standard error until it has finished: its end is the signal.
    let mut stderr = owner.stderr.take().expect("stderr is piped");
    let (done, finished) = mpsc::channel();
    std::thread::spawn(move || {
        let mut said = String::new();
        done.send(stderr.read_to_string(&mut said).map(|_| said))
    });
    let said = finished
        .recv_timeout(Duration::from_secs(60))
        .expect("the guardian finishes");
    owner.wait().expect("the killed child is reaped");
    assert!(
        !directory.exists(),
        "{} is still there; the guardian said {said:?}",
        directory.display()
    );
}

#[test]
#[ignore = "the test above runs it in a process of its own, and kills that"]
fn an_owner_to_be_killed() {
    let cluster = Cluster::start(cluster_options()).expect("scripts/setup installs Postgres");
    println!("directory={}", cluster.directory().display());
    // Ends by itself if nobody kills it: the parent's death closes this pipe.
    std::io::stdin()
        .read_to_end(&mut Vec::new())
        .expect("standard input can be read");
}
