/**
 * The schema of the server's store, step by step: a step that has once been released is never edited. Instants are ISO 8601 UTC,
 * hashes lower-case hexadecimal, JSON columns hold what their zod schema says.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- An upload that a booth has begun and that is not yet complete. The head (manifest and signature) is kept here, the
  -- rest of the bytes in uploads/<sha256>.kab.
  CREATE TABLE upload (
    sha256 TEXT PRIMARY KEY,
    package_id TEXT NOT NULL UNIQUE,
    booth TEXT NOT NULL,
    package_bytes INTEGER NOT NULL,
    block_bytes INTEGER NOT NULL,
    block_hashes BLOB NOT NULL,
    head BLOB NOT NULL,
    offered_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX upload_by_booth ON upload (booth);

  -- A package that is durable and verified: the row is written in one commit with its receipt and its case.
  CREATE TABLE package (
    sha256 TEXT PRIMARY KEY,
    package_id TEXT NOT NULL UNIQUE,
    booth TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    manifest TEXT NOT NULL,
    receipt BLOB NOT NULL,
    received_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE enrolment_case (
    case_id TEXT PRIMARY KEY,
    package_sha256 TEXT NOT NULL UNIQUE REFERENCES package (sha256),
    state TEXT NOT NULL,
    risk TEXT NOT NULL,
    version INTEGER NOT NULL,
    data_key BLOB,
    changed_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX case_by_state ON enrolment_case (state);

  -- The parts of a package, opened, each encrypted under its case's data key.
  CREATE TABLE part (
    case_id TEXT NOT NULL REFERENCES enrolment_case (case_id),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (case_id, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE stage_result (
    case_id TEXT NOT NULL REFERENCES enrolment_case (case_id),
    stage TEXT NOT NULL,
    checks TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    ms REAL NOT NULL,
    PRIMARY KEY (case_id, stage)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE decision (
    case_id TEXT PRIMARY KEY REFERENCES enrolment_case (case_id),
    state TEXT NOT NULL,
    decision TEXT NOT NULL,
    operator TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    undo_until TEXT NOT NULL,
    state_before TEXT NOT NULL
  ) STRICT;

  CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES enrolment_case (case_id),
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT
  ) STRICT;
  CREATE INDEX history_by_case ON history (case_id);

  -- What the consoles hear of, in order.
  CREATE TABLE queue_event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES enrolment_case (case_id),
    kind TEXT NOT NULL
  ) STRICT;

  -- Signed notices that wait for their booth; they stay after delivery, a booth may ask again.
  CREATE TABLE notice (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    booth TEXT NOT NULL,
    package_id TEXT NOT NULL,
    notice BLOB NOT NULL,
    made_at TEXT NOT NULL,
    delivered_at TEXT
  ) STRICT;
  CREATE INDEX notice_by_booth ON notice (booth, sequence);

  -- What a security officer must see: replays, foreign packages, repeated refusals.
  CREATE TABLE alarm (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    booth TEXT NOT NULL,
    code TEXT NOT NULL,
    details TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- The hashes of an offer are of another kind from here on: uploads that have begun are offered anew, what has come of their
  -- bodies is found by the new hashes.
  DELETE FROM upload;
  `,
  `
  -- What an operator has written about a case, encrypted under the case's data key. Notes that stood in clear are not kept.
  CREATE TABLE note (
    case_id TEXT PRIMARY KEY REFERENCES enrolment_case (case_id),
    sealed BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  UPDATE decision SET decision = json_remove(decision, '$.note');
  UPDATE history SET detail = NULL WHERE event = 'decided';
  `,
  `
  -- Where each package stands in its booth's line of packages, and what is proved of the time: written by the stage that judges it.
  -- Packages that came before this are judged by what their manifests said.
  CREATE TABLE seal (
    package_sha256 TEXT PRIMARY KEY REFERENCES package (sha256),
    booth TEXT NOT NULL,
    certificate_sha256 TEXT NOT NULL,
    chain TEXT,
    counter INTEGER NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    previous TEXT,
    claimed_at TEXT NOT NULL,
    after_at TEXT,
    reckoned_at TEXT
  ) STRICT;
  CREATE INDEX seal_by_place ON seal (chain, counter);
  CREATE INDEX seal_by_certificate ON seal (certificate_sha256);
  INSERT INTO seal SELECT sha256, booth, json_extract(manifest, '$.booth.certificateSha256'), NULL,
    json_extract(manifest, '$.time.counter'), '', NULL, json_extract(manifest, '$.createdAt'), NULL, NULL FROM package;

  -- What each case was captured with, for a hot-list or a revocation that comes later.
  CREATE TABLE case_device (
    case_id TEXT NOT NULL REFERENCES enrolment_case (case_id),
    kind TEXT NOT NULL,
    identity TEXT NOT NULL,
    certificate_sha256 TEXT,
    PRIMARY KEY (case_id, identity)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX case_device_by_certificate ON case_device (certificate_sha256);

  -- What must be looked at again, and why; a line stays when it was looked at.
  CREATE TABLE look_again (
    case_id TEXT NOT NULL REFERENCES enrolment_case (case_id),
    cause TEXT NOT NULL,
    subject TEXT NOT NULL,
    since TEXT NOT NULL,
    standing TEXT NOT NULL,
    found_at TEXT NOT NULL,
    closed_at TEXT,
    closed_by TEXT,
    PRIMARY KEY (case_id, cause, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX look_again_open ON look_again (found_at) WHERE closed_at IS NULL;
  `,
  `
  -- The booths' own audit logs, as far as the server has cosigned them (size, root, note) and holds their entries (held, peaks; verified: up
  -- to the last cosigned head that the entries were held against).
  CREATE TABLE booth_log (
    booth TEXT PRIMARY KEY,
    certificates TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    cosigned_at TEXT,
    held INTEGER NOT NULL,
    peaks BLOB NOT NULL,
    verified INTEGER NOT NULL,
    verified_peaks BLOB NOT NULL
  ) STRICT;
  CREATE TABLE booth_log_head (
    booth TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (booth, size)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE booth_log_entry (
    booth TEXT NOT NULL,
    place INTEGER NOT NULL,
    line TEXT NOT NULL,
    sealed TEXT,
    PRIMARY KEY (booth, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX booth_log_sealed ON booth_log_entry (booth, sealed) WHERE sealed IS NOT NULL;

  -- Evidence against a log: what it signed that cannot be true together with what is known of it.
  CREATE TABLE booth_log_fault (
    id INTEGER PRIMARY KEY,
    booth TEXT NOT NULL,
    at TEXT NOT NULL,
    code TEXT NOT NULL,
    size INTEGER NOT NULL,
    note TEXT NOT NULL,
    known TEXT NOT NULL,
    UNIQUE (booth, code, note)
  ) STRICT;
  `,
  `
  -- Prints have a key of their own, so that they can go before the rest; null for cases from before, whose prints are under the data key.
  ALTER TABLE enrolment_case ADD COLUMN prints_key BLOB;

  -- What was erased of a case, or is being erased: the line is written before anything goes. traces: hashes of samples of the bytes, by which a
  -- later scan knows them again (server/retention/traces.ts).
  CREATE TABLE erasure (
    case_id TEXT NOT NULL REFERENCES enrolment_case (case_id),
    scope TEXT NOT NULL,
    reason TEXT NOT NULL,
    policy TEXT NOT NULL,
    by TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    done_at TEXT,
    inventory TEXT NOT NULL,
    traces BLOB NOT NULL,
    PRIMARY KEY (case_id, scope)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX erasure_begun ON erasure (begun_at) WHERE done_at IS NULL;
  `,
  `
  -- Who of the staff stood at the booth when a case was captured, by number.
  CREATE TABLE case_staff (
    case_id TEXT NOT NULL REFERENCES enrolment_case (case_id),
    staff TEXT NOT NULL,
    PRIMARY KEY (case_id, staff)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX case_staff_by_staff ON case_staff (staff);
  `,
  `
  -- Files that were ordered, by their hashes, so that pick-up finds the order of a finished document. Portraits and prints are alike in no two
  -- documents; whose they are stands encrypted in the part order-<id> of the case.
  CREATE TABLE ordered_file (
    digest TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES enrolment_case (case_id),
    order_id TEXT NOT NULL,
    PRIMARY KEY (digest, order_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ordered_file_by_case ON ordered_file (case_id);
  `,
];
