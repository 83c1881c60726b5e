/**
 * The compromise drill: a booth was stolen. Everything it holds is taken back, every point that is asked says so, what it sealed in the
 * suspect window is listed, and the clock runs from the officer's word.
 */
import { createHash } from "node:crypto";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { RevocationList } from "../../crypto/certificate/revocation-list.ts";
import { buildQuestion } from "../../crypto/certificate/status-protocol.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Manifest } from "../../crypto/package/manifest.ts";
import type { CertificateOffice } from "../pki/office.ts";
import type { CertificateStatusDesk } from "../pki/status.ts";
import type { Database } from "../store/database.ts";
import { Seals } from "../store/seals.ts";

export interface DrillTools {
  readonly office: CertificateOffice;
  readonly status: CertificateStatusDesk;
  /** The server's store, for the packages of the suspect window. */
  readonly store: Database | undefined;
  readonly clock: Clock;
}

export interface DrillStep {
  readonly what: "revoked" | "refused-at-intake" | "refused-by-status" | "on-the-list" | "packages-listed";
  /** Milliseconds from the officer's word. */
  readonly atMs: number;
}

export interface Drill {
  readonly booth: string;
  readonly since: string;
  readonly revoked: readonly string[];
  readonly steps: readonly DrillStep[];
  /** What arrived from the suspected moment on, or says that it was sealed then; `suspect` unless it is proved that it existed before. */
  readonly packages: readonly {
    readonly packageId: string;
    readonly sealedAt: string;
    readonly receivedAt: string;
    readonly suspect: boolean;
  }[];
  readonly totalMs: number;
  /** What is left to do: the booth, once it is back, asks with a new key, and an officer compares it. */
  readonly next: "re-key";
}

/** Throws `drill/nothing-held`, `drill/not-refused`. */
export async function runDrill(booth: string, since: Date, by: string, tools: DrillTools): Promise<Drill> {
  const { office, status, clock } = tools;
  const began = clock.monotonic();
  const steps: DrillStep[] = [];
  const done = (what: DrillStep["what"]) => steps.push({ what, atMs: Math.round(clock.monotonic() - began) });
  const held = office.holding(booth, "booths");
  if (held.length === 0) throw new KabinaError("drill/nothing-held", { booth });
  const serials = held.map(({ serial }) => serial);
  const revoked = office.revoke(serials, by, "keyCompromise", since);
  done("revoked");
  const certificates = held.map(({ der }) => new Certificate(der));
  const expect = (refused: boolean, point: string) => {
    if (!refused) throw new KabinaError("drill/not-refused", { point });
  };
  expect(
    certificates.every((certificate) => office.isRevoked(certificate, clock.now())),
    "intake",
  );
  done("refused-at-intake");
  const byIssuer = office.authority
    .lineage("booths")
    .map((issuer) => ({ issuer, issued: certificates.filter((one) => one.isSignedBy(issuer.certificate)) }))
    .filter(({ issued }) => issued.length > 0);
  for (const { issuer, issued } of byIssuer) {
    const answer = Buffer.from(await status.answer(buildQuestion(issued, issuer.certificate)));
    // The status of each is `[1]` (revoked) right after its serial number; openssl reads the whole in the tests.
    for (const { serialNumber } of issued) {
      const at = answer.indexOf(Buffer.from(serialNumber));
      expect(at > 0 && answer[at + serialNumber.length] === 0xa1, "status");
    }
  }
  done("refused-by-status");
  for (const { issuer, issued } of byIssuer) {
    const list = new RevocationList(await status.revocationList("booths", issuer));
    expect(
      issued.every((certificate) => list.revokes(certificate, since)),
      "list",
    );
  }
  done("on-the-list");
  const packages = packagesOf(booth, since, tools);
  done("packages-listed");
  const totalMs = Math.round(clock.monotonic() - began);
  office.register.change(() =>
    office.register.addEvent({
      at: clock.now().toISOString(),
      by,
      kind: "drill.done",
      subject: booth,
      data: { since: since.toISOString(), revoked: revoked.length, packages: packages.length, totalMs },
    }),
  );
  return { booth, since: since.toISOString(), revoked, steps, packages, totalMs, next: "re-key" };
}

interface PackageRow {
  readonly packageId: string;
  readonly receivedAt: string;
  readonly manifest: string;
}

function packagesOf(booth: string, since: Date, { store, office }: DrillTools): Drill["packages"] {
  if (!store) return [];
  const seals = new Seals(store);
  const rows = store
    .prepare<[string], PackageRow>(
      "SELECT package_id AS packageId, received_at AS receivedAt, manifest FROM package WHERE booth = ? ORDER BY received_at",
    )
    .all(booth);
  return rows
    .map(({ packageId, receivedAt, manifest }) => {
      const { createdAt: sealedAt, time } = JSON.parse(manifest) as Manifest;
      const manifestSha256 = createHash("sha256").update(manifest).digest("hex");
      const place = { chain: "chain" in time ? time.chain : null, counter: time.counter, manifestSha256 };
      const proved = seals.provedAt(place, receivedAt, (sha256) => office.register.headHeardAt(sha256));
      return { packageId, sealedAt, receivedAt, suspect: new Date(proved) >= since };
    })
    .filter(({ sealedAt, receivedAt }) => new Date(sealedAt) >= since || new Date(receivedAt) >= since);
}
