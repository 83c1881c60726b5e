/** Limits of the server, with their units; the deployment's policy will be able to change them. */
export const SERVER_LIMITS = {
  /** Uploads that one booth may have begun and not finished. */
  openUploadsPerBooth: 64,
  /** Free bytes the data disk must keep after an offered package; below that, offers are put off. */
  diskReserveBytes: 256 << 20,
  /** Milliseconds between two looks at the free room. */
  diskLookMs: 1000,
  /** Days after which an unfinished upload is given up and its bytes are removed. */
  abandonedUploadDays: 30,
  /** Bytes of a JSON request body of the console. */
  consoleBodyBytes: 64 << 10,
  /** Bytes of a proposal: the policy, and a hot-list of thousands of devices. */
  proposalBodyBytes: 4 << 20,
  /** Bytes of a finger's picture or record that the desk gives. */
  fingerFileBytes: 8 << 20,
  /** Milliseconds a connection may be silent. A thin link pauses long, a dead one must not stay for ever. */
  intakeIdleMs: 10 * 60_000,
  /** Connections a listener holds at once. */
  connections: 1000,
  /** Notices in one answer to a booth. */
  noticesPerAnswer: 100,
  /** Characters of a search, and cases that it finds at most. */
  searchCharacters: 80,
  found: 50,
  /** Decided cases that the console lists. */
  decidedShown: 50,
} as const;
