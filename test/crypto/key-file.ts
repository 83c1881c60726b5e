/**
 * A private key out of its file, with the passphrase and node:crypto alone: for judges (openssl) that need one. Kabina itself gives no key
 * out; that this works is what a stolen folder with its passphrase is worth.
 */
import { createDecipheriv, createPrivateKey, hkdfSync, scryptSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import canonicalize from "canonicalize";

/** The key of a purpose as unencrypted PKCS#8 PEM. */
export function keyFromFile(folder: string, purpose: string, passphrase: Uint8Array): string {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, unknown>;
  const { N, r, p, salt } = read("store.json").kdf as { N: number; r: number; p: number; salt: string };
  const master = scryptSync(passphrase, Buffer.from(salt, "base64"), 32, { N, r, p, maxmem: 64 << 20 });
  const key = new Uint8Array(hkdfSync("sha256", master, "", `kabina-keystore/1 ${purpose}`, 32));
  const { nonce, sealed, ...header } = read(`${purpose}.key.json`) as { nonce: string; sealed: string };
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAAD(Buffer.from(canonicalize(header) as string)).setAuthTag(bytes.subarray(-16));
  const der = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({
    format: "pem",
    type: "pkcs8",
  }) as string;
}
