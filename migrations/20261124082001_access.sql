-- Who may: tokens that operators and programs show, and the sessions of people in the console. Neither holds a secret: of a token
-- only its SHA-256, and a token has 256 random bits; of a session only the SHA-256 of its cookie. A token is never deleted, so that the
-- audit can be read by its handle for ever; sessions are, a day after their end.
CREATE TABLE quell.access_tokens (
    id             uuid PRIMARY KEY,
    -- What it is called by in lists, in logs and in itself: qll_HANDLE_...
    handle         text NOT NULL UNIQUE CONSTRAINT token_handle CHECK (handle ~ '^[0-9a-hjkmnp-tv-z]{8}$'),
    hash           bytea NOT NULL CONSTRAINT token_hash CHECK (octet_length(hash) = 32),
    -- The one tenant that it opens; null: each.
    tenant_id      integer REFERENCES quell.tenants (id),
    -- Under what name its holder acts.
    name           text NOT NULL CONSTRAINT token_name CHECK (name <> ''),
    roles          text[] NOT NULL
        CONSTRAINT token_roles CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['viewer', 'approver', 'operator', 'admin']),
    -- The groups in whose name its holder answers requests.
    groups         text[] NOT NULL,
    created_at     timestamptz NOT NULL,
    created_by     text NOT NULL,
    reason         text NOT NULL,
    expires_at     timestamptz NOT NULL
        CONSTRAINT token_expires_within_a_year CHECK (expires_at > created_at AND expires_at <= created_at + interval '366 days'),
    revoked_at     timestamptz,
    revoked_by     text,
    revoked_reason text,
    -- Within the hour.
    last_used_at   timestamptz,
    CONSTRAINT token_revoked_by_somebody_for_a_reason
        CHECK ((revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoked_reason IS NULL))
);

CREATE TABLE quell.sessions (
    hash     bytea PRIMARY KEY CONSTRAINT session_hash CHECK (octet_length(hash) = 32),
    -- What the audit calls it by.
    id       uuid NOT NULL,
    -- Null: signed in with the operators' token of the configuration, which many may know.
    name     text,
    -- What the issuer says of them; what that lets them do is judged anew at each request.
    groups   text[] NOT NULL,
    -- Signed in with this token: whatever ends it ends the session.
    token_id uuid REFERENCES quell.access_tokens (id),
    -- Signed in with the operators' token: its HMAC under the cookie, so that another token ends the session.
    shared   bytea,
    begun_at timestamptz NOT NULL,
    -- Within the minute.
    seen_at  timestamptz NOT NULL,
    ends_at  timestamptz NOT NULL,
    CONSTRAINT session_in_one_way CHECK (num_nonnulls(token_id, shared) <= 1 AND (name IS NULL) = (shared IS NOT NULL))
);
CREATE INDEX sessions_by_end ON quell.sessions (ends_at);
