//! Who asks, and what they may. Pure; `web` finds out who it is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person or a program may do. Each role may what the one before may, but for approving, which is a matter of its own:
/// an operator answers requests only as an approver too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees everything, changes nothing.
    Viewer,
    /// Answers requests that its groups are asked.
    Approver,
    /// Restricts, releases, extends, stops, resumes, sends again.
    Operator,
    /// Changes what is in force: playbooks, caps, tokens. May everything.
    Admin,
}

impl Role {
    /// The roles, each with the name that files, tables and the API have for it.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Viewer, "viewer"),
        (Self::Approver, "approver"),
        (Self::Operator, "operator"),
        (Self::Admin, "admin"),
    ];

    /// The name that files, tables and the API have for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Approver => "approver",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|(_, its)| *its == name);
        found.map(|(role, _)| role)
    }
}

/// What a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// To see.
    See,
    /// To answer requests.
    Approve,
    /// To act on devices, and to stop and resume.
    Operate,
    /// To change what is in force.
    Administer,
}

/// How somebody showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proven {
    /// They did not: they are on this machine, where nobody is asked.
    Here,
    /// By the token of the configuration (`http.operator_token_file`), which many may know.
    Shared,
    /// By a token of their own.
    Token,
    /// By the word of a proxy.
    Proxy,
    /// By signing in.
    SignedIn,
}

/// Whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Identity {
    /// Their name; `None`: nobody knows it, and whoever writes says it themselves.
    pub name: Option<String>,
    /// How it is known.
    pub proven: Proven,
    /// What they may.
    pub roles: Vec<Role>,
    /// The groups in whose name they answer requests.
    pub groups: Vec<String>,
    /// The one tenant that they may see and change anything of, by its name; `None`: each.
    pub only: Option<String>,
}

impl Identity {
    /// Whoever is on this machine, where no way to show who one is is configured: may everything.
    pub fn here() -> Self {
        Self {
            name: None,
            proven: Proven::Here,
            roles: vec![Role::Admin, Role::Approver],
            groups: Vec::new(),
            only: None,
        }
    }

    /// Whoever shows the operators' token of the configuration.
    pub fn shared() -> Self {
        Self {
            proven: Proven::Shared,
            ..Self::here()
        }
    }

    /// Whether one of their roles gives that right.
    pub fn may(&self, right: Right) -> bool {
        let gives = |role: &Role| match right {
            Right::See => true,
            Right::Approve => matches!(role, Role::Approver | Role::Admin),
            Right::Operate => *role >= Role::Operator,
            Right::Administer => *role == Role::Admin,
        };
        self.roles.iter().any(gives)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_gives_what_it_says_and_no_more() {
        let rights = [Right::See, Right::Approve, Right::Operate, Right::Administer];
        let check = |roles: &[Role], expected: [bool; 4]| {
            let identity = Identity {
                roles: roles.to_vec(),
                ..Identity::here()
            };
            assert_eq!(rights.map(|right| identity.may(right)), expected, "{roles:?}");
        };
        check(&[], [false, false, false, false]);
        check(&[Role::Viewer], [true, false, false, false]);
        check(&[Role::Approver], [true, true, false, false]);
        check(&[Role::Operator], [true, false, true, false]);
        check(&[Role::Operator, Role::Approver], [true, true, true, false]);
        check(&[Role::Admin], [true, true, true, true]);
    }
}
