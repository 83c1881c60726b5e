/** The audit log after a power cut: if this fails, a package was sealed and the log does not say so, or says so twice. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { AuditTrail } from "../../../booth/audit-trail.ts";
import { SEALED, unnotedPackages } from "../../../booth/sealing/sealed-entries.ts";
import { systemClock } from "../../../crypto/system-environment.ts";
import { makeInstallation, type TestInstallation } from "../../server/installation.ts";

let installation: TestInstallation;
let folder: string;

beforeEach(async () => {
  installation = await makeInstallation();
  folder = await mkdtemp(join(tmpdir(), "kabina-sealed-"));
});
afterEach(async () => {
  await installation.remove();
  await rm(folder, { recursive: true });
});

/** One life of a booth's log: what it notes of `items` at its start, and what it seals after that. */
async function live(items: readonly string[], seals: readonly string[]): Promise<readonly string[]> {
  const trail = await AuditTrail.open({
    folder,
    boothId: "booth-1",
    key: installation.booth,
    clock: systemClock,
    onFault: (error) => {
      throw error;
    },
  });
  const listed = items.map((packageId) => ({ packageId }));
  const unnoted = await unnotedPackages(join(folder, "audit.log"), listed);
  for (const { packageId } of unnoted) trail.note(SEALED, { package: packageId, noted: "at the next start" });
  for (const packageId of seals) trail.note(SEALED, { package: packageId, session: "s", sha256: "00" });
  await trail.close();
  return unnoted.map(({ packageId }) => packageId);
}

test("a package that the log lost is noted at the next start, once", async () => {
  expect(await live([], ["a"])).toEqual([]);
  // The power failed between the outbox and the log of b.
  expect(await live(["a", "b"], ["c"])).toEqual(["b"]);
  expect(await live(["a", "b", "c"], [])).toEqual([]);
});
