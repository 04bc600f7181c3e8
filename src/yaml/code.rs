//! The one table of diagnostic codes. A code never changes its meaning and is never used again.

use std::fmt;

use super::Severity;

/// A stable code with what it means: `E1xx` facts and ops, `E2xx` actions, `E3xx` structure, `W4xx` lints, `E4xx` sources of
/// events, `E5xx` the rest of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    id: &'static str,
    meaning: &'static str,
}

impl Code {
    /// The code, e.g. `E303`.
    pub fn id(self) -> &'static str {
        self.id
    }

    /// What it means, in one sentence.
    pub fn meaning(self) -> &'static str {
        self.meaning
    }

    /// The code of that id, in any case of letters.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.id.eq_ignore_ascii_case(id))
    }

    /// Warnings begin with `W`, all else are errors.
    pub fn severity(self) -> Severity {
        if self.id.starts_with('W') {
            Severity::Warning
        } else {
            Severity::Error
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

macro_rules! codes {
    ($($name:ident = $id:literal, $meaning:literal;)*) => {
        impl Code {
            $(#[doc = $meaning] pub const $name: Self = Self { id: $id, meaning: $meaning };)*

            /// Every code there is, in the order of this table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

codes! {
    // facts and ops
    UNKNOWN_FACT = "E101", "the fact that a line names does not exist";
    UNKNOWN_OP = "E102", "the op that a line names does not exist";
    OP_TYPE = "E103", "the op does not fit the type of the fact";
    FACT_VALUE = "E104", "the value does not fit the type of the fact";
    ONE_OP = "E105", "a line has exactly one op";
    PATTERN = "E106", "the value of `matches` is not a regular expression that runs in linear time";
    EMPTY_LIST = "E107", "a list of values to compare with is empty";
    FILL_IN = "E108", "a fill-in in a text is not written rightly or names no fact";
    // actions
    UNKNOWN_ACTION = "E201", "the action does not exist";
    ONE_ACTION = "E202", "an entry of `then` names exactly one action";
    RELEASE_TERMS = "E203", "a restriction or isolation says when it ends: `after`, or `never: true` written out";
    // E204 was that `release.when: scan_clean` could not be waited for; it is not used again.
    NO_ACTION = "E205", "`then` names no action";
    REPEATED_ACTION = "E206", "`then` names an action twice, or both begins and releases";
    CANARY = "E207", "a canary names either a percentage or groups";
    LIMIT_MEASURE = "E208", "a limit has exactly one measure: `devices` or `percent_of_fleet`";
    REPEATED_TASK = "E220", "`then` asks for the same task twice";
    TASK_ASK = "E221", "a playbook of tasks alone has nothing that a person could be asked about first";
    FILE_HASH = "E222", "the file to quarantine is not named by a SHA-1";
    // structure
    SYNTAX = "E300", "the file is not YAML";
    TOO_LARGE = "E301", "the file is larger than files of its kind may be";
    EMPTY = "E302", "the file is empty";
    DUPLICATE_KEY = "E303", "a key is given twice";
    NESTING = "E304", "values nest too deeply";
    ALIAS = "E305", "aliases expand to too much, or a merge key is used";
    TAG = "E306", "a tag is used";
    KEY = "E307", "a key is not text";
    SEVERAL_DOCUMENTS = "E308", "the file holds several documents";
    DISAGREEMENT = "E309", "the file can be read in two ways";
    UNKNOWN_KEY = "E310", "the key does not exist here";
    WRONG_TYPE = "E311", "the value is of another type than expected";
    MISSING_KEY = "E312", "a key that must be given is missing";
    NOT_ONE_OF = "E313", "the value is none of those allowed";
    BAD_DURATION = "E314", "the value is not a duration";
    OUT_OF_RANGE = "E315", "the number or duration is smaller or larger than allowed";
    BAD_ID = "E316", "the id is not written as ids are, or is not the file's name";
    DUPLICATE_ID = "E317", "two playbooks have the same id";
    EMPTY_WHEN = "E318", "`when` is empty, and `match_all: true` is not written out";
    MATCH_ALL = "E319", "`match_all: true` stands beside lines in `when`";
    UNSUPPORTED = "E320", "this part of the language is not supported by this version";
    BAD_TEXT = "E321", "a text is empty, too long, or holds control characters";
    NOT_UTF8 = "E340", "the file is not UTF-8 text";
    HIDDEN = "E341", "the text holds characters that cannot be seen or that turn the direction of writing";
    // guards
    CAP_MEASURE = "E510", "a cap does not say how many devices";
    // tests beside playbooks
    TEST_PLAYBOOK = "E330", "the playbook that a test file names was not given or does not load";
    TEST_FACTS = "E331", "a test names facts that its file does not define";
    TEST_EMPTY = "E332", "a test file holds no test";
    TEST_NAME = "E333", "two tests of a file have the same name";
    TIMELINE_ORDER = "E334", "the entries of a timeline are not in the order of time";
    TIMELINE_ENTRY = "E335", "an entry of a timeline says nothing, or does not fit its moment";
    TEST_SHAPE = "E336", "a test has a `timeline` beside `given` or `expect`";
    TEST_EXPECT = "E337", "something is expected that cannot be expected there";
    TEST_DEVICE = "E338", "a timeline names a device that no event is about";
    // configuration
    LITERAL_SECRET = "E501", "a secret is written out where the file that holds it should be named";
    ONE_OF_TWO = "E502", "of two keys that exclude each other both are given, or none of which one is needed";
    BAD_ADDRESS = "E503", "the address to listen on is not an address with a port";
    BAD_URL = "E504", "an address cannot be called: its form, or plain HTTP to another machine";
    BAD_TENANT = "E505", "the tenants are not a list of distinct, plainly named tenants";
    BAD_WINDOWS = "E506", "the rate windows do not make sense together";
    BAD_FILTER = "E507", "the log filter cannot be read";
    BAD_DEVICE_PATTERN = "E508", "the pattern of device ids is not a regular expression";
    BAD_SOURCE = "E411", "the sources are not distinct, plainly named sources of known tenants";
    BAD_DEFENDER_FILTER = "E451", "the condition for defender's alerts cannot stand in a `$filter`";
    BAD_WEBHOOK = "E421", "the senders of a webhook cannot show who they are in the way that is configured";
    BAD_KAFKA = "E431", "a source of Kafka's protocol cannot be reached like that";
    BAD_NATS = "E441", "the source cannot be had from nats as it is written";
    BAD_SHAPE = "E461", "the shape of a source's records and what is said of them do not fit together";
    BAD_PLACE = "E462", "a place of a mapping, or its table of values, cannot be read";
    BAD_TIME_ZONE = "E463", "there is no such time zone";
    NO_INVENTORY = "E464", "a source names devices by what only the inventory tells, and the inventory is never read";
    BAD_ACCESS = "E471", "a proxy or an issuer cannot say who asks in the way that is configured";
    BAD_ROLES = "E472", "the roles do not say whom they are for, or what those may";
    NOBODY_ASKED = "E473", "other machines reach the address, and nobody is asked who they are";
    BAD_RECEIVER = "E481", "a receiver of messages cannot be told as it is written";
    BAD_TELEMETRY = "E491", "traces cannot be sent as it is configured";
    BAD_TIMES = "E509", "durations that depend on each other do not fit together";
    // lints
    NO_LIMITS = "W401", "the playbook enforces without limits";
    NO_TEST = "W402", "the playbook enforces without a test";
    LONG_RELEASE = "W403", "the release comes later than 7 days";
    TIME_SCALED = "W451", "the configuration runs in scaled time, which is for tests and demonstrations";
    OPEN_WITHOUT_TOKEN = "W452", "other machines may send events without showing a token";
    PROXY_ON_THIS_MACHINE = "W453", "a proxy on this machine says who asks, and so can every program here";
    ROLES_FOR_NOBODY = "W454", "roles are given to people, and nothing says who somebody is";
    NAME_WITHOUT_DOMAIN = "W455", "a group names people as nobody is named who signs in";
    UNKNOWN_RECEIVER = "W481", "the playbook tells a receiver that the configuration does not name, so nobody is told";
    IDLE_CANARY = "W410", "the playbook has a canary and does not enforce, so the canary narrows nothing";
    RESOLVED_BEGINS = "W411", "a resolved alert can begin a restriction that ends when its alerts are resolved";
    SETTLED_LINE = "W412", "a line asks whether a list exists that is always there, so it decides nothing";
    NO_SCAN = "W420", "a restriction may end after a clean scan, and the playbook asks for none";
    SEVERITY_GAP = "W404", "a list of ordered values skips one between its ends";
    SHADOWED = "W405", "every device that the playbook demands is protected by the configuration";
    EMPTY_COMMENT = "W406", "the comment may say nothing once its facts are filled in";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_unique_and_well_formed() {
        let ids: BTreeSet<_> = Code::ALL.iter().map(|code| code.id()).collect();
        assert_eq!(ids.len(), Code::ALL.len(), "a code is used twice");
        for code in Code::ALL {
            let (letter, digits) = code.id().split_at(1);
            assert!(
                digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()),
                "{code}"
            );
            let is_lint = letter == "W";
            assert!(is_lint || letter == "E", "{code}");
            assert!(!is_lint || digits.starts_with('4'), "{code}");
            assert!(
                !code.meaning().is_empty() && !code.meaning().ends_with('.'),
                "{code}"
            );
        }
    }
}
