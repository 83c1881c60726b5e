/** A register that an older Kabina has written. What would be lost: a booth's identity taken for its key for TLS, and so renewed as something that signs no packages. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { Certificate } from "../../../crypto/certificate/certificate.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { Register } from "../../../server/register/register.ts";
import { REGISTER_MIGRATIONS } from "../../../server/register/schema.ts";
import { openDatabase } from "../../../server/store/database.ts";
import { MemoryKeyStore } from "../../crypto/deterministic-key.ts";
import { makePkiInstallation } from "../pki/pki-installation.ts";

test("what each certificate is for is read out of it, once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kabina-register-"));
  const installation = await makePkiInstallation();
  const { authority } = installation.pki.office;
  const store = new MemoryKeyStore(systemRandom);
  const issue = async (purpose: "booth-identity" | "booth-tls") =>
    (await authority.issue(purpose, await store.generate("booth-identity"), "booth-1"))[0] as Certificate;
  const [identity, tls] = [await issue("booth-identity"), await issue("booth-tls")];
  const path = join(folder, "register.sqlite");
  // As of the first release, which knew neither the authority nor the purpose.
  const old = openDatabase(path, REGISTER_MIGRATIONS.slice(0, 1));
  const add = old.prepare("INSERT INTO certificate VALUES (?, 'booths', ?, ?, ?, NULL, ?, ?, ?, NULL, NULL, NULL)");
  for (const { serialHex, sha256, keyId, commonName, der, notBefore, notAfter } of [identity, tls])
    add.run(serialHex, sha256, keyId, commonName, der, notBefore.toISOString(), notAfter.toISOString());
  old.close();

  const register = new Register(path);
  expect(register.latest("booth-1", "booths", true)?.keyId).toBe(identity.keyId);
  expect(register.latest("booth-1", "booths", false)?.keyId).toBe(tls.keyId);
  expect(register.certificate(tls.serialHex)?.authority).toBe(authority.booths.keyId);
  register.close();
  await installation.remove();
  await rm(folder, { recursive: true });
});
