//! The tenants beside the one that is looked at: what needs a person there, in one remark. Without it somebody who names no tenant sees
//! the first of the configuration, and may take it for all. Behind `quell status`; reads only.

use std::time::Duration;

use crate::desk::DeskError;
use crate::desk::words::counted;
use crate::store::Store;
use crate::store::views::TenantGlance;

/// Alarms are told for so long.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// So many tenants are told of in words.
const TOLD: usize = 8;

/// What a person who looks at `shown` is told of the others, `names` in the order of the configuration; `None`: there is no other.
///
/// # Errors
/// Postgres is away.
pub async fn beside(store: &Store, shown: &str, names: &[String]) -> Result<Option<String>, DeskError> {
    let others: Vec<String> = names.iter().filter(|name| *name != shown).cloned().collect();
    if others.is_empty() {
        return Ok(None);
    }
    let glances = store.tenants_glance(&others, DAY).await?;
    Ok(Some(remark(shown, &others, &glances)))
}

fn remark(shown: &str, others: &[String], glances: &[TenantGlance]) -> String {
    let of = |name: &String| glances.iter().find(|glance| glance.tenant == *name);
    let told: Vec<String> = others.iter().filter_map(|name| needs(name, of(name))).collect();
    let all = others.len() + 1;
    let first = format!("this is {shown}, 1 of {all} tenants; `--tenant NAME` shows another");
    if told.is_empty() {
        return format!(
            "{first}: none of them is stopped or without a daemon, and none has a question or an alarm"
        );
    }
    let more = match told.len().saturating_sub(TOLD) {
        0 => String::new(),
        n => format!("; and {n} more that need a person"),
    };
    let told: Vec<&str> = told.iter().take(TOLD).map(String::as_str).collect();
    format!("{first}: {}{more}", told.join("; "))
}

/// What needs a person at one of them, if anything. One that the database does not know never ran.
fn needs(name: &str, glance: Option<&TenantGlance>) -> Option<String> {
    let Some(glance) = glance else {
        return Some(format!("{name} unknown to the database"));
    };
    let mut needs = Vec::new();
    if glance.is_stopped {
        needs.push("stopped".to_owned());
    }
    if !glance.is_dispatched {
        needs.push("no daemon dispatches".to_owned());
    }
    if glance.requests > 0 {
        needs.push(counted(glance.requests, "question"));
    }
    if glance.attention > 0 {
        needs.push(format!(
            "{} not in force",
            counted(glance.attention, "containment")
        ));
    }
    if glance.alarms > 0 {
        needs.push(format!("{} in the last day", counted(glance.alarms, "alarm")));
    }
    (!needs.is_empty()).then(|| format!("{name} {}", needs.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glance(tenant: &str) -> TenantGlance {
        TenantGlance {
            tenant: tenant.to_owned(),
            is_stopped: false,
            is_dispatched: true,
            requests: 0,
            attention: 0,
            alarms: 0,
        }
    }

    #[test]
    fn what_needs_a_person_at_the_others_is_one_remark() {
        let others = ["fabrikam", "litware", "northwind"].map(str::to_owned);
        let stopped = TenantGlance {
            is_stopped: true,
            requests: 3,
            ..glance("fabrikam")
        };
        let dead = TenantGlance {
            is_dispatched: false,
            attention: 1,
            alarms: 2,
            ..glance("northwind")
        };
        assert_eq!(
            remark("contoso", &others, &[stopped, dead]),
            "this is contoso, 1 of 4 tenants; `--tenant NAME` shows another: fabrikam stopped, 3 questions; litware unknown to the \
             database; northwind no daemon dispatches, 1 containment not in force, 2 alarms in the last day"
        );
        let quiet: Vec<TenantGlance> = others.iter().map(|name| glance(name)).collect();
        assert_eq!(
            remark("contoso", &others, &quiet),
            "this is contoso, 1 of 4 tenants; `--tenant NAME` shows another: none of them is stopped or without a daemon, and none \
             has a question or an alarm"
        );
    }

    #[test]
    fn a_long_remark_says_how_many_more_there_are() {
        let others: Vec<String> = (0..11).map(|n| format!("t{n}")).collect();
        let said = remark("contoso", &others, &[]);
        assert!(
            said.contains("t7 unknown to the database; and 3 more that need a person"),
            "{said}"
        );
        assert!(!said.contains("t8"), "{said}");
    }
}
