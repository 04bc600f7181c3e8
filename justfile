# Every command a developer needs. `just` comes as a package of that name, or with `pip install rust-just`;
# nothing here needs it: each recipe calls a script.

# lists the recipes
default:
    @just --list --unsorted

# installs what is missing on this machine, or says what is
setup:
    scripts/setup

# runs the whole of Quell against a simulated Defender
demo *ARGS:
    scripts/demo {{ARGS}}

# every check that a change must pass, the tests last
ci:
    scripts/ci all

# what takes longer: the package in a Debian with a systemd of its own, mutation testing of a twenty-fourth of what decides, a minute of each fuzz target, the mock of Defender's contract, a short run of the benchmarks, the book
ci-full: ci
    scripts/check-systemd
    QUELL_MUTANTS_FAST=1 scripts/mutants --sharding round-robin --shard 0/24
    scripts/fuzz 60
    scripts/contract-mock
    scripts/check-sbom
    scripts/try-postgres 18
    cargo run --release --manifest-path benches/Cargo.toml -- decide_rules decide_reload e2e_latency storm_contain storm_priority --quick
    scripts/book

# the code is formatted
format:
    scripts/ci format

# clippy finds nothing
lint:
    scripts/ci lint

# the documentation builds without a warning
docs:
    scripts/ci docs

# the book of docs/ into target/book, without a warning; the first time it builds mdbook, for some minutes
book:
    scripts/book

# all tests; for some of them: just test-only NAME
test:
    scripts/ci test

# the tests whose names contain NAME
test-only NAME:
    SQLX_OFFLINE=true cargo test --locked {{NAME}}

# three replicas, SECONDS of everything that can go wrong, drawn from SEED; MODE: safety, liveness or both
torture SECONDS="600" SEED="1" MODE="both":
    scripts/torture {{SECONDS}} {{SEED}} {{MODE}}

# the daemon dies at each crash point of the call protocol, each SEEDS times, and recovers; POINT: one of them alone
crash-matrix SEEDS="10" *POINT:
    scripts/crash-matrix {{SEEDS}} {{POINT}}

# the shipped playbooks are valid, in canonical style, and their tests pass
playbooks:
    scripts/ci playbooks

# feeds the parsers with made-up input, each for SECONDS; the first time it builds for a while
fuzz SECONDS *TARGETS:
    scripts/fuzz {{SECONDS}} {{TARGETS}}

# COUNT replies to Defender's client, recorded ones changed at random (by SEED), through everything that reads one
fuzz-bodies COUNT="1000000" SEED="1":
    FUZZ_BODIES={{COUNT}} FUZZ_SEED={{SEED}} SQLX_OFFLINE=true cargo test --locked --lib -- --nocapture no_body_makes_a_reader

# every call of the client against a mock server from the npm registry, fed with a contract derived from the service's metadata
contract-mock:
    scripts/contract-mock

# the example configuration is valid
config:
    scripts/ci config

# a real yaml-language-server says of the committed JSON Schemas what it should
schema:
    scripts/ci schema

# Try the console in a real Chromium; leaves screenshots in target/console-screenshots
console:
    scripts/ci console

# writes the printed pages and the JSON Schemas anew after a change of what they tell
update-reference:
    UPDATE=1 SQLX_OFFLINE=true cargo test --locked --lib reference

# mutation testing of what decides, an hour or more; e.g. just mutants --shard 0/8
mutants *ARGS:
    scripts/mutants {{ARGS}}

# licences, bans, sources and advisories of the dependencies
deny:
    scripts/ci deny

# the program that is released, with what it is made of and its checksums, in target/dist
release *DIRECTORY:
    scripts/release {{DIRECTORY}}

# makes it twice, in two places, and compares the bytes
check-release:
    scripts/check-release

# writes what a release is made of, as a CycloneDX document: each crate with its licence and checksum
sbom FILE="quell.cdx.json":
    scripts/sbom {{FILE}}

# a public validator reads that document
check-sbom:
    scripts/check-sbom

# the tests that lean on Postgres most, on its version 16, 17 or 18
try-postgres VERSION *TESTS:
    scripts/try-postgres {{VERSION}} {{TESTS}}

# before a release: a database of this version, for the tests of upgrades to come, into tests/data/dumps
keep-dump:
    cargo build --locked
    scripts/keep-dump

# the committed .sqlx fits the queries and the schema
sqlx:
    scripts/ci sqlx

# writes .sqlx anew after a change of a query or the schema
prepare-sqlx:
    scripts/prepare-sqlx

# the unit, the manifests, the container and the Debian package are sound
deploy:
    scripts/ci deploy scripts

# the container's root, and its image where buildah is, tried with the debug build
container:
    scripts/check-container

# the package and its unit in a Debian of their own, with a real systemd and a real Postgres: some minutes
systemd:
    scripts/check-systemd

# the Debian package of a release build, in target/debian
package:
    SQLX_OFFLINE=true cargo build --locked --release --features otlp
    scripts/package-deb

# a shell in an empty throw-away database
psql:
    scripts/with-postgres sh -c 'psql "$DATABASE_URL"'

# what an operator's looks cost with a million events stored: `quell status`, and each read of the API
figures-operator:
    scripts/figures-operator

# a public validator reads the committed OpenAPI document
openapi:
    scripts/check-openapi

# schemathesis sends the daemon what its OpenAPI document allows and what it forbids, for SECONDS
fuzz-api SECONDS="120":
    scripts/fuzz-api {{SECONDS}}

# runs the benchmarks, all or those named, and writes one table into docs/benchmarks.md (only when all ran): just bench [--quick] [NAME…]
bench *ARGS:
    scripts/bench {{ARGS}}

# a million forged and replayed deliveries, and hostile traffic in its full size (slowloris, 1 GiB chunked, 100,000 headers) with the daemon's memory, glibc told to give large blocks back at once
hostile:
    QUELL_FORGED=1000000 SQLX_OFFLINE=true cargo test --locked --lib -- --nocapture no_forged_and_no_replayed
    MALLOC_MMAP_THRESHOLD_=131072 QUELL_HOSTILE=full SQLX_OFFLINE=true cargo test --locked --test it -- --nocapture hostile_traffic
