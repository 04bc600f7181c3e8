//! What people may whom a proxy or an issuer names: the rules of `http.access.roles`, by group or by name. Pure.

use crate::domain::identity::{Identity, Proven, Role};
use crate::domain::person::is_reserved;

/// Whom a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Whoever is in that group; `*`: whoever has a name.
    Group(String),
    /// The one of that name.
    User(String),
}

/// What some people may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRule {
    /// Who.
    pub whom: Whom,
    /// What.
    pub roles: Vec<Role>,
    /// In the name of which groups they answer requests.
    pub approves_for: Vec<String>,
}

impl RoleRule {
    fn is_for(&self, name: &str, groups: &[String]) -> bool {
        match &self.whom {
            Whom::Group(group) => group == "*" || groups.contains(group),
            Whom::User(user) => user == name,
        }
    }
}

/// Whoever goes by that name and is in those groups: the sum of all rules that are for them. `None`: no rule is, or the name is no
/// person's.
pub(super) fn known(rules: &[RoleRule], name: &str, groups: &[String], proven: Proven) -> Option<Identity> {
    if is_reserved(name) {
        return None;
    }
    let (mut roles, mut approves_for) = (Vec::new(), Vec::new());
    for rule in rules.iter().filter(|rule| rule.is_for(name, groups)) {
        roles.extend(&rule.roles);
        approves_for.extend(rule.approves_for.iter().cloned());
    }
    roles.sort_unstable();
    roles.dedup();
    approves_for.sort_unstable();
    approves_for.dedup();
    (!roles.is_empty()).then(|| Identity {
        name: Some(name.to_owned()),
        proven,
        roles,
        groups: approves_for,
        only: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(whom: Whom, roles: &[Role], approves_for: &[&str]) -> RoleRule {
        RoleRule {
            whom,
            roles: roles.to_vec(),
            approves_for: approves_for.iter().map(|group| (*group).to_owned()).collect(),
        }
    }

    #[test]
    fn what_somebody_may_is_the_sum_of_the_rules_for_them() {
        let rules = [
            rule(
                Whom::Group("soc-l2".to_owned()),
                &[Role::Approver, Role::Operator],
                &["soc"],
            ),
            rule(
                Whom::Group("leads".to_owned()),
                &[Role::Approver],
                &["soc", "legal"],
            ),
            rule(Whom::User("root@x".to_owned()), &[Role::Admin], &[]),
        ];
        let check = |name: &str, groups: &[&str], expected: Option<(&[Role], &[&str])>| {
            let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
            let found = known(&rules, name, &groups, Proven::Proxy);
            let found = found.as_ref().map(|found| {
                let groups: Vec<&str> = found.groups.iter().map(String::as_str).collect();
                (found.roles.as_slice(), groups)
            });
            assert_eq!(
                found,
                expected.map(|(roles, groups)| (roles, groups.to_vec())),
                "{name}"
            );
        };
        check(
            "anna",
            &["soc-l2"],
            Some((&[Role::Approver, Role::Operator], &["soc"])),
        );
        check(
            "anna",
            &["leads", "soc-l2", "others"],
            Some((&[Role::Approver, Role::Operator], &["legal", "soc"])),
        );
        check("root@x", &[], Some((&[Role::Admin], &[])));
        check("Root@x", &[], None);
        check("anna", &["SOC-L2"], None);
        check("anna", &[], None);
        check("gate", &["soc-l2"], None);
    }

    #[test]
    fn a_rule_for_everybody_is_for_whoever_has_a_name() {
        let rules = [rule(Whom::Group("*".to_owned()), &[Role::Viewer], &[])];
        assert!(known(&rules, "anna", &[], Proven::SignedIn).is_some());
        assert!(known(&[], "anna", &["*".to_owned()], Proven::SignedIn).is_none());
    }
}
