//! How the playbook set in force came about, and what is the matter with playbook files: a few words of `quell status`.

use jiff::{SignedDuration, Timestamp};

use crate::desk::words::ago;
use crate::desk::words::plain;
use crate::store::ReplicaFiles;
use crate::store::views::SetView;

/// So long may a roll-out take to reach every replica.
const PATIENCE: SignedDuration = SignedDuration::from_secs(300);

/// What a person must do about the playbook files of a replica, while this set is in force.
pub fn need(files: &ReplicaFiles, set: Option<&SetView>, now: Timestamp) -> Option<String> {
    let of = &files.replica;
    if let (Some(at), Some(why)) = (files.failed_at, &files.failure) {
        return Some(format!(
            "the playbook files of {of} cannot be used (seen {}), what is in force stays: {why}",
            ago(now, at)
        ));
    }
    if let Some(remark) = &files.remark {
        return Some(format!("the playbook files of {of} are not in force: {remark}"));
    }
    let since = set?.activated_at;
    let is_late = !files.is_in_force && now.duration_since(since) > PATIENCE;
    is_late.then(|| {
        format!(
            "the playbook files of {of} are another set than what is in force (activated {}): bring them in line",
            ago(now, since)
        )
    })
}

/// By whom and why, when it is recorded.
pub fn by(set: &SetView) -> String {
    let Some(by) = &set.activated_by else {
        return String::new();
    };
    let reason = set
        .reason
        .as_deref()
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    plain(&format!("; by {by}{reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    fn files() -> ReplicaFiles {
        ReplicaFiles {
            replica: "web-1:/etc/quell/playbooks".to_owned(),
            set_hash: Some("aa".to_owned()),
            set_since: Some(now()),
            is_in_force: false,
            remark: None,
            failed_at: None,
            failure: None,
            seen_at: now(),
        }
    }

    fn set(seconds_ago: i64) -> SetView {
        SetView {
            hash: "bb".to_owned(),
            version: 4,
            activated_at: now() - SignedDuration::from_secs(seconds_ago),
            activated_by: None,
            reason: None,
            playbooks: Default::default(),
        }
    }

    #[test]
    fn files_that_differ_need_a_person_only_when_a_roll_out_had_its_time() {
        assert_eq!(need(&files(), Some(&set(60)), now()), None);
        assert_eq!(
            need(&files(), Some(&set(600)), now()).as_deref(),
            Some(
                "the playbook files of web-1:/etc/quell/playbooks are another set than what is in force (activated 10 min ago): \
                 bring them in line"
            )
        );
        let in_force = ReplicaFiles {
            is_in_force: true,
            ..files()
        };
        assert_eq!(need(&in_force, Some(&set(600)), now()), None);
    }

    #[test]
    fn files_that_cannot_be_used_need_a_person_at_once() {
        let bad = ReplicaFiles {
            failed_at: Some(now() - SignedDuration::from_secs(120)),
            failure: Some("one.yaml:3:1: wrong (E101)".to_owned()),
            remark: Some("not told then".to_owned()),
            ..files()
        };
        assert_eq!(
            need(&bad, None, now()).as_deref(),
            Some(
                "the playbook files of web-1:/etc/quell/playbooks cannot be used (seen 2 min ago), what is in force stays: \
                 one.yaml:3:1: wrong (E101)"
            )
        );
    }
}
