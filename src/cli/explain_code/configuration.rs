//! What the codes of the configuration mean: `E5xx` and `W45x`.

use super::Explanation;
use super::example::Example::Config;
use crate::yaml::Code;

pub(super) const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        code: Code::LITERAL_SECRET,
        text: "A secret stands in the configuration itself, where everybody reads it who may read the file, its backups and its \
               history. Put it into a file of its own that only quell may read, and name that file. A secret that stood in \
               the configuration is known to others: replace it.",
        wrong: Config("database:\n  url: \"postgres://quell:secret@db.example.com/quell\"\n"),
        right: Config("database:\n  url_file: database-url\n"),
    },
    Explanation {
        code: Code::ONE_OF_TWO,
        text: "Two keys say the same thing in different ways, and exactly one of them is to be given.",
        wrong: Config("database:\n  url: postgres:///quell\n  url_file: database-url\n"),
        right: Config("database:\n  url_file: database-url\n"),
    },
    Explanation {
        code: Code::BAD_ADDRESS,
        text: "The address to listen on is an IP address with a port, `127.0.0.1:8740` or `[::1]:8740`. A name would have to be \
               looked up, and might change what is listened on.",
        wrong: Config("http:\n  listen: localhost\n"),
        right: Config("http:\n  listen: 127.0.0.1:8740\n"),
    },
    Explanation {
        code: Code::BAD_URL,
        text: "The address cannot be called: it is not a URL, has a scheme that is not meant for this, or would send tokens to \
               another machine without TLS.",
        wrong: Config(
            "tenants:\n  - name: contoso\n    base_url: http://defender.example.com\n    credential:\n      client_secret: {directory_id: d, client_id: c, secret_file: s}\n",
        ),
        right: Config(
            "tenants:\n  - name: contoso\n    base_url: https://defender.example.com\n    credential:\n      client_secret: {directory_id: d, client_id: c, secret_file: s}\n",
        ),
    },
    Explanation {
        code: Code::BAD_TELEMETRY,
        text: "Traces go to a collector by OTLP over HTTP: `telemetry.otlp.endpoint` is its URL with the path, for example \
               `http://127.0.0.1:4318/v1/traces`. A build that was made without the feature `otlp` sends none and refuses every \
               endpoint; without `telemetry` nothing is sent by any.",
        wrong: Config("telemetry:\n  otlp: {endpoint: 127.0.0.1}\n"),
        right: Config("telemetry: {}\n"),
    },
    Explanation {
        code: Code::CAP_MEASURE,
        text: "A cap bounds how many distinct devices quell restricts in a window: by a number (`devices`), as a part of the \
               fleet (`percent_of_fleet`), of the group of each device (`percent_of_group`), or by several of them together. \
               This one says none of it, so it would hold nothing.",
        wrong: Config("caps:\n  - {per: 1h}\n"),
        right: Config("caps:\n  - {devices: 50, percent_of_fleet: 2, per: 1h}\n"),
    },
    Explanation {
        code: Code::BAD_TENANT,
        text: "`tenants` lists at least one tenant, each under a name of its own in lower-case letters, digits and `-`. The name \
               is part of every record, so it may be neither shared nor changed lightly.",
        wrong: Config("tenants: []\n"),
        right: Config(
            "tenants:\n  - name: contoso\n    credential:\n      client_secret: {directory_id: d, client_id: c, secret_file: s}\n",
        ),
    },
    Explanation {
        code: Code::BAD_WINDOWS,
        text: "The rate windows contradict each other: a longer window must allow more calls than a shorter one, two windows \
               may not have the same span, and there must be at least one.",
        wrong: Config(
            "tenants:\n  - name: contoso\n    budget: {windows: [{limit: 100, per: 60s}, {limit: 50, per: 1h}]}\n    credential:\n      client_secret: {directory_id: d, client_id: c, secret_file: s}\n",
        ),
        right: Config(
            "tenants:\n  - name: contoso\n    budget: {windows: [{limit: 100, per: 60s}, {limit: 1500, per: 1h}]}\n    credential:\n      client_secret: {directory_id: d, client_id: c, secret_file: s}\n",
        ),
    },
    Explanation {
        code: Code::BAD_FILTER,
        text: "The log filter is a level (`error`, `warn`, `info`, `debug`, `trace`), or targets with levels separated by \
               commas.",
        wrong: Config("log:\n  filter: quell=loud\n"),
        right: Config("log:\n  filter: info,quell=debug\n"),
    },
    Explanation {
        code: Code::BAD_DEVICE_PATTERN,
        text: "`device_id_pattern` says what a device id looks like as a whole; an id that does not match is never sent to \
               Defender. The pattern is not a regular expression.",
        wrong: Config("device_id_pattern: \"[0-9a-f\"\n"),
        right: Config("device_id_pattern: \"[0-9a-f]{40}\"\n"),
    },
    Explanation {
        code: Code::BAD_SOURCE,
        text: "Each of `sources` has a name of its own, of a-z, 0-9, `.`, `_` and `-`, which its events carry and a webhook is called by; and \
               `tenant` is the name of one of `tenants`.",
        wrong: Config("sources:\n  - name: Event Hub\n    defender: {every: 1m}\n"),
        right: Config("sources:\n  - name: event-hub\n    defender: {every: 1m}\n"),
    },
    Explanation {
        code: Code::BAD_KAFKA,
        text: "A source of Kafka's protocol names its brokers as hosts with ports, and a topic. It logs in with `password_file` or with \
               `oauth_scope`, never without TLS but to this machine. Event Hubs speaks the protocol on port 9093, over TLS and with a login.",
        wrong: Config(
            "sources:\n  - name: hub\n    kafka: {brokers: [contoso.servicebus.windows.net], topic: alerts}\n",
        ),
        right: Config(
            "sources:\n  - name: hub\n    kafka: {brokers: ['contoso.servicebus.windows.net:9093'], topic: alerts, password_file: hub}\n",
        ),
    },
    Explanation {
        code: Code::BAD_NATS,
        text: "A source of nats names its servers as `nats://host:4222` or `tls://host:4222`, without a password, and its stream and consumer as \
               nats names them. Passwords and tokens go through TLS, unless the server is on this machine.",
        wrong: Config(
            "sources:\n  - name: bus\n    nats: {servers: [\"bus.contoso.com:4222\"], stream: ALERTS}\n",
        ),
        right: Config(
            "sources:\n  - name: bus\n    nats: {servers: [\"tls://bus.contoso.com:4222\"], stream: ALERTS}\n",
        ),
    },
    Explanation {
        code: Code::BAD_ACCESS,
        text: "What a header says of whoever asks is believed only from the addresses of `http.trusted_proxies`, so a proxy needs both. An \
               issuer is an `https://` address, people come back from it to `/login/callback` of quell, and `openid` is among the \
               scopes. See docs/access.md.",
        wrong: Config(
            "http:\n  access: {proxy: {user_header: x-forwarded-user}, roles: [{group: soc, roles: [operator]}]}\n",
        ),
        right: Config(
            "http:\n  trusted_proxies: [10.0.0.9]\n  access: {proxy: {user_header: x-forwarded-user}, roles: [{group: soc, roles: [operator]}]}\n",
        ),
    },
    Explanation {
        code: Code::BAD_ROLES,
        text: "Whom a proxy or an issuer names may nothing until an entry of `http.access.roles` says so, for a group or for a user: which \
               roles they have, and for which groups of `approvals.groups` they answer requests, which needs the role `approver`.",
        wrong: Config(
            "http:\n  trusted_proxies: [10.0.0.9]\n  access: {proxy: {user_header: x-user}, roles: [{roles: [operator]}]}\n",
        ),
        right: Config(
            "http:\n  trusted_proxies: [10.0.0.9]\n  access: {proxy: {user_header: x-user}, roles: [{group: soc, roles: [approver], approves_for: [soc]}]}\n",
        ),
    },
    Explanation {
        code: Code::NOBODY_ASKED,
        text: "The address is reached from other machines, senders of events show no token, and there is no way for operators to show who \
               they are. Whoever needs an open door for events alone writes `trust: observe`: they are recorded, and lead to nothing.",
        wrong: Config("http:\n  listen: 0.0.0.0:8740\n"),
        right: Config("http:\n  listen: 0.0.0.0:8740\n  token_file: events-token\n"),
    },
    Explanation {
        code: Code::BAD_WEBHOOK,
        text: "A webhook says in exactly one way how its senders show who they are, and that way must be able to open: at least one file with \
               a secret, token or name; `http.tls.client_ca_file` for client certificates; `http.trusted_proxies` for the word of a proxy.",
        wrong: Config("sources:\n  - name: soar\n    webhook: {bearer: {token_files: []}}\n"),
        right: Config("sources:\n  - name: soar\n    webhook: {bearer: {token_files: [soar-token]}}\n"),
    },
    Explanation {
        code: Code::BAD_SHAPE,
        text: "A source has records of one shape, and what else is said of them must be about that one: a `mapping` reads records \
               of the shape `mapping`, and `identify_by` looks for hosts of shapes that do not say by what they are named.",
        wrong: Config("sources:\n  - name: wazuh\n    shape: mapping\n    defender: {every: 1m}\n"),
        right: Config(
            "sources:\n  - name: wazuh\n    shape: mapping\n    mapping: {id: /id, devices: {dns_name: /agent/name}}\n    defender: {every: 1m}\n",
        ),
    },
    Explanation {
        code: Code::BAD_PLACE,
        text: "A mapping names the place of each fact by JSON Pointer (RFC 6901): the names from the outermost to the innermost, each \
               after a `/`, where `~1` is a `/` in a name and `~0` a `~`. A table of `values` has one entry at least.",
        wrong: Config(
            "sources:\n  - name: wazuh\n    mapping: {id: $.alert.uuid}\n    defender: {every: 1m}\n",
        ),
        right: Config(
            "sources:\n  - name: wazuh\n    mapping: {id: /alert/uuid}\n    defender: {every: 1m}\n",
        ),
    },
    Explanation {
        code: Code::BAD_TIME_ZONE,
        text: "`time_zone` is where a source writes time stamps without an offset: a name of the IANA database, or `UTC`. \
               Abbreviations as `CEST` mean one offset, or several, and never a zone.",
        wrong: Config("sources:\n  - name: siem\n    time_zone: Berlin\n    defender: {every: 1m}\n"),
        right: Config("sources:\n  - name: siem\n    time_zone: Europe/Berlin\n    defender: {every: 1m}\n"),
    },
    Explanation {
        code: Code::NO_INVENTORY,
        text: "A device that is named by its Entra id or its DNS name is looked for in the inventory. With `facts.inventory.every: 0s` \
               that is never read, so none would ever be found, and no such event would lead to anything.",
        wrong: Config(
            "facts:\n  inventory: {every: 0s}\nsources:\n  - {name: siem, identify_by: [dns_name], defender: {every: 1m}}\n",
        ),
        right: Config(
            "facts:\n  inventory: {every: 2h}\nsources:\n  - {name: siem, identify_by: [dns_name], defender: {every: 1m}}\n",
        ),
    },
    Explanation {
        code: Code::BAD_DEFENDER_FILTER,
        text: "A source that reads Defender's own alerts may be given a further condition, as OData's `$filter` writes it. It stands in \
               parentheses beside the source's own, so quotes and parentheses must be closed. What it leaves out is never seen.",
        wrong: Config("sources:\n  - name: alerts\n    defender: {filter: \"severity ne 'Informational\"}\n"),
        right: Config(
            "sources:\n  - name: alerts\n    defender: {filter: \"severity ne 'Informational'\"}\n",
        ),
    },
    Explanation {
        code: Code::BAD_RECEIVER,
        text: "A receiver must have a name of its own, tenants that there are, and what its kind needs: an address, a secret that signs a \
               webhook, a mail server that is reached by TLS unless it is this machine, mail addresses.",
        wrong: Config(
            "receivers:\n  - name: soc\n    email: {host: mail.example.com, tls: none, from: quell@example.com, to: [soc@example.com]}\n",
        ),
        right: Config(
            "receivers:\n  - name: soc\n    email: {host: mail.example.com, from: quell@example.com, to: [soc@example.com]}\n",
        ),
    },
    Explanation {
        code: Code::BAD_TIMES,
        text: "Two durations that depend on each other do not fit: a part is longer than its whole, or a first step is longer \
               than the last.",
        wrong: Config("retry:\n  initial: 1h\n  cap: 10m\n"),
        right: Config("retry:\n  initial: 30s\n  cap: 10m\n"),
    },
    Explanation {
        code: Code::TIME_SCALED,
        text: "With `time_scale` every duration is divided: restrictions end early, windows are short, and the real Defender's \
               limits are broken at once. It is for tests and demonstrations against `quell simulate` with the same scale.",
        wrong: Config("time_scale: 60\n"),
        right: Config("time_scale: 1\n"),
    },
    Explanation {
        code: Code::OPEN_WITHOUT_TOKEN,
        text: "Quell listens on an address that other machines reach and asks senders of events for no token. They are only observed, \
               unless `http.trust` says otherwise: then whoever reaches it can send events that restrict devices. Listen on the \
               loopback address behind a proxy, or name a token file.",
        wrong: Config("http:\n  listen: 0.0.0.0:8740\n  trust: observe\n"),
        right: Config("http:\n  listen: 0.0.0.0:8740\n  token_file: http-token\n"),
    },
    Explanation {
        code: Code::PROXY_ON_THIS_MACHINE,
        text: "What the headers of `http.access.proxy` say is believed of every connection from the addresses of `http.trusted_proxies`. A \
               loopback address there is not the proxy's alone: every user, container with the host's network and program of this \
               machine connects from it, and may name itself an admin. Give the proxy an address of its own, or make the machine its own.",
        wrong: Config(
            "http:\n  trusted_proxies: [127.0.0.1]\n  access: {proxy: {user_header: x-forwarded-user}, roles: [{group: soc, roles: [operator]}]}\n",
        ),
        right: Config(
            "http:\n  trusted_proxies: [10.0.0.9]\n  access: {proxy: {user_header: x-forwarded-user}, roles: [{group: soc, roles: [operator]}]}\n",
        ),
    },
    Explanation {
        code: Code::ROLES_FOR_NOBODY,
        text: "`http.access.roles` are for people whom a proxy (`access.proxy`) or an issuer (`access.oidc`) names. Without either they hold \
               for nobody, and ask nobody who they are: unless `access.required` or `operator_token_file` does, whoever is on this \
               machine may everything. Tokens of `quell tokens` have roles of their own.",
        wrong: Config("http:\n  access: {roles: [{group: soc, roles: [viewer]}]}\n"),
        right: Config(
            "http:\n  trusted_proxies: [10.0.0.9]\n  access: {proxy: {user_header: x-user, groups_header: x-groups}, roles: [{group: soc, roles: [viewer]}]}\n",
        ),
    },
    Explanation {
        code: Code::NAME_WITHOUT_DOMAIN,
        text: "A person in `approvals.groups` is the whole name under which they are let in, a domain included. Entra's user names and \
               addresses of mail have one, so `ann` is nobody who signs in by `http.access.oidc`: she is asked, and may not answer at \
               the console. Where she answers by a command or a token as `ann` too, name both.",
        wrong: Config(
            "http:\n  access:\n    oidc: {issuer: 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0', client_id: quell, redirect_url: 'https://quell.example.com/login/callback'}\n    roles: [{group: quell-l2, roles: [approver]}]\napprovals:\n  groups: {soc-leads: [ann]}\n",
        ),
        right: Config(
            "http:\n  access:\n    oidc: {issuer: 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0', client_id: quell, redirect_url: 'https://quell.example.com/login/callback'}\n    roles: [{group: quell-l2, roles: [approver]}]\napprovals:\n  groups: {soc-leads: [ann@example.com]}\n",
        ),
    },
];
