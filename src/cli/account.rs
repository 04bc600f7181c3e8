//! The account that this process runs under: who acts, where nobody says it.

/// The name of the account that this process runs under, if the machine's own list has it.
pub fn own() -> Option<String> {
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    named(&accounts, rustix::process::geteuid().as_raw())
}

/// The name that stands beside a number in a list of accounts (passwd(5)).
fn named(accounts: &str, uid: u32) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, number) = (fields.next()?, fields.next()?, fields.next()?);
        (number.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_number() {
        let accounts =
            "root:x:0:0:root:/root:/bin/sh\n+::::::\nnonsense\nquell:x:65532:65532::/:/sbin/nologin\n";
        assert_eq!(named(accounts, 65_532).as_deref(), Some("quell"));
        assert_eq!(named(accounts, 0).as_deref(), Some("root"));
        assert_eq!(named(accounts, 65_533), None);
    }
}
