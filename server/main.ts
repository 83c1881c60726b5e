/** The server as a whole: its store, its two doors, its pipeline; started and stopped in order. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { anchorsOf } from "../crypto/authority/trust.ts";
import type { StatusAnswer } from "../crypto/delivery/answers.ts";
import type { Clock, RandomBytes } from "../crypto/environment.ts";
import { faultOf } from "../crypto/errors/fault.ts";
import { signHeartbeat } from "../crypto/receipt/heartbeat.ts";
import type { SuiteId } from "../crypto/suites/names.ts";
import { FollowWatch } from "./follow-watch.ts";
import { BodyStore } from "./intake/body-store.ts";
import { boothIdentifier } from "./intake/booth-identity.ts";
import { HeadJudge } from "./intake/head-judge.ts";
import { Intake } from "./intake/intake.ts";
import { createIntakeListener, intakeSecrets } from "./intake/listener.ts";
import { packageJudge } from "./intake/package-judge.ts";
import type { ServerIdentity } from "./keys.ts";
import { SERVER_LIMITS } from "./limits.ts";
import { closeListener, listen } from "./listening.ts";
import type { Pipeline } from "./pipeline/pipeline.ts";
import { type Pki, startPkiDoor } from "./pki/pki.ts";
import type { Register } from "./register/register.ts";
import { openStore, type Store } from "./store/store.ts";
import type { UploadRecord } from "./store/uploads.ts";
import { OwnLog } from "./witness/own-log.ts";
import { Witness } from "./witness/witness.ts";

export interface ServerOptions {
  /** `<data>/server` */
  readonly folder: string;
  readonly identity: ServerIdentity;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Address and port of the intake; port 0 takes a free one. */
  readonly intake: { readonly host: string; readonly port: number };
  /** Port of the console on the loopback interface; without it there is no console and no pipeline (an intake by itself). */
  readonly console?: { readonly port: number; readonly files: string };
  /** The authority's office, where its keys are on this machine, and the address and port of its door. */
  readonly pki?: { readonly office: Pki; readonly host: string; readonly port: number };
  /** The weakest suite of packages that are taken in; any that is known when absent. */
  readonly leastSuite?: SuiteId;
  /** Free bytes that the data disk keeps after an offered package. */
  readonly diskReserveBytes?: number;
  /** One line for the log. */
  readonly log: (event: string, details?: Record<string, unknown>) => void;
}

export interface RunningServer {
  readonly intakePort: number;
  readonly consolePort: number | null;
  readonly pkiPort: number | null;
  /** The link that signs the demonstration's operator in, once. */
  signInLink(person?: string): string | null;
  /** Opens the console over TLS, for people with a certificate on a card; the port. */
  openStaffDoor(host: string, port: number): Promise<number>;
  readonly store: Store;
  readonly pipeline: Pipeline | null;
  /** Looks now for keys and authorities that another process has switched to; it does so every few seconds anyway. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { folder, identity, clock, random, log } = options;
  const uploads = join(folder, "uploads");
  await mkdir(uploads, { recursive: true, mode: 0o700 });
  const store = openStore(join(folder, "kabina.sqlite"), identity.recipients, random);
  const onFault = (error: unknown) => log("fault", { fault: faultOf(error) });
  const judge = packageJudge(identity, clock, options.pki?.office.office.register.revokedSince, options.leastSuite);
  const heads = new HeadJudge(judge);
  const manifestOf = (record: UploadRecord) => {
    try {
      return heads.upload(record).manifest;
    } catch {
      // No longer in time, or no longer trusted: said when it is complete.
      return undefined;
    }
  };
  const bodies = new BodyStore({ folder: uploads, uploads: store.uploads, manifestOf });
  await removeAbandoned(store, bodies, clock);
  let pipeline: Pipeline | null = null;
  let ownLog: OwnLog | undefined;
  const intake = new Intake({
    clock,
    store,
    bodies,
    judge,
    heads,
    onFault,
    folder: uploads,
    diskReserveBytes: options.diskReserveBytes ?? SERVER_LIMITS.diskReserveBytes,
    onCase: (caseId) => {
      log("package stored", { case: caseId });
      pipeline?.submit(caseId);
    },
  });
  const door = createIntakeListener({
    credentials: identity.keys.tls.tls(),
    identify: boothIdentifier(identity.trust, clock, options.pki?.office.office.isRevoked),
    receiptAuthority: () => identity.keys.receipt.chain.at(-1)!.der,
    intake,
    bodies,
    witness: new Witness({
      store,
      get key() {
        return identity.keys.audit;
      },
      get anchors() {
        return anchorsOf(identity.trust);
      },
      clock,
      ownLog: () => ownLog,
      onEvidence: (booth, code, size) => {
        log("evidence against a booth's log", { booth, code, size });
        noteEvidence(options.pki?.office.office.register, booth, code, size, clock);
      },
    }),
    // Loaded at the first pick-up: a bare intake stays small.
    pickup: async (question) => (await import("./issue/pickup.ts")).answerPickup(store, question),
    status: async (booth, after, wanted) => {
      const answer = await readStatus(store, clock, booth, after);
      if (!wanted) return answer;
      return { ...answer, heartbeat: await signHeartbeat(booth, clock.now(), identity.keys.receipt, random) };
    },
    onFault,
  });
  const intakePort = await listen(door, options.intake.port, options.intake.host);
  const pkiDoor = options.pki
    ? await startPkiDoor(options.pki.office, { ...options.pki, tls: () => identity.keys.tls, clock, onFault })
    : null;
  // Loaded only when asked for: an intake by itself starts fast and stays small.
  const review = options.console
    ? await (await import("./review/review.ts")).startReview({
        ...options,
        ...options.console,
        store,
        bodies,
        onFault,
        pki: options.pki?.office,
      })
    : null;
  pipeline = review?.pipeline ?? null;
  ownLog = review ? new OwnLog(join(folder, "audit.log"), review.witnessed) : undefined;
  pipeline?.resume();
  const watch = new FollowWatch({
    ...{ identity, pki: options.pki?.office, onFault },
    async onFollowed(what) {
      door.setSecureContext(intakeSecrets(identity.keys.tls.tls()));
      await pkiDoor?.follow();
      await review?.follow(what);
      log("taken up", { what: what.join(" ") });
    },
  });
  watch.start();
  return {
    intakePort,
    consolePort: review?.port ?? null,
    pkiPort: pkiDoor?.port ?? null,
    openStaffDoor: async (host, port) => review?.openStaffDoor(host, port) ?? 0,
    signInLink: (person) => review?.signInLink(person) ?? null,
    store,
    pipeline,
    follow: () => watch.look(),
    async close() {
      await watch.close();
      await closeListener(door);
      await pkiDoor?.close();
      await review?.close();
      intake.writeOffers();
      await bodies.close();
      store.close();
    },
  };
}

/** What was decided on a booth's packages; asking for what came after a notice says that it has arrived. */
async function readStatus(store: Store, clock: Clock, booth: string, after: number): Promise<StatusAnswer> {
  const notices = store.notices.after(booth, after, SERVER_LIMITS.noticesPerAnswer);
  if (after > 0 && store.notices.undelivered(booth, after)) {
    const at = clock.now().toISOString();
    await store.commits.commit(() => store.notices.markDelivered(booth, after, at));
  }
  return {
    after: notices.at(-1)?.sequence ?? after,
    notices: notices.map(({ packageId, notice }) => ({ packageId, notice: notice.toString("utf8") })),
  };
}

/** What the officer must see is in the server's own log too. */
function noteEvidence(register: Register | undefined, booth: string, code: string, size: number, clock: Clock): void {
  const at = clock.now().toISOString();
  register?.note(() =>
    register.addEvent({ at, by: "server", kind: "booth-log.evidence", subject: booth, data: { code, size } }),
  );
}

async function removeAbandoned(store: Store, bodies: BodyStore, clock: Clock): Promise<void> {
  const before = new Date(clock.now().getTime() - SERVER_LIMITS.abandonedUploadDays * 86_400_000);
  for (const sha256 of store.uploads.offeredBefore(before.toISOString())) {
    await bodies.discard(sha256);
    await store.commits.commit(() => store.uploads.remove(sha256));
  }
  // Bodies whose offer was lost in a crash, and whose booth has never come back.
  const belongs = (sha256: string) => !!store.packages.receipt(sha256) || !!store.uploads.find(sha256);
  for await (const sha256 of bodies.orphans(before, belongs)) await bodies.discard(sha256);
}
