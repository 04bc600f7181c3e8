//! Entra's refusals by their numbers, each with what an operator does about it. A table, used by `TokenError` alone.
//!
//! The numbers come from Microsoft's list of AADSTS codes (facts sheet 5.9). They may change, says Microsoft, so nothing here
//! decides what Quell does: whatever is refused is asked for again later, and the number only chooses the words.

/// What to do about a refusal, in a sentence without a full stop.
pub(super) fn remedy(number: Option<u32>, code: &str) -> Option<&'static str> {
    number.and_then(by_number).or_else(|| by_code(code))
}

/// Entra's numbers that operators of a daemon meet, and their remedies. `docs/credentials.md` lists them; a test compares.
pub(super) const REMEDIES: [(&[u32], &str); 21] = [
    (
        &[7_000_215, 70_002],
        "the secret is not the application's: write the secret's value, not its id, into the file of `secret_file`; it is read anew each time",
    ),
    (
        &[7_000_222],
        "the client secret has expired: make a new one in the app registration and write its value into the file of `secret_file`; no restart is \
         needed",
    ),
    (
        &[700_016, 700_011],
        "the application is not in this directory: compare `client_id` and `directory_id` with the app registration's overview page",
    ),
    (
        &[70_001, 7_000_112],
        "the application is disabled: enable it under Enterprise applications, Properties, or use another one",
    ),
    (
        &[90_002, 90_019, 50_059],
        "the directory is not known there: compare `directory_id` with the tenant id in Entra, and `cloud` with where the tenant lives",
    ),
    (
        &[90_038, 900_382, 900_432],
        "the directory lives in another national cloud: set `cloud` (or `authority`) to that one",
    ),
    (
        &[500_011, 650_057, 50_001],
        "the API is not known in this directory: check `scope` and `cloud`, and that the tenant has Defender for Endpoint",
    ),
    (
        &[70_011, 28_002],
        "the scope is not one of this API's: leave `scope` out, or end it with `/.default`",
    ),
    (
        &[65_001, 90_008, 90_094, 65_004],
        "an administrator has not consented: grant admin consent under API permissions of the app registration, then try again",
    ),
    (
        &[650_056, 65_005],
        "the app registration does not ask for this API: add WindowsDefenderATP's permissions to it and grant admin consent",
    ),
    (
        &[700_027, 50_012, 700_030],
        "the certificate is not the application's: upload the one of `certificate_file` under Certificates & secrets of the app registration, or \
         point the files to the one that is there",
    ),
    (
        &[700_024],
        "the assertion is not within its time: set this machine's clock right; with workload identity the projected token has run out",
    ),
    (
        &[700_211, 700_212, 700_213, 70_021],
        "no federated credential of the application fits the presented token: compare its issuer, subject and audience with the service account's, \
         letter by letter",
    ),
    (
        &[700_025],
        "the application is a public client: turn off `Allow public client flows`, or sign a user in with `credential.delegated`",
    ),
    (
        &[7_000_218],
        "the application is not a public client: turn on `Allow public client flows` under Authentication of the app registration",
    ),
    (
        &[50_173, 50_132, 50_133, 50_089],
        "the sign-in was revoked, by a new password or an administrator: sign in again with `quell login`",
    ),
    (
        &[700_082, 70_008, 70_043, 700_084, 70_000],
        "the sign-in has expired: sign in again with `quell login`",
    ),
    (
        &[50_076, 50_078, 50_079, 50_074, 50_072, 50_158],
        "the user must prove who they are once more (a second factor): sign in again with `quell login`",
    ),
    (
        &[53_003, 53_000, 53_001, 530_032, 50_131, 53_011],
        "a Conditional Access policy blocks the sign-in: have it let this application through from where it runs, or sign in as it demands",
    ),
    (
        &[50_057, 50_034, 50_053, 50_055, 50_105],
        "the user's account cannot be used (disabled, unknown, locked, its password expired, or not assigned to the application): mend the \
         account, then sign in again with `quell login`",
    ),
    (
        &[50_196, 90_055],
        "too many tokens were asked for, by this application or from this tenant: look for other programs that use the same app registration",
    ),
];

fn by_number(number: u32) -> Option<&'static str> {
    REMEDIES
        .iter()
        .find(|(numbers, _)| numbers.contains(&number))
        .map(|(_, remedy)| *remedy)
}

/// For refusals without a number, or with one that is not in the table.
fn by_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "invalid_client" => {
            "the application did not prove who it is: check the secret, certificate or federated credential"
        }
        "unauthorized_client" => "check `client_id`, and that the application exists in this directory",
        "invalid_grant" => "the sign-in is not good any more: sign in again with `quell login`",
        "interaction_required" => {
            "the user has to do something in a browser: sign in again with `quell login`"
        }
        "invalid_resource" | "invalid_scope" => "check `scope` and `cloud`",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_remedy_that_says_what_to_do() {
        let mut seen = std::collections::BTreeSet::new();
        for (numbers, remedy) in REMEDIES {
            assert!(!remedy.ends_with('.') && remedy.contains(": "), "{remedy}");
            for number in numbers {
                assert!(seen.insert(number), "{number} is there twice");
                assert_eq!(super::remedy(Some(*number), "invalid_client"), Some(remedy));
            }
        }
    }

    #[test]
    fn a_number_that_nobody_knows_falls_back_on_the_code() {
        assert!(remedy(Some(1), "invalid_client").is_some());
        assert!(remedy(None, "invalid_grant").is_some_and(|text| text.contains("quell login")));
        assert_eq!(remedy(Some(1), "server_error"), None);
    }

    #[test]
    fn the_page_for_operators_lists_every_number() {
        let page = include_str!("../../../docs/credentials.md");
        for number in REMEDIES.iter().flat_map(|(numbers, _)| *numbers) {
            assert!(
                page.contains(&number.to_string()),
                "docs/credentials.md lacks {number}"
            );
        }
    }
}
