//! How operators show who they are.

use super::{MINIMAL, check, loaded};
use crate::domain::identity::Role;
use crate::web::Whom;

fn http(lines: &str) -> String {
    format!("http:\n  trusted_proxies: [10.0.0.9]\n{lines}")
}

#[test]
fn people_whom_a_proxy_names_may_what_the_roles_say() {
    let text = http(
        "  unix_socket: quell.sock\n  access:\n    proxy: {user_header: X-Forwarded-User, groups_header: x-forwarded-groups}\n    roles:\n      \
         - {group: soc-l2, roles: [approver, operator], approves_for: [soc]}\n      - {user: anna@example.com, roles: [admin]}\n",
    );
    let http = loaded(&format!("{MINIMAL}{text}")).http;
    assert_eq!(
        http.unix_socket.as_deref(),
        Some(std::path::Path::new("/etc/quell/quell.sock"))
    );
    let proxy = http.access.proxy.expect("it is there");
    assert_eq!(
        (proxy.user.as_str(), proxy.groups.as_deref()),
        ("X-Forwarded-User", Some("x-forwarded-groups"))
    );
    let [first, second] = &http.access.roles[..] else {
        panic!("two rules")
    };
    assert_eq!(first.whom, Whom::Group("soc-l2".to_owned()));
    assert_eq!(
        (first.roles.as_slice(), first.approves_for.as_slice()),
        (&[Role::Approver, Role::Operator][..], &["soc".to_owned()][..])
    );
    assert_eq!(second.whom, Whom::User("anna@example.com".to_owned()));
}

#[test]
fn roles_that_are_for_nobody_or_give_nothing_are_refused() {
    let rule = |rule: &str| {
        http(&format!(
            "  access:\n    proxy: {{user_header: x-user}}\n    roles:\n      - {rule}\n"
        ))
    };
    check(&rule("{group: soc, roles: [viewer]}"), &[]);
    check(
        &rule("{group: soc, user: anna, roles: [viewer]}"),
        &[("E472", 6, "`group` or `user`")],
    );
    check(&rule("{roles: [viewer]}"), &[("E472", 6, "`group` or `user`")]);
    check(&rule("{group: soc, roles: []}"), &[("E472", 6, "gives no role")]);
    check(
        &rule("{group: soc, roles: [root]}"),
        &[("E472", 6, "gives no role"), ("E313", 6, "root")],
    );
    check(
        &rule("{group: soc, roles: [operator], approves_for: [soc]}"),
        &[("E472", 6, "without the role")],
    );
    let none = http("  access: {proxy: {user_header: x-user}}\n");
    check(&none, &[("E472", 3, "no `roles`")]);
}

#[test]
fn headers_are_believed_of_named_proxies_alone() {
    let roles = "roles: [{group: soc, roles: [viewer]}]";
    let lone = format!("http:\n  access: {{proxy: {{user_header: x-user}}, {roles}}}\n");
    check(&lone, &[("E471", 2, "`http.trusted_proxies` names nobody")]);
    for header in ["Authorization", "cookie", "x-forwarded-for", "x user"] {
        let text = http(&format!(
            "  access: {{proxy: {{user_header: {header}}}, {roles}}}\n"
        ));
        check(&text, &[("E471", 3, header)]);
    }
}

#[test]
fn a_proxy_on_this_machine_is_warned_of_as_every_program_there_could_be_it() {
    let with =
        |proxies: &str, access: &str| format!("http:\n  trusted_proxies: [{proxies}]\n  access: {access}\n");
    let proxy = "{proxy: {user_header: x-user}, roles: [{group: soc, roles: [viewer]}]}";
    for own in ["127.0.0.1", "10.0.0.9, '::1'"] {
        check(&with(own, proxy), &[("W453", 2, "this machine")]);
    }
    check(&with("10.0.0.9", proxy), &[]);
    check(&with("127.0.0.1", "{required: true}"), &[]);
}

#[test]
fn roles_without_a_way_to_know_people_are_warned_of() {
    let access = |access: &str| format!("http:\n  access: {access}\n");
    let roles = "roles: [{group: soc, roles: [viewer]}]";
    for more in ["", "required: true, "] {
        check(
            &access(&format!("{{{more}{roles}}}")),
            &[("W454", 2, "hold for nobody")],
        );
    }
    // Who signs in with a token has a session without either.
    check(&access("{session: {idle: 30m}}"), &[]);
    check(&access("{roles: []}"), &[]);
}

#[test]
fn people_without_a_domain_are_warned_of_where_those_who_sign_in_have_one() {
    let with = |issuer: &str, claim: &str, group: &str| {
        format!(
            "http:\n  access:\n    oidc:\n      issuer: https://{issuer}\n      client_id: quell\n      \
             redirect_url: https://quell.example.com/login/callback\n{claim}    roles: [{{group: soc, roles: [approver]}}]\n\
             approvals:\n  groups:\n    leads: {group}\n"
        )
    };
    let entra = "login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0";
    check(&with(entra, "", "[ann@example.com]"), &[]);
    check(
        &with(entra, "", "[ann@example.com, bob]"),
        &[("W455", 10, "`bob` in the group `leads`")],
    );
    check(
        &with(entra, "", "['CORP\\ann']"),
        &[("W455", 10, "is nobody who signs in")],
    );
    // By a command she is `ann`.
    check(&with(entra, "", "[ann, Ann@example.com]"), &[]);
    // What others call people nobody can tell.
    let keycloak = "login.example.com/realms/soc";
    check(&with(keycloak, "", "[bob]"), &[]);
    check(&with(entra, "      name_claim: sub\n", "[bob]"), &[]);
    check(
        &with(keycloak, "      name_claim: email\n", "[bob]"),
        &[("W455", 11, "`bob`")],
    );
    // Without an issuer a name is as the system, a proxy or a token has it.
    check("approvals: {groups: {leads: [bob]}}\n", &[]);
}

#[test]
fn an_issuer_is_reached_and_come_back_from_by_https() {
    let oidc = |issuer: &str, redirect: &str, more: &str| {
        format!(
            "http:\n  access:\n    oidc: {{issuer: \"{issuer}\", client_id: quell, redirect_url: \"{redirect}\"{more}}}\n    \
             roles: [{{group: soc, roles: [viewer]}}]\n"
        )
    };
    let (issuer, back) = (
        "https://login.example.com/v2.0",
        "https://quell.example.com/login/callback",
    );
    check(&oidc(issuer, back, ""), &[]);
    check(
        &oidc(
            "http://127.0.0.1:9000",
            "http://localhost:8740/login/callback",
            "",
        ),
        &[],
    );
    check(
        &oidc("http://login.example.com", back, ""),
        &[("E471", 3, "`http.access.oidc.issuer`")],
    );
    check(
        &oidc("http://127.0.0.1.example.com", back, ""),
        &[("E471", 3, "`http.access.oidc.issuer`")],
    );
    check(
        &oidc(issuer, "https://quell.example.com/", ""),
        &[("E471", 3, "nobody waits")],
    );
    check(
        &oidc(issuer, back, ", scopes: [profile]"),
        &[("E471", 3, "`openid`")],
    );
    check(
        &oidc(issuer, back, ", client_secret: hunter2"),
        &[("E501", 3, "written out")],
    );
}
