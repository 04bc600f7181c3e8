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

const TIMELINE = `timeline:
      - {at: 0h, event: [high], expect: {decision: ask, device: free}}
      - {at: 5m, approve: ann, expect: {device: restricted}}
      - {at: 4h6m, expect: {device: released, by: release.after}}`;

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

const DURATION = "a duration: whole numbers with `d`, `h`, `m`, `s` or `ms`, the larger unit first, e.g. `4h` or `1h30m`";
const RELEASE = "say when it ends: `release: {after: 4h}`, or `release: {never: true}` when it must stay until a person ends it";
const LEVEL_OPS = "an ordered word: exactly one op of `any_of`, `none_of`, `at_least`, `at_most`, `exists`, as in `{at_least: high}`";
const SEVERITIES = "Value is not accepted. Valid values: \"informational\", \"low\", \"medium\", \"high\".";
const FILL_IN = "a brace fills in a fact, as in `{alert.id}`; write `{{` or `}}` for a brace itself";
const ACTION = "one action, with its details indented below it: `restrict_app_execution`, `release_app_restriction`, `isolate_device`, `release_isolation`, `scan`, `collect_package`, `quarantine_file`";
const TEXT = "text, in quotes if it is read as something else; `{exists: false}` for no value";

export const CASES = [
  { kind: "playbook", what: "a sound playbook", text: PLAYBOOK, found: [] },
  { kind: "test", what: "a sound test file", text: TEST, found: [] },
  { kind: "config", what: "a sound configuration", text: CONFIG, found: [] },

  playbook("an unknown key", "limits:", "limit:", [12, "Property limit is not allowed."]),
  playbook("no owner", "owner: o\n", "", [1, "Missing property \"owner\"."]),
  playbook("an id in capitals", "id: p", "id: Ransom", [1, "1 to 63 lower-case letters, digits and `-`, beginning with a letter or digit, as the file is named"]),
  playbook("a title that is a number", "title: t", "title: 5", [2, "Incorrect type. Expected \"string\"."]),
  playbook("a blank title", "title: t", "title: ' '", [2, "a text that is not empty"]),
  playbook("a mode that there is not", "mode: enforce", "mode: enforced", [4, "Value is not accepted. Valid values: \"off\", \"observe\", \"enforce\"."]),
  playbook("an unknown fact", "alert.event: new", "alert.evnt: new", [6, "Property alert.evnt is not allowed."]),
  playbook("an op that does not fit the fact", "alert.event: new", "alert.category: {at_least: high}", [6, "text: exactly one op of `any_of`, `none_of`, `matches`, `starts_with`, `ends_with`, `contains`, `exists`, as in `{any_of: [a, b]}`"]),
  playbook("an op that does not fit a list", "alert.event: new", "device.tags: {contains: x}", [6, "a list of texts: exactly one op of `any_of`, `none_of`, `matches`, `starts_with`, `ends_with`, `exists`, as in `{any_of: [a, b]}`"]),
  playbook("an op that there is not", "{at_least: high}", "{atleast: high}", [7, LEVEL_OPS]),
  playbook("two ops", "{at_least: high}", "{at_least: low, at_most: high}", [7, LEVEL_OPS]),
  playbook("no op", "{at_least: high}", "{}", [7, LEVEL_OPS]),
  playbook("a severity that there is not", "{at_least: high}", "{at_least: hihg}", [7, SEVERITIES]),
  playbook("a bare severity that there is not", "{at_least: high}", "critical", [7, SEVERITIES]),
  playbook("a list with a wrong severity", "{at_least: high}", "[high, hihg]", [7, SEVERITIES]),
  playbook("severities in capitals", "{at_least: high}", "[High, MEDIUM]"),
  playbook("an empty list", "{at_least: high}", "[]", [7, "Array has too few items. Expected 1 or more."]),
  playbook("an age without an op", "alert.event: new", "alert.age: 5m", [6, "an age: exactly one op of `at_least`, `at_most`, `exists`, `within`, `older_than`, as in `{within: 1h}`"]),
  playbook("an age with a wrong duration", "alert.event: new", "alert.age: {within: 5 minutes}", [6, DURATION]),
  playbook("a number for a text", "alert.event: new", "alert.incident_id: 5", [6, TEXT]),
  playbook("nothing for a text", "alert.event: new", "alert.category:", [6, TEXT]),
  playbook("no when", "when:\n  alert.event: new\n  alert.severity: {at_least: high}\n", "", [1, "`when` is missing: write at least one line, or `match_all: true` when every event shall match"]),
  playbook("an empty when", "when:\n  alert.event: new\n  alert.severity: {at_least: high}\n", "when: {}\n", [5, "write at least one line, or `match_all: true` when every event shall match"]),
  playbook("every event", "when:\n  alert.event: new\n  alert.severity: {at_least: high}\n", "match_all: true\n"),
  playbook("every event and lines", "mode: enforce", "mode: enforce\nmatch_all: true", [6, "`match_all: true` says that every event matches: keep it or the lines"]),
  playbook("an unknown action", "restrict_app_execution:", "offboard_device:", [9, ACTION]),
  playbook("a bare action", "- restrict_app_execution:\n      comment: \"alert {alert.id}\"\n      release: {after: 4h}", "- restrict_app_execution", [9, ACTION]),
  playbook("no release", "\n      release: {after: 4h}", "", [9, RELEASE]),
  playbook("a release without an end", "release: {after: 4h}", "release: {restart_on: match}", [11, RELEASE]),
  playbook("a release with two ends", "release: {after: 4h}", "release: {after: 4h, never: true}", [11, "`never` stands alone: there is no `after` beside it, and nothing to restart"]),
  playbook("never: false", "release: {after: 4h}", "release: {never: false}", [11, RELEASE]),
  playbook("a release after no duration", "release: {after: 4h}", "release: {after: 4 hours}", [11, DURATION]),
  playbook("an early end", "release: {after: 4h}", "release: {after: 4h, when: alert_resolved}"),
  playbook("an early end that there is not", "release: {after: 4h}", "release: {after: 4h, when: scanned}", [11, "Value is not accepted. Valid values: \"alert_resolved\", \"scan_clean\"."]),
  playbook("a canary of two kinds", "limits:", "canary: {percent: 10, groups: [pilot]}\nlimits:", [12, "a canary is a percentage or groups: `{percent: 10}` or `{groups: [pilot]}`"]),
  playbook("a limit with two measures", "devices: 5", "devices: 5, percent_of_fleet: 2", [13, "a limit has one measure: `devices: 25` or `percent_of_fleet: 2`, each as an entry of its own"]),
  playbook("a comment with a fact that there is not", "{alert.id}", "{alert.idd}", [10, FILL_IN]),
  playbook("a comment with a lonely brace", "{alert.id}", "{alert.id", [10, FILL_IN]),
  playbook("two actions and a task", "limits:", "  - isolate_device: {comment: c, type: selective, release: {after: 1h}}\n  - scan: {comment: c, type: full}\nlimits:"),
  playbook("a wrong hash", "limits:", "  - quarantine_file: {comment: c, sha1: abc}\nlimits:", [12, "40 hex digits, in quotes if they might be read as a number"]),
  playbook("no device", "devices: 5", "devices: 0", [13, "Value is below the minimum of 1."]),
  playbook("a limit without a window", ", per: 1h", "", [13, "Missing property \"per\"."]),
  playbook("an ask without a time", "limits:", "ask: {from: [soc]}\nlimits:", [12, "Missing property \"within\"."]),
  playbook("an ask of nobody", "limits:", "ask: {from: [], within: 30m}\nlimits:", [12, "Array has too few items. Expected 1 or more."]),
  playbook("an unknown that acts", "limits:", "if_unknown: act\nlimits:", [12, "Value is not accepted. Valid values: \"ask\", \"skip\"."]),

  test("an unknown fact", "severity: high", "severty: high", [3, "Property severty is not allowed."]),
  test("a wrong severity", "severity: high", "severity: hihg", [3, "Value is not accepted. Valid values: \"informational\", \"low\", \"medium\", \"high\", \"unknown\"."]),
  test("tags that are a text", "tags: unknown", "tags: tier-0", [6, "a list of texts, `unknown`, or nothing"]),
  test("no expectation", "\n    expect: {decision: ask}", "", [5, "Missing property \"expect\"."]),
  test("an empty expectation", "{decision: ask}", "{}", [7, "expect at least one of `decision`, `actions`, `release_after`, `because`, or in a timeline `device`"]),
  test("a decision that there is not", "decision: ask", "decision: asks", [7, "Value is not accepted. Valid values: \"act\", \"ask\", \"observe\", \"hold\", \"skip\"."]),

  test("a timeline", "given: [high, {device: {tags: unknown}}]\n    expect: {decision: ask}", TIMELINE),
  test("a timeline beside given", "expect: {decision: ask}", TIMELINE, [6, "put it into an entry of the timeline, as `event` or `expect`"]),
  test("a device in a case without time", "{decision: ask}", "{device: free}", [7, "a device stands so over time: write a `timeline`"]),
  test("a moment at which nothing happens", "given: [high, {device: {tags: unknown}}]\n    expect: {decision: ask}", `${TIMELINE}\n      - {at: 5h}`, [10, "nothing happens at this moment: give `event`, `approve`, `decline`, `scan` or `expect`"]),

  config("an unknown key", "playbooks: {path: playbooks}", "playbooks: {path: p, paht: q}", [3, "Property paht is not allowed."]),
  config("no database", "  url_file: database-url", "  max_connections: 5", [1, "`database` needs `url` or `url_file`: where Postgres is"]),
  config("two databases", "  url_file: database-url", "  url_file: database-url\n  url: postgres:///q", [2, "`database` has both `url` and `url_file`: give one of them"]),
  config("a wrong cloud", "name: contoso", "name: contoso\n    cloud: moon", [6, "Value is not accepted. Valid values: \"commercial\", \"commercial_classic\", \"commercial_oldest\", \"gcc\", \"gcc_high\", \"dod\"."]),
  config("a wrong duration", "playbooks:", "freshness: 1 hour\nplaybooks:", [3, DURATION]),
  config("too many connections", "url_file: database-url", "url_file: u\n  max_connections: 5000", [3, "Value is above the maximum of 1000."]),
  config("a secret in the file", "client_secret: {directory_id: d, client_id: c, secret_file: s}", "client_secret: hunter2", [7, "Incorrect type. Expected \"object\"."]),
];

export const OFFERS = [
  { kind: "playbook", what: "says what a fact is", text: changed("alert.severity", "alert.sev|erity"), says: ["How bad the source says it is", "at_least"] },
  { kind: "playbook", what: "offers severities and ops", text: changed("{at_least: high}", "|"), offers: ["high", "low", "{at_least: …}"] },
  { kind: "playbook", what: "offers facts", text: changed("alert.event: new", "|"), offers: ["alert.category", "device.tags"] },
  { kind: "playbook", what: "offers modes", text: changed("mode: enforce", "mode: |"), offers: ["observe", "enforce"] },
  { kind: "playbook", what: "offers a new playbook", text: "|", offers: ["new playbook", "when"] },
];
