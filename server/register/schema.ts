/**
 * The schema of the server's register (`<data>/server/register.sqlite`), step by step: a step that has once been released is
 * never edited. Instants are ISO 8601 UTC, hashes and serial numbers lower-case hexadecimal.
 */
export const REGISTER_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE certificate (
    serial TEXT PRIMARY KEY,
    issuer TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    key_id TEXT NOT NULL,
    name TEXT NOT NULL,
    office TEXT,
    der BLOB NOT NULL,
    not_before TEXT NOT NULL,
    not_after TEXT NOT NULL,
    revoked_at TEXT,
    reason TEXT,
    invalid_since TEXT
  ) STRICT;
  CREATE INDEX certificate_by_name ON certificate (name);
  CREATE INDEX certificate_by_key ON certificate (key_id);
  CREATE INDEX certificate_revoked ON certificate (issuer) WHERE revoked_at IS NOT NULL;

  -- Who asked to be certified, and what came of it. A key asks once: asking again is the same request.
  CREATE TABLE request (
    id TEXT PRIMARY KEY,
    key_id TEXT NOT NULL UNIQUE,
    issuer TEXT NOT NULL,
    name TEXT NOT NULL,
    der BLOB NOT NULL,
    asked_at TEXT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at TEXT,
    serial TEXT REFERENCES certificate (serial)
  ) STRICT;
  CREATE INDEX request_by_state ON request (state);

  -- The life of everything here, in the one commit with the change itself; the server copies it into its audit log.
  CREATE TABLE event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX event_by_subject ON event (subject);

  -- The number of the last revocation list of each issuer.
  CREATE TABLE list_number (issuer TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT;

  -- What booths said of themselves when they last asked.
  CREATE TABLE booth_seen (
    booth TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    serial TEXT,
    policy_version INTEGER,
    clock_offset_ms INTEGER,
    report TEXT
  ) STRICT;

  CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    state TEXT NOT NULL,
    demonstration INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE credential (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    added_at TEXT NOT NULL,
    used_at TEXT
  ) STRICT;
  CREATE INDEX credential_by_person ON credential (person);

  -- What needs two officers, and who they were.
  CREATE TABLE proposal (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at TEXT,
    outcome TEXT
  ) STRICT;
  CREATE INDEX proposal_by_state ON proposal (state);
  `,
  `
  -- The package that a booth has said it sealed last, when it first said so: it then existed, and all before it in its line.
  CREATE TABLE sealed_head (
    manifest_sha256 TEXT PRIMARY KEY,
    booth TEXT NOT NULL,
    chain TEXT NOT NULL,
    counter INTEGER NOT NULL,
    heard_at TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Every profile that was signed for a booth: of which office it was when, and which devices it might use.
  CREATE TABLE booth_profile (
    booth TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    office TEXT NOT NULL,
    office_name TEXT NOT NULL,
    devices TEXT,
    PRIMARY KEY (booth, at)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Which authority issued it, by its key id (the certificate's authority key identifier): several of a kind follow each other.
  ALTER TABLE certificate ADD COLUMN authority TEXT;
  CREATE INDEX certificate_revoked_by ON certificate (authority) WHERE revoked_at IS NOT NULL;
  `,
  `
  -- 1: it may sign packages. Of the two kinds of a booth's certificates, its identity and its key for TLS, only one does.
  ALTER TABLE certificate ADD COLUMN signs_packages INTEGER;
  CREATE INDEX certificate_unread ON certificate (serial) WHERE signs_packages IS NULL;
  `,
];
