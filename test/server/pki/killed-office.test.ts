/**
 * The office is killed while booths renew. What would be lost: a booth that was told of a certificate which nobody knows, or one that
 * is known without its line in the log; and a booth that asks again and is turned away.
 */
import { generateKeyPairSync, sign } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { nameOf } from "../../../crypto/authority/authority.ts";
import type { Certificate } from "../../../crypto/certificate/certificate.ts";
import { buildRequest } from "../../../crypto/certificate/request.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { MemoryKeyStore } from "../../crypto/deterministic-key.ts";
import { Child } from "../../processes/child.ts";
import { makePkiInstallation, type PkiInstallation } from "./pki-installation.ts";
import { dyingPoints, LATER_MS, type Renewal } from "./renewals.ts";

let here: PkiInstallation;
beforeAll(async () => {
  here = await makePkiInstallation();
});
afterAll(() => here.remove());

const scheme = { kind: "ecdsa", digest: "sha256" } as const;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

it.each(dyingPoints)("killed when they are %s: all or nothing, and who asks again is answered", async (point) => {
  const { office } = here.pki;
  const key = await new MemoryKeyStore(systemRandom).generate("booth-identity");
  const booths = await Promise.all(
    Array.from({ length: 6 }, async (_, at) => {
      const name = `${point}-${at}`;
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      const info = publicKey.export({ format: "der", type: "spki" });
      const signer = { scheme, sign: async (data: Uint8Array) => sign("sha256", data, privateKey) };
      const [held] = (await office.authority.issue("booth-identity", key, name)) as [Certificate];
      return { name, held, request: await buildRequest(nameOf(name), info, signer) };
    }),
  );
  office.register.change(() => {
    for (const { held } of booths) office.register.addCertificate(held, "booths");
  });
  const renewals = booths.map(({ held, request }): Renewal => ({ held: base64(held.der), request: base64(request) }));
  await writeFile(here.path("renewals.json"), JSON.stringify(renewals));
  const child = await Child.start("office-process", [here.data, point]);
  await child.ended;
  expect(child.line).toBe("ready");

  const { register } = office;
  const renewed = (name: string, before: Certificate) =>
    register.certificatesNamed(name).filter(({ serial }) => serial !== before.serialHex);
  const made = booths.map(({ name, held }) => renewed(name, held));
  expect(made.map(({ length }) => length)).toEqual(booths.map(() => (point === "durable" ? 1 : 0)));
  here.clock.aheadMs = LATER_MS;
  const answers = await Promise.all(booths.map(({ held, request }) => office.renew(held, request, "booths")));
  for (const [at, { name, held }] of booths.entries()) {
    const [one, ...more] = renewed(name, held);
    expect([one?.serial, more]).toEqual([answers[at]?.[0]?.serialHex, []]);
    if (made[at]?.[0]) expect(one?.serial).toBe(made[at][0].serial);
    const life = register.eventsOf(one!.serial).map(({ kind, by, data }) => [kind, by, data.from]);
    expect(life).toEqual([["certificate.renewed", `booth:${name}`, held.serialHex]]);
  }
  here.clock.aheadMs = 0;
});
