//! `approvals`: who answers asks, and on which terms where a playbook does not say.

use std::time::Duration;

use super::section::{Reading, Section};
use crate::domain::approval::ApprovalRules;
use crate::domain::verdict::AskTerms;

/// Reads `approvals`. Default: anybody answers, one of them, within 30 min; nobody approves what he wrote.
pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> (AskTerms, ApprovalRules) {
    let mut default = section.section("default", reading);
    let span = Duration::from_secs(60)..=Duration::from_secs(7 * 86_400);
    let terms = AskTerms {
        from: default.texts("from", &[], reading),
        approvals: default.count("approvals", 1..=10, 1, reading),
        within: default.duration("within", span, Duration::from_secs(1_800), reading),
        otherwise_act: false,
    };
    default.close(reading);
    let rules = ApprovalRules {
        groups: section.lists("groups", reading),
        four_eyes: section.bool("four_eyes", true, reading),
    };
    section.close(reading);
    (terms, rules)
}
