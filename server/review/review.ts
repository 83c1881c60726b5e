/** The console and the pipeline behind it, put together. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Server as TlsServer } from "node:tls";
import { exportLog } from "../../crypto/audit/export.ts";
import { anchorsOf } from "../../crypto/authority/trust.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { BodyStore } from "../intake/body-store.ts";
import type { ServerIdentity } from "../keys.ts";
import { closeListener, listen } from "../listening.ts";
import { knowledgeOf } from "../pipeline/knowledge.ts";
import { Pipeline } from "../pipeline/pipeline.ts";
import { createStages, readCountries } from "../pipeline/stages.ts";
import type { Pki } from "../pki/pki.ts";
import { Register } from "../register/register.ts";
import { Eraser } from "../retention/eraser.ts";
import { RetentionWatch } from "../retention/watch.ts";
import { AuditPump } from "../security/audit-pump.ts";
import { exportCase } from "../security/case-export.ts";
import { PolicyDesk } from "../security/policy-desk.ts";
import { doubtPolicy, policyOfVersion } from "../security/policy-doubt.ts";
import { Proposals } from "../security/proposals.ts";
import { Reexamination } from "../security/reexamination.ts";
import { securityRoutes } from "../security/routes.ts";
import { signInWithCertificate } from "../staff/certificate-sign-in.ts";
import { Passkeys } from "../staff/passkeys.ts";
import { Staff } from "../staff/staff.ts";
import type { Store } from "../store/store.ts";
import type { WitnessedLog } from "../witness/own-log.ts";
import { openDecisionSigner } from "./decision-signer.ts";
import { Decisions } from "./decisions.ts";
import { Desk } from "./desk.ts";
import { EventStreams } from "./events.ts";
import { createConsoleListener } from "./listener.ts";
import { Sessions } from "./sessions.ts";

export interface ReviewOptions {
  /** `<data>/server` */
  readonly folder: string;
  readonly identity: ServerIdentity;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly store: Store;
  readonly bodies: BodyStore;
  /** On the loopback interface; 0 takes a free one. */
  readonly port: number;
  /** The built console. */
  readonly files: string;
  readonly onFault: (error: unknown) => void;
  /** The authority's office, where it is on this machine. */
  readonly pki?: Pki | undefined;
}

export interface Review {
  readonly pipeline: Pipeline;
  readonly port: number;
  /** The server's audit log before its witnesses. */
  readonly witnessed: WitnessedLog;
  /** Of a demonstration person, the first one when left out. */
  signInLink(person?: string): string;
  /** Opens the console over TLS, for people with a certificate on a card; the port. */
  openStaffDoor(host: string, port: number): Promise<number>;
  /** Shows and signs with what has followed (`FollowWatch`). */
  follow(what: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Who the link of the demonstration signs in when nobody is named. */
const FIRST_PERSON = "operator-1";

/** In the server's folder: the link that signs a demonstration person in, for the server's owner only. */
export const signInFile = (person = FIRST_PERSON): string =>
  person === FIRST_PERSON ? "sign-in" : `sign-in-${person}`;

export async function startReview(options: ReviewOptions): Promise<Review> {
  const { folder, identity, clock, random, store, bodies, onFault } = options;
  const events = new EventStreams(store, clock);
  const onChange = () => events.push();
  const register = options.pki?.office.register ?? new Register(join(folder, "register.sqlite"));
  const known = knowledgeOf(register, folder, clock);
  const stages = createStages(identity, await readCountries(folder), known);
  // Everybody's templates are opened now, not when the first case waits for them.
  stages.feedOf(store).ready().catch(onFault);
  const packagePath = (sha256: string) => bodies.path(sha256);
  const pipeline = new Pipeline({ store, clock, stages: stages.list, packagePath, onChange, onFault });
  const signer = await openDecisionSigner(join(folder, "audit.log"), identity.keys, clock);
  const decisions = new Decisions({ store, clock, signer, onChange, onFault });
  const desk = new Desk({ store, clock, engine: stages.finger, feed: stages.feedOf(store) });
  const link = (code: string) => `http://localhost:${port}/#token=${code}`;
  const publish = (person: string, code: string) =>
    writeFileDurably(join(folder, signInFile(person)), link(code), 0o600);
  const staff = new Staff({ register, clock, random, publish });
  const sessions = new Sessions({ clock, random, staff });
  const passkeys = new Passkeys(register, staff, clock);
  const office = options.pki?.office;
  const certificates = {
    staff,
    clock,
    get authorities() {
      return office?.authorities("staff") ?? [];
    },
    revoked: office?.isRevoked ?? (() => false),
  };
  const pump = new AuditPump({ register, log: signer, onFault });
  const reexamination = new Reexamination({ store, register, known, clock, onChange });
  reexamination.start(onFault);
  const eraser = new Eraser({ store, register, uploads: join(folder, "uploads"), clock });
  // What a stop has cut off is finished before anything else asks for it.
  await eraser.resume();
  const retention = new RetentionWatch({
    ...{ data: join(folder, ".."), store, eraser, clock, onFault },
    carry: () => pump.carry(),
  });
  retention.start();
  const proposals = new Proposals({
    ...{ register, staff, office, clock, random },
    erase: (caseId, why) => eraser.erase(caseId, "captures", why),
    policyVersion: (version) => policyOfVersion(version, { register, known, clock }),
    doubtPolicy: async (version, since, by) => {
      await doubtPolicy(version, since, by, { register, known, clock });
    },
    exportLog: async () => {
      await pump.carry();
      const place = join(folder, "exports", clock.now().toISOString().replace(/[:.]/g, "-"));
      await mkdir(place, { recursive: true, mode: 0o700 });
      await exportLog(join(folder, "audit.log"), join(place, "audit-server.log"));
      return place;
    },
    exportCase: async (caseId) => {
      await pump.carry();
      return exportCase(caseId, { folder, store, clock, search: signer.search, prove: signer.prove });
    },
  });
  const { keys } = identity;
  const security = securityRoutes({
    ...{ folder, register, office, proposals, store, clock, pump, reexamination },
    serverKeys: () => [keys.tls, keys.receipt, keys.recipient, keys.audit],
    policy: async () => {
      const repository = options.pki?.updates.repository;
      if (!(await repository?.begun())) return [];
      return Object.entries(await repository!.standing()).map(([role, standing]) => ({ role, ...standing }));
    },
    policyDesk: options.pki && new PolicyDesk({ ...options.pki, clock }),
    drill: options.pki && { ...options.pki, store: store.database, clock },
    search: (text, limit) => signer.search(text, limit),
    prove: (index) => signer.prove(index),
  });
  const parts = {
    ...{ store, clock, sessions, decisions, desk, events, staff, passkeys, files: options.files, onFault },
    ...{ security, register, reexamination, pump, log: signer },
    withCertificate: (socket: object) => signInWithCertificate(socket, certificates),
  };
  /** What the door for cards shows, and whose cards it asks for. */
  const staffSecrets = () => {
    const ca = [...anchorsOf(identity.trust), ...(office?.authorities("staff") ?? [])];
    return { ...identity.keys.tls.tls(), ca: ca.map((certificate) => certificate.toPem()) };
  };
  const listener = createConsoleListener(parts);
  const doors = [listener];
  const port = await listen(listener, options.port, "127.0.0.1");
  await staff.start();
  decisions.resume();
  return {
    pipeline,
    port,
    witnessed: signer.witnessed,
    signInLink: (person = FIRST_PERSON) => link(staff.code(person) ?? ""),
    async openStaffDoor(host, wanted) {
      const door = createConsoleListener(parts, staffSecrets());
      doors.push(door);
      return listen(door, wanted, host);
    },
    async follow(what) {
      for (const door of doors)
        if (door instanceof TlsServer) door.setSecureContext({ ...staffSecrets(), minVersion: "TLSv1.3" });
      if (what.includes("server-audit")) await signer.follow();
    },
    async close() {
      events.close();
      reexamination.close();
      for (const door of doors) await closeListener(door);
      await decisions.close();
      await pipeline.close();
      await stages.close();
      await retention.close();
      await pump.close();
      await signer.close();
      if (!options.pki) register.close();
    },
  };
}
