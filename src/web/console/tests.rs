//! Pages as text: what comes from outside is never markup, what is not there is said in words, and whoever may not has no button.

use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

use super::fields::Fields;
use super::queue::further;
use super::shell::{Frame, Notice, Page, Visit};
use super::{approvals, audit, device, devices, event, forms, playbooks, timeline};
use crate::desk::page;
use crate::desk::playbooks::{PlaybookRow, PlaybooksReport};
use crate::desk::timeline::{Link, LinkTo, Moment, MomentKind};
use crate::domain::identity::{Identity, Role};
use crate::domain::measure::Measure;
use crate::domain::stop::StopScope;
use crate::domain::verdict::Mode;
use crate::store::StopView;
use crate::store::approvals::{RequestView, Waiting};
use crate::store::views::{ContainmentHistory, ContainmentView, DeviceView, Show, TrailRow};
use crate::web::testing::TestServer;

const EVIL: &str = "<script>alert(1)</script>\"'&";

fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().expect("a time")
}

fn frame(path: &str) -> Frame {
    Frame {
        tenant: "contoso".to_owned(),
        now: now(),
        stops: Vec::new(),
        waiting: Waiting::default(),
        mode: Mode::Enforce,
        identity: Identity::here(),
        notice: None,
        kept: Fields::default(),
        visit: Visit {
            path: path.to_owned(),
            query: Fields::default(),
            tenants: vec!["contoso".to_owned()],
            is_refresh: false,
        },
    }
}

fn whole(frame: &Frame, page: &Page) -> String {
    let text = frame.around(page).into_string();
    for forbidden in ["<script>alert", "style=", "onclick=", "javascript:"] {
        assert!(!text.contains(forbidden), "{forbidden}: {text}");
    }
    text
}

fn device(name: &str) -> DeviceView {
    DeviceView {
        device: "aa".repeat(20),
        name: Some(name.to_owned()),
        restriction: "restricted".to_owned(),
        isolation: "free".to_owned(),
        since: Some(now()),
        containments: vec![containment()],
        actions: Vec::new(),
    }
}

fn containment() -> ContainmentView {
    ContainmentView {
        id: Uuid::nil(),
        device: "aa".repeat(20),
        name: None,
        measure: Measure::Restriction,
        state: "active".to_owned(),
        playbook: Some("ransomware@0123456789ab".to_owned()),
        alert_id: None,
        title: Some(EVIL.to_owned()),
        created_at: now(),
        activated_at: Some(now()),
        until: Some(now() + jiff::SignedDuration::from_hours(4)),
        ask_reason: None,
        ask_from: Vec::new(),
        ask_until: None,
        otherwise_act: false,
        attention: None,
        by: "decide".to_owned(),
        reason: "matched".to_owned(),
    }
}

fn history(measure: Measure) -> ContainmentHistory {
    ContainmentHistory {
        id: Uuid::nil(),
        device: "aa".repeat(20),
        measure,
        state: "active".to_owned(),
        mode: "enforce".to_owned(),
        playbook: Some("ransomware".to_owned()),
        revision: None,
        begun_by: None,
        event_id: None,
        alert_id: None,
        created_at: now(),
        ask_reason: None,
        ask_until: None,
        request: Some("A-1042".to_owned()),
        answers: Vec::new(),
        activated_at: Some(now()),
        until: Some(now() + jiff::SignedDuration::from_hours(4)),
        ended_at: None,
        end_reason: None,
        attention: None,
        by: "decide".to_owned(),
        reason: EVIL.to_owned(),
        device_is: "isolated".to_owned(),
        last_action: Some("isolate submitted".to_owned()),
    }
}

fn list<T>(items: Vec<T>) -> page::Page<T> {
    page::Page { items, next: None }
}

#[test]
fn a_device_is_named_as_it_is_called_and_leads_to_its_page_and_to_defender() {
    let frame = frame("/devices");
    let text = whole(
        &frame,
        &devices::page(&frame, &list(vec![device(EVIL)]), Show::Concerned),
    );
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{text}");
    let id = "aa".repeat(20);
    assert!(text.contains(&format!("href=\"/devices/{id}\"")), "{text}");
    assert!(
        text.contains(&format!(
            "https://security.microsoft.com/machines/v2/{id}/overview"
        )),
        "{text}"
    );
    assert!(
        text.contains("in 4 h") && text.contains("2026-11-22 07:00:00 UTC"),
        "{text}"
    );
}

#[test]
fn what_a_containment_holds_is_said_and_an_event_leads_to_those_that_followed_from_it() {
    let mut of = frame("/devices/x");
    let both = [history(Measure::Restriction), history(Measure::Isolation)];
    let table = whole(&of, &plain(device::containments(&of, &both)));
    assert!(
        table.contains("(restriction)") && table.contains("(isolation)"),
        "{table}"
    );
    of.visit.tenants = vec!["fabrikam".to_owned(), "contoso".to_owned()];
    let text = event::followed(&of, &history(Measure::Isolation)).into_string();
    let id = "aa".repeat(20);
    let to = format!(
        "href=\"/devices/{id}?tenant=contoso#containment-{}\"",
        Uuid::nil()
    );
    for part in [
        to.as_str(),
        "isolation by ransomware",
        "ends <time",
        "in 4 h",
        "/approvals/A-1042",
        "isolate submitted",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn empty_lists_say_so_in_words() {
    let of = frame("/devices");
    let check = |page: &Page, words: &str| {
        let text = whole(&of, page);
        assert!(text.contains(words), "{words}: {text}");
    };
    check(
        &devices::page(&of, &list(Vec::new()), Show::Contained),
        "No device is contained.",
    );
    check(&approvals::page(&of, &[]), "No request waits for an answer.");
    check(&audit::page(&of, &list(Vec::new())), "Nothing was changed yet.");
    check(&playbooks::page(&of, None, &[]), "No playbook set is in force");
    check(
        &event::page(&of, "x", &[], &[]),
        "Nothing is decided of this event yet.",
    );
}

#[test]
fn a_request_says_what_happens_when_nobody_answers() {
    let request = RequestView {
        request: "A-1042".to_owned(),
        playbook: None,
        begun_by: Some(EVIL.to_owned()),
        asked_at: now(),
        ends_at: Some(now() + jiff::SignedDuration::from_mins(12)),
        waiting: 2,
        asks: [("asked".to_owned(), 2), ("declined".to_owned(), 1)].into(),
        reasons: vec!["ask".to_owned()],
        from: vec!["soc-leads".to_owned()],
        approvals: 2,
        approved_by: vec!["ann".to_owned()],
        otherwise_act: true,
        device: "web-1".to_owned(),
    };
    let frame = frame("/approvals");
    let text = whole(&frame, &approvals::page(&frame, &[request]));
    assert!(
        text.contains("href=\"/approvals/A-1042\"") && text.contains("2 waiting"),
        "{text}"
    );
    assert!(text.contains("1 declined") && text.contains("ann of 2"), "{text}");
    assert!(
        text.contains("data-label=\"Unanswered\"") && text.contains(">acts</span>"),
        "{text}"
    );
}

#[test]
fn the_audit_and_the_timeline_show_what_others_wrote_as_text() {
    let row = TrailRow {
        id: 7,
        at: now(),
        entity: "action".to_owned(),
        entity_id: Uuid::nil(),
        device: None,
        from: Some("queued".to_owned()),
        to: "submitting".to_owned(),
        by: EVIL.to_owned(),
        reason: EVIL.to_owned(),
        revision: None,
        before: None,
        after: None,
        transaction: "1".to_owned(),
    };
    let of = frame("/audit");
    let text = whole(&of, &audit::page(&of, &list(vec![row])));
    assert!(text.contains(&format!("/actions/{}", Uuid::nil())), "{text}");
    let moment = Moment {
        at: now(),
        kind: MomentKind::Alarm,
        title: EVIL.to_owned(),
        detail: Some(EVIL.to_owned()),
        state: None,
        links: vec![Link {
            to: LinkTo::Playbook,
            id: "a/b".to_owned(),
        }],
    };
    let text = timeline::line(&of, &[moment]).into_string();
    assert!(
        text.contains("/playbooks/a%2Fb") && text.contains("class=\"bad\""),
        "{text}"
    );
    assert!(!text.contains("<script"), "{text}");
}

#[test]
fn a_playbook_that_only_observes_says_why() {
    let row = PlaybookRow {
        id: "ransomware".to_owned(),
        title: Some(EVIL.to_owned()),
        mode: Mode::Enforce,
        priority: Some("high"),
        is_canary: true,
        fallback: Some("canary.limits[0]".to_owned()),
        revision: "0123456789abcdef".to_owned(),
        since: None,
        deeds: crate::store::views::PlaybookDeeds::default(),
        days: Vec::new(),
    };
    let report = PlaybooksReport {
        version: 3,
        hash: "ff".repeat(32),
        ceiling: Mode::Observe,
        playbooks: vec![row],
    };
    let frame = frame("/playbooks");
    let text = whole(&frame, &playbooks::page(&frame, Some(&report), &[]));
    assert!(text.contains("only observes: canary.limits[0]"), "{text}");
    assert!(
        text.contains("nothing goes beyond observe") && text.contains("no hits"),
        "{text}"
    );
}

fn plain(content: Markup) -> Page {
    Page::new("Title", content)
}

#[test]
fn the_stop_switch_is_on_every_page_of_whoever_may_and_on_no_other() {
    let mut of = frame("/");
    let text = whole(&of, &plain(html! {}));
    assert!(
        text.contains("action=\"/do/stop\"") && text.contains("data-word=\"stop\""),
        "{text}"
    );
    assert!(text.contains("name=\"by\""), "nobody is known by name: {text}");
    of.identity.roles = vec![Role::Viewer];
    of.identity.name = Some("vera".to_owned());
    let text = whole(&of, &plain(html! {}));
    assert!(!text.contains("/do/"), "{text}");
    assert!(text.contains("you are vera"), "{text}");
}

#[test]
fn while_something_is_stopped_every_page_says_so_and_leads_on() {
    let mut of = frame("/queue");
    of.stops = vec![StopView {
        id: Uuid::nil(),
        tenant: "contoso".to_owned(),
        scope: StopScope::Freeze,
        since: None,
        everywhere: true,
        via: "cli".to_owned(),
        by: "anna".to_owned(),
        reason: EVIL.to_owned(),
        begun_at: now(),
        ended_at: None,
        ended_by: None,
        end_reason: None,
    }];
    let text = whole(&of, &plain(html! {}));
    assert!(
        text.contains("Stopped: nothing is called, releases neither"),
        "{text}"
    );
    assert!(
        text.contains("action=\"/do/resume\"") && text.contains("data-word=\"resume\""),
        "{text}"
    );
    assert!(
        text.contains(&format!("name=\"stop\" value=\"{}\"", of.stops[0].id)),
        "{text}"
    );
}

#[test]
fn what_was_refused_stands_on_the_page_with_what_was_typed() {
    let mut of = frame("/queue");
    of.notice = Some(Notice::Refused(EVIL.to_owned()));
    of.kept = Fields::of(&[("form", "stop"), ("by", "anna"), ("reason", EVIL)]);
    let text = whole(&of, &plain(html! {}));
    assert!(
        text.contains("role=\"alert\"") && text.contains("value=\"anna\""),
        "{text}"
    );
    assert!(
        text.contains("value=\"&lt;script&gt;alert(1)&lt;/script&gt;&quot;'&amp;\""),
        "{text}"
    );
}

#[test]
fn what_was_done_is_told_by_codes_that_are_known_and_by_no_others() {
    assert_eq!(
        forms::told("approved", 2).as_deref(),
        Some("Approved: 2 devices.")
    );
    assert_eq!(forms::told(EVIL, 1), None);
    let mut of = frame("/");
    of.visit.query = Fields::of(&[("done", "stopped")]);
    assert!(!of.here().contains("done"), "it is told once: {}", of.here());
}

#[test]
fn a_page_that_is_brought_up_to_date_stays_at_its_place_in_each_list_and_leads_back_to_the_first() {
    let mut of = frame("/queue");
    let first = further(&of, Some("y"), "older").into_string();
    assert!(
        first.contains("Next page") && !first.contains("First page"),
        "{first}"
    );
    of.visit.query = Fields::of(&[("older", "x y")]);
    assert_eq!(of.here(), "/queue?older=x%20y");
    let last = further(&of, None, "older").into_string();
    assert!(
        last.contains("href=\"/queue\"") && last.contains("First page"),
        "{last}"
    );
    let other = further(&of, None, "after").into_string();
    assert!(!other.contains("First page"), "{other}");
}

#[test]
fn a_tenant_that_is_not_the_first_stays_in_every_link() {
    let mut of = frame("/devices");
    of.visit.tenants = vec!["fabrikam".to_owned(), "contoso".to_owned()];
    assert_eq!(of.link("/queue"), "/queue?tenant=contoso");
    assert_eq!(of.link("/devices?show=all"), "/devices?show=all&tenant=contoso");
    let text = whole(&of, &plain(html! {}));
    assert!(text.contains("href=\"/?tenant=fabrikam\""), "{text}");
}

#[tokio::test]
async fn what_goes_wrong_is_a_page_that_a_browser_may_do_nothing_with() {
    let server = TestServer::start(|_, _| ()).await;
    for path in ["/", "/approvals/A-1", "/devices/x", "/events/x"] {
        let got = server.get(path).await;
        assert_eq!(got.status, 404, "there is no tenant: {got:?}");
        assert!(got.head.contains("text/html"), "{got:?}");
        for said in [
            "content-security-policy: default-src 'none'; script-src 'self'",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "frame-ancestors 'none'",
        ] {
            assert!(got.head.contains(said), "{said}: {}", got.head);
        }
        assert!(got.body.contains("role=\"alert\""), "{}", got.body);
    }
}
