/** A virtual card's folder: `card.json` (number, PIN) and for each key `9a.pem` with its certificate `9a.crt` (PEM or DER). */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { buildCertificate, encodeName, serialNumberFrom } from "../../../crypto/certificate/builder.ts";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { extendedKeyUsage, keyUsage } from "../../../crypto/certificate/extensions.ts";
import { oids } from "../../../crypto/certificate/oids.ts";
import type { Clock, RandomBytes } from "../../../crypto/environment.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import type { PivCardOptions } from "./card.ts";
import { type PivKeyName, pivKeys } from "./data-objects.ts";

const CardFile = z.strictObject({
  format: z.literal("kabina-virtual-card/1"),
  /** Hex. */
  guid: z.string().regex(/^[0-9a-f]{32}$/),
  pin: z.string().regex(/^\d{6,8}$/),
  expires: z.iso.date(),
});

interface Source {
  readonly clock: Clock;
  readonly random: RandomBytes;
}

const day = 86_400_000;
const validDays = 1_095;

/** Signs in with 9A (P-256), signs documents with 9C (RSA, as most cards do). */
const kinds = { "9a": "ec", "9c": "rsa" } as const;

/** Makes a card for tests and training, with certificates that its own keys sign. Throws `token/card-exists`. */
export async function makePivFolder(
  folder: string,
  name: string,
  pin: string,
  { clock, random }: Source,
): Promise<void> {
  if (await stat(folder).catch(() => undefined)) throw new KabinaError("token/card-exists", { folder });
  const from = clock.now();
  const until = new Date(from.getTime() + validDays * day);
  const card = {
    format: "kabina-virtual-card/1",
    guid: Buffer.from(random(16)).toString("hex"),
    pin,
    expires: until.toISOString().slice(0, 10),
  };
  if (!CardFile.safeParse(card).success) throw new KabinaError("token/card-pin");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [key, kind] of Object.entries(kinds)) {
    const pair =
      kind === "rsa"
        ? generateKeyPairSync("rsa", { modulusLength: 2048 })
        : generateKeyPairSync("ec", { namedCurve: "P-256" });
    const certificate = await ownCertificate(name, pair.privateKey, from, until, random);
    await put(folder, `${key}.pem`, pair.privateKey.export({ format: "pem", type: "pkcs8" }));
    await put(folder, `${key}.crt`, certificate.der);
  }
  await put(folder, "card.json", `${JSON.stringify(card, null, 2)}\n`);
}

async function ownCertificate(name: string, key: KeyObject, from: Date, until: Date, random: RandomBytes) {
  const subject = encodeName([[oids.commonName, name]]);
  const fields = {
    serialNumber: serialNumberFrom(random(16)),
    issuer: subject,
    subject,
    notBefore: from,
    notAfter: until,
    publicKeyInfo: new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" })),
    extensions: [keyUsage("digitalSignature"), extendedKeyUsage(oids.clientAuth)],
  };
  const kind = key.asymmetricKeyType === "rsa" ? "rsa" : "ecdsa";
  return buildCertificate(fields, {
    scheme: { kind, digest: "sha256" },
    sign: async (data) => new Uint8Array(sign("sha256", data, key)),
  });
}

const put = (folder: string, name: string, content: string | Uint8Array | Buffer) =>
  writeFile(join(folder, name), content, { mode: 0o600 });

/** Throws `token/card-folder` when something is missing or not what it should be. */
export async function loadPivFolder(folder: string, random: RandomBytes): Promise<PivCardOptions> {
  const get = (name: string) => readFile(join(folder, name));
  const failed = (missing: string) => (cause: unknown) => {
    throw new KabinaError("token/card-folder", { folder, missing }, { cause });
  };
  const { guid, pin, expires } = await get("card.json")
    .then((bytes) => CardFile.parse(JSON.parse(bytes.toString("utf8"))))
    .catch(failed("card.json"));
  const keys: Partial<Record<PivKeyName, KeyObject>> = {};
  const certificates: Partial<Record<PivKeyName, Uint8Array>> = {};
  for (const name of Object.keys(pivKeys) as PivKeyName[]) {
    const pem = await get(`${name}.pem`).catch(() => undefined);
    if (pem === undefined) continue;
    try {
      keys[name] = createPrivateKey(pem);
    } catch (cause) {
      failed(`${name}.pem`)(cause);
    }
    certificates[name] = await get(`${name}.crt`)
      .then(certificateIn)
      .catch(failed(`${name}.crt`));
  }
  if (Object.keys(keys).length === 0) failed("9a.pem")(undefined);
  return { guid: Buffer.from(guid, "hex"), pin, expires: new Date(expires), keys, certificates, random };
}

function certificateIn(bytes: Buffer): Uint8Array {
  const pem = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/.exec(bytes.toString("latin1"));
  return new Certificate(pem ? Buffer.from(pem[1]!, "base64") : bytes).der;
}
