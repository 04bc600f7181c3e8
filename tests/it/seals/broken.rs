//! What is done to a chain of thirty rows whose checkpoint stands at twenty, and what must be found: this and nothing else.

use quell::domain::seal::Tampering::{
    self, Changed, CheckpointDiffers, CutOff, Inserted, RowGone, SealsGone,
};

/// One thing done.
pub struct Case {
    /// What.
    pub name: &'static str,
    /// Does it, as the owner of the database, without triggers. `row N` is the reason of row N.
    pub breaks: &'static str,
    /// What is found, and at which seal.
    pub found: &'static [(Tampering, Option<i64>)],
}

const fn case(name: &'static str, breaks: &'static str, found: &'static [(Tampering, Option<i64>)]) -> Case {
    Case { name, breaks, found }
}

pub const CASES: &[Case] = &[
    case("flip: who", "UPDATE quell.transitions SET by = 'nobody' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: why", "UPDATE quell.transitions SET reason = 'row 05' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: when", "UPDATE quell.transitions SET at = at + interval '1 us' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: never", "UPDATE quell.transitions SET at = 'infinity' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: what", "UPDATE quell.transitions SET to_state = 'lost' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: from what", "UPDATE quell.transitions SET from_state = 'made' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: of what", "UPDATE quell.transitions SET entity = 'stop' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: which", "UPDATE quell.transitions SET entity_id = gen_random_uuid() WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: whose", "UPDATE quell.transitions SET tenant_id = 4711 WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: device", "UPDATE quell.transitions SET device_id = repeat('a', 40) WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: revision", "UPDATE quell.transitions SET revision = 'r2' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: before", "UPDATE quell.transitions SET before = '{}' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: after", "UPDATE quell.transitions SET after = jsonb_set(after, '{n}', '1.51') WHERE reason = 'row 5'",
        &[(Changed, Some(5))]),
    case("flip: transaction", "UPDATE quell.transitions SET written_in = '3' WHERE reason = 'row 5'", &[(Changed, Some(5))]),
    case("flip: a seal", "UPDATE quell.seals SET hash = sha256('x') WHERE seq = 5", &[(Changed, Some(5)), (Changed, Some(6))]),
    case("flip: a checkpoint", "UPDATE quell.seal_checkpoints SET hash = sha256('x')", &[(CheckpointDiffers, Some(20))]),
    case("flip: the end", "UPDATE quell.seal_heads SET hash = sha256('x')", &[(CheckpointDiffers, Some(30))]),
    case("delete: a row", "DELETE FROM quell.transitions WHERE reason = 'row 5'", &[(RowGone, Some(5))]),
    case("delete: a seal", "DELETE FROM quell.seals WHERE seq = 5", &[(SealsGone, Some(6)), (Inserted, None)]),
    case(
        "delete: a row with its seal",
        "DELETE FROM quell.seals WHERE seq = 5; DELETE FROM quell.transitions WHERE reason = 'row 5'",
        &[(SealsGone, Some(6))],
    ),
    case(
        "delete: a row, the seals behind it moved up",
        "DELETE FROM quell.transitions WHERE reason = 'row 25'; DELETE FROM quell.seals WHERE seq = 25;
         UPDATE quell.seals SET seq = seq - 1 WHERE seq = 26; UPDATE quell.seals SET seq = seq - 1 WHERE seq = 27;
         UPDATE quell.seals SET seq = seq - 1 WHERE seq = 28; UPDATE quell.seals SET seq = seq - 1 WHERE seq = 29;
         UPDATE quell.seals SET seq = seq - 1 WHERE seq = 30",
        &[
            (Changed, Some(25)),
            (Changed, Some(26)),
            (Changed, Some(27)),
            (Changed, Some(28)),
            (Changed, Some(29)),
            (CutOff, Some(30)),
        ],
    ),
    case(
        "insert: a row into the past",
        "INSERT INTO quell.transitions (tenant_id, entity, entity_id, to_state, by, reason, written_in)
         SELECT tenant_id, 'note', gen_random_uuid(), 'made', 'anna', 'forged', written_in FROM quell.transitions WHERE reason = 'row 5'",
        &[(Inserted, None)],
    ),
    case(
        "insert: a row and a seal at the end",
        "WITH forged AS (INSERT INTO quell.transitions (tenant_id, entity, entity_id, to_state, by, reason)
             SELECT tenant_id, 'note', gen_random_uuid(), 'made', 'anna', 'forged' FROM quell.seal_heads RETURNING id, tenant_id)
         INSERT INTO quell.seals (tenant_id, seq, transition_id, hash) SELECT tenant_id, 31, id, sha256('x') FROM forged",
        &[(Changed, Some(31)), (CheckpointDiffers, Some(31))],
    ),
    case(
        "reorder: two rows change places",
        "UPDATE quell.seals SET transition_id = -1 WHERE seq = 5;
         UPDATE quell.seals SET transition_id = (SELECT id FROM quell.transitions WHERE reason = 'row 5') WHERE seq = 6;
         UPDATE quell.seals SET transition_id = (SELECT id FROM quell.transitions WHERE reason = 'row 6') WHERE seq = 5",
        &[(Changed, Some(5)), (Changed, Some(6))],
    ),
    case(
        "reorder: two rows exchange what they say",
        "UPDATE quell.transitions SET reason = CASE reason WHEN 'row 5' THEN 'row 6' ELSE 'row 5' END WHERE reason IN ('row 5', 'row 6')",
        &[(Changed, Some(5)), (Changed, Some(6))],
    ),
    case(
        "truncate: the last seals",
        "DELETE FROM quell.seals WHERE seq > 28",
        &[(CutOff, Some(30)), (Inserted, None), (Inserted, None)],
    ),
    case(
        "truncate: the last rows with their seals",
        "DELETE FROM quell.seals WHERE seq > 28; DELETE FROM quell.transitions WHERE reason IN ('row 29', 'row 30')",
        &[(CutOff, Some(30))],
    ),
    case(
        "truncate: the last rows, and the end set back to before the checkpoint",
        "DELETE FROM quell.transitions WHERE id IN (SELECT transition_id FROM quell.seals WHERE seq > 15);
         DELETE FROM quell.seals WHERE seq > 15;
         UPDATE quell.seal_heads h SET seq = 15, hash = (SELECT hash FROM quell.seals WHERE seq = 15)",
        &[(CutOff, Some(20))],
    ),
    case(
        "truncate: everything",
        "DELETE FROM quell.transitions; DELETE FROM quell.seals",
        &[(CutOff, Some(30)), (CutOff, Some(20))],
    ),
    case(
        "truncate: the end of rows and seals behind the checkpoint, and the end set back",
        // From inside this fits: only what was kept elsewhere tells.
        "DELETE FROM quell.transitions WHERE id IN (SELECT transition_id FROM quell.seals WHERE seq > 25);
         DELETE FROM quell.seals WHERE seq > 25;
         UPDATE quell.seal_heads h SET seq = 25, hash = (SELECT hash FROM quell.seals WHERE seq = 25)",
        &[],
    ),
];
