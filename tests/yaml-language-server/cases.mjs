// What people write, and what the editor shows them: [line, message].
const PLAYBOOK = `id: p
title: t
owner: o
mode: enforce
when:
  alert.event: new
  alert.severity: {at_least: high}
then:
  - restrict_app_execution:
      comment: "alert {alert.id}"
      release: {after: 4h}
limits:
  - {devices: 5, per: 1h}
`;

const TEST = `playbook: ../p.yaml
facts:
  high: {alert: {event: new, severity: high}}
tests:
  - name: n
    given: [high, {device: {tags: unknown}}]
    expect: {decision: ask}
`;

const CONFIG = `database:
  url_file: database-url
playbooks: {path: playbooks}
tenants:
  - name: contoso
    credential:
      client_secret: {directory_id: d, client_id: c, secret_file: s}
`;

function changed(from, to, text = PLAYBOOK) {
  if (!text.includes(from)) throw new Error(`the text does not hold ${from}`);
  return text.replace(from, to);
}

const playbook = (what, from, to, ...found) => ({ kind: "playbook", what, text: changed(from, to), found });
const test = (what, from, to, ...found) => ({ kind: "test", what, text: changed(from, to, TEST), found });
const config = (what, from, to, ...found) => ({ kind: "config", what, text: changed(from, to, CONFIG), found });

export const CASES = [
  { kind: "playbook", what: "a sound playbook", text: PLAYBOOK, found: [] },
  { kind: "test", what: "a sound test file", text: TEST, found: [] },
  { kind: "config", what: "a sound configuration", text: CONFIG, found: [] },

  playbook("an unknown key", "limits:", "limit:", [1, "X"]),
  playbook("no owner", "owner: o\n", "", [1, "X"]),
  playbook("an id in capitals", "id: p", "id: Ransom", [1, "X"]),
  playbook("a title that is a number", "title: t", "title: 5", [1, "X"]),
  playbook("a blank title", "title: t", "title: ' '", [1, "X"]),
  playbook("a mode that there is not", "mode: enforce", "mode: enforced", [1, "X"]),
  playbook("an unknown fact", "alert.event: new", "alert.evnt: new", [1, "X"]),
  playbook("an op that does not fit the fact", "alert.event: new", "alert.category: {at_least: high}", [1, "X"]),
  playbook("an op that does not fit a list", "alert.event: new", "device.tags: {contains: x}", [1, "X"]),
  playbook("an op that there is not", "{at_least: high}", "{atleast: high}", [1, "X"]),
  playbook("two ops", "{at_least: high}", "{at_least: low, at_most: high}", [1, "X"]),
  playbook("no op", "{at_least: high}", "{}", [1, "X"]),
  playbook("a severity that there is not", "{at_least: high}", "{at_least: hihg}", [1, "X"]),
  playbook("a bare severity that there is not", "{at_least: high}", "critical", [1, "X"]),
  playbook("a list with a wrong severity", "{at_least: high}", "[high, hihg]", [1, "X"]),
  playbook("severities in capitals", "{at_least: high}", "[High, MEDIUM]"),
  playbook("an empty list", "{at_least: high}", "[]", [1, "X"]),
  playbook("an age without an op", "alert.event: new", "alert.age: 5m", [1, "X"]),
  playbook("an age with a wrong duration", "alert.event: new", "alert.age: {within: 5 minutes}", [1, "X"]),
  playbook("a number for a text", "alert.event: new", "alert.incident_id: 5", [1, "X"]),
  playbook("nothing for a text", "alert.event: new", "alert.category:", [1, "X"]),
  playbook("no when", "when:\n  alert.event: new\n  alert.severity: {at_least: high}\n", "", [1, "X"]),
  playbook("an empty when", "when:\n  alert.event: new\n  alert.severity: {at_least: high}\n", "when: {}\n", [1, "X"]),
  playbook("every event", "when:\n  alert.event: new\n  alert.severity: {at_least: high}\n", "match_all: true\n"),
  playbook("every event and lines", "mode: enforce", "mode: enforce\nmatch_all: true", [1, "X"]),
  playbook("an unknown action", "restrict_app_execution:", "isolate_device:", [1, "X"]),
  playbook("a bare action", "- restrict_app_execution:\n      comment: \"alert {alert.id}\"\n      release: {after: 4h}", "- restrict_app_execution", [1, "X"]),
  playbook("no release", "\n      release: {after: 4h}", "", [1, "X"]),
  playbook("a release without an end", "release: {after: 4h}", "release: {restart_on: match}", [1, "X"]),
  playbook("a release with two ends", "release: {after: 4h}", "release: {after: 4h, never: true}", [1, "X"]),
  playbook("never: false", "release: {after: 4h}", "release: {never: false}", [1, "X"]),
  playbook("a release after no duration", "release: {after: 4h}", "release: {after: 4 hours}", [1, "X"]),
  playbook("a comment with a fact that there is not", "{alert.id}", "{alert.idd}", [1, "X"]),
  playbook("a comment with a lonely brace", "{alert.id}", "{alert.id", [1, "X"]),
  playbook("two actions", "limits:", "  - release_app_restriction: {comment: c}\nlimits:", [1, "X"]),
  playbook("no device", "devices: 5", "devices: 0", [1, "X"]),
  playbook("a limit without a window", ", per: 1h", "", [1, "X"]),
  playbook("an ask without a time", "limits:", "ask: {from: [soc]}\nlimits:", [1, "X"]),
  playbook("an ask of nobody", "limits:", "ask: {from: [], within: 30m}\nlimits:", [1, "X"]),
  playbook("an unknown that acts", "limits:", "if_unknown: act\nlimits:", [1, "X"]),

  test("an unknown fact", "severity: high", "severty: high", [1, "X"]),
  test("a wrong severity", "severity: high", "severity: hihg", [1, "X"]),
  test("tags that are a text", "tags: unknown", "tags: tier-0", [1, "X"]),
  test("no expectation", "\n    expect: {decision: ask}", "", [1, "X"]),
  test("an empty expectation", "{decision: ask}", "{}", [1, "X"]),
  test("a decision that there is not", "decision: ask", "decision: asks", [1, "X"]),

  config("an unknown key", "playbooks: {path: playbooks}", "playbooks: {path: p, paht: q}", [1, "X"]),
  config("no database", "  url_file: database-url", "  max_connections: 5", [1, "X"]),
  config("two databases", "  url_file: database-url", "  url_file: database-url\n  url: postgres:///q", [1, "X"]),
  config("a wrong cloud", "name: contoso", "name: contoso\n    cloud: moon", [1, "X"]),
  config("a wrong duration", "playbooks:", "freshness: 1 hour\nplaybooks:", [1, "X"]),
  config("too many connections", "url_file: database-url", "url_file: u\n  max_connections: 5000", [1, "X"]),
  config("a secret in the file", "client_secret: {directory_id: d, client_id: c, secret_file: s}", "client_secret: hunter2", [1, "X"]),
];

export const OFFERS = [
  { kind: "playbook", what: "says what a fact is", text: changed("alert.severity", "alert.sev|erity"), says: ["How bad the source says it is", "at_least"] },
  { kind: "playbook", what: "offers severities and ops", text: changed("{at_least: high}", "|"), offers: ["high", "low", "{at_least: …}"] },
  { kind: "playbook", what: "offers facts", text: changed("alert.event: new", "|"), offers: ["alert.category", "device.tags"] },
  { kind: "playbook", what: "offers modes", text: changed("mode: enforce", "mode: |"), offers: ["observe", "enforce", "off"] },
  { kind: "playbook", what: "offers a new playbook", text: "|", offers: ["new playbook", "when"] },
];
