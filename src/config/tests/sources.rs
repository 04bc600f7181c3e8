//! `sources`: what they may say, and how it is told what is wrong.

use super::*;

#[test]
fn each_source_has_its_name_its_tenant_and_one_kind() {
    let config = loaded(&format!(
        "{MINIMAL}sources:\n  - {{name: hub, trust: ask, rate: {{events: 5}}, kafka: {{brokers: [\"a:9093\"], topic: t}}}}\n  - {{name: own, tenant: contoso, defender: {{}}}}\n"
    ));
    let [hub, own] = config.sources.as_slice() else {
        panic!("{:?}", config.sources)
    };
    assert_eq!((hub.trust, hub.tenant), (crate::domain::trust::Trust::Ask, 0));
    assert_eq!(
        hub.rate.map(|rate| (rate.limit, rate.per.as_secs())),
        Some((5, 60))
    );
    assert!(matches!(&hub.kind, SourceKind::Kafka(kafka) if kafka.topic == "t"));
    assert!(matches!(&own.kind, SourceKind::Defender(_)));
    assert!(loaded(MINIMAL).sources.is_empty());
}

#[test]
fn what_is_wrong_with_a_source_is_told_where_it_stands() {
    check(
        "sources:\n  - {name: a, defender: {}}\n  - {name: a, defender: {}}\n  - {name: webhook, defender: {}}\n  - {name: B, defender: {}}\n  - {name: c, tenant: contosa, defender: {}}\n  - {name: d}\n  - {name: e, defender: {}, directory: {path: p}}\n  - {name: f, deffender: {}}\n",
        &[
            ("E411", 3, "the source `a` is there twice"),
            ("E411", 4, "the name of the listener's own"),
            ("E411", 5, "must be made of a-z"),
            ("E411", 6, "`contosa`, which none of `tenants` is"),
            ("E502", 7, "needs one of `webhook`"),
            ("E502", 8, "has `defender` and `directory`"),
            ("E502", 9, "needs one of `webhook`"),
            ("E310", 9, "unknown key `deffender`"),
        ],
    );
}

#[test]
fn a_rate_without_a_number_of_events_is_told_since_it_bounds_nothing() {
    check(
        "sources:\n  - {name: a, rate: {per: 1m}, defender: {}}\n",
        &[("E411", 2, "`sources[0].rate` has `per` without `events`")],
    );
}
