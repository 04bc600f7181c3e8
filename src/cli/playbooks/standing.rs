//! How the playbook set in force came about, and what is the matter with playbook files: a few words of `quell status`.

use jiff::Timestamp;

use crate::cli::operator::span::ago;
use crate::cli::operator::table::plain;
use crate::store::ReplicaFiles;
use crate::store::views::SetView;

/// What a person must do about the playbook files of a replica.
pub fn need(files: &ReplicaFiles, now: Timestamp) -> Option<String> {
    let of = &files.replica;
    if let (Some(at), Some(why)) = (files.failed_at, &files.failure) {
        return Some(format!(
            "the playbook files of {of} cannot be used (seen {}), what is in force stays: {why}",
            ago(now, at)
        ));
    }
    let remark = files.remark.as_ref()?;
    Some(format!("the playbook files of {of} are not in force: {remark}"))
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
