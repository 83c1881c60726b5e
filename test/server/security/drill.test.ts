/** What would be lost: hours in which a stolen booth goes on being believed. */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { verifyAuditLog } from "../../../crypto/audit/verify.ts";
import { INTAKE_PATHS } from "../../../crypto/delivery/answers.ts";
import { sealPackageToFile } from "../../../crypto/package/seal.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";
import { DrillDone } from "../../../server/security/api.ts";
import { sealRequest } from "../installation.ts";
import { type StaffedServer, startStaffedServer } from "../staff/staffed-server.ts";

let staffed: StaffedServer;
beforeAll(async () => {
  staffed = await startStaffedServer();
});
afterAll(() => staffed.close());

it("from the officer's word to refusal at every online point, with the packages of the suspect window", async () => {
  const { installation, server } = staffed;
  const booth = await (await installation.keys("booth")).load("booth-identity");
  await writeFile(installation.path("booth.pem"), booth.chain[0]!.toPem());
  // One connection that stays open, as a booth's does: a thief need not connect anew.
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ...booth.tls(),
    ca: installation.provisioned.trust.servers.toPem() + installation.provisioned.trust.root.toPem(),
  });
  const ask = () =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const asking = request(
        `https://localhost:${server.intakePort}${INTAKE_PATHS.status}?after=0`,
        { agent },
        async (answer) => {
          let body = "";
          for await (const chunk of answer) body += chunk;
          resolve({ status: answer.statusCode ?? 0, body });
        },
      );
      asking.on("error", reject);
      asking.end();
    });
  expect((await ask()).status).toBe(200);

  // One package sealed before the suspected moment, one after; both arrive.
  const since = new Date(Date.now() - 60 * 60_000);
  const packages: string[] = [];
  for (const minutes of [-30, 30]) {
    const clock = { ...systemClock, now: () => new Date(since.getTime() + minutes * 60_000) };
    const { recipients } = installation.provisioned.trust;
    const parts = [{ name: "portrait", mediaType: "image/jpeg", content: systemRandom(100), recipients }];
    const path = installation.path(`${minutes}.kab`);
    const sealed = await sealPackageToFile(path, sealRequest(parts, "booth-1"), {
      signer: booth,
      clock,
      random: systemRandom,
    });
    packages.push(sealed.manifest.packageId);
    const { size } = sealed;
    const sha256 = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    server.store.database
      .prepare(
        "INSERT INTO package (sha256, package_id, booth, bytes, manifest, receipt, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        sha256,
        sealed.manifest.packageId,
        "booth-1",
        size,
        JSON.stringify(sealed.manifest),
        Buffer.alloc(1),
        new Date().toISOString(),
      );
  }

  const officer = await staffed.signIn("security-officer");
  const before = performance.now();
  const answer = await officer.send("POST", "/api/security/drills", { booth: "booth-1", since: since.toISOString() });
  const drill = DrillDone.parse(await answer.json());
  expect(await ask()).toMatchObject({ status: 403, body: expect.stringContaining("intake/certificate-revoked") });
  const saidBy = async (...args: string[]) => installation.openssl(...args);
  const asked = await saidBy(
    ...[
      "ocsp",
      "-issuer",
      "booths.pem",
      "-cert",
      "booth.pem",
      "-url",
      `https://localhost:${server.pkiPort}/pki/status`,
    ],
    ...["-CAfile", "root.pem", "-verify_other", "booths.pem"],
  );
  expect(asked).toContain("booth.pem: revoked");
  await installation.curl("-o", "booths.crl", `https://localhost:${server.pkiPort}/pki/lists/booths.crl`);
  await saidBy("crl", "-inform", "DER", "-in", "booths.crl", "-out", "booths.crl.pem");
  const verified = await saidBy(
    ...[
      "verify",
      "-crl_check",
      "-CAfile",
      "root.pem",
      "-untrusted",
      "booths.pem",
      "-CRLfile",
      "booths.crl.pem",
      "booth.pem",
    ],
  );
  expect(verified).toContain("certificate revoked");
  const tookMs = performance.now() - before;
  console.log(
    `drill: ${drill.totalMs} ms by its own clock; ${Math.round(tookMs)} ms until openssl and the intake had refused too`,
  );
  expect(tookMs).toBeLessThan(60_000);

  expect(drill.packages.map(({ packageId, suspect }) => [packageId, suspect])).toEqual([
    // It says that it is older: so could a thief's.
    [packages[0], true],
    [packages[1], true],
  ]);
  expect(drill.steps.map(({ what }) => what)).toEqual([
    "revoked",
    "refused-at-intake",
    "refused-by-status",
    "on-the-list",
    "packages-listed",
  ]);

  // Its name is free for the key that it makes when it is back, and the whole is in the signed log.
  expect(installation.pki.office.holding("booth-1", "booths")).toEqual([]);
  const again = await officer.send("POST", "/api/security/drills", { booth: "booth-1", since: since.toISOString() });
  expect(await again.text()).toContain("drill/nothing-held");
  const kinds: string[] = [];
  const { unsigned } = await verifyAuditLog(
    installation.path("server/audit.log"),
    { anchors: [installation.provisioned.trust.root] },
    ({ kind, data }) => kinds.push(`${kind} ${data.by}`),
  );
  expect(unsigned).toBe(0);
  expect(kinds).toEqual(
    expect.arrayContaining(["certificate.revoked security-officer", "drill.done security-officer"]),
  );
  agent.destroy();
});
