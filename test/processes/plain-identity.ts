/**
 * The keys of a test installation in a plain file, so that the processes of a test start fast: what makes real key files slow to
 * open (a passphrase that is slow to guess) is tested elsewhere.
 */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { Trust } from "../../crypto/authority/trust.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { FileKey } from "../../crypto/keys/file-key.ts";
import type { KeyPurpose, PrivateKeyHandle } from "../../crypto/keys/key.ts";

interface PlainFile {
  readonly keys: Readonly<Record<string, { readonly key: string; readonly chain: string }>>;
  readonly root: string;
  readonly booths: string;
  readonly servers: string;
  readonly recipients: string;
}

export interface PlainIdentity {
  readonly trust: Trust;
  key(purpose: KeyPurpose): PrivateKeyHandle;
}

/** A key handle with the private key that it hides. */
export interface PlainKey {
  readonly handle: PrivateKeyHandle;
  readonly privateKey: KeyObject;
}

export function writePlainIdentity(path: string, keys: readonly PlainKey[], trust: Trust): void {
  const pem = (certificates: readonly Certificate[]) => certificates.map((certificate) => certificate.toPem()).join("");
  const file: PlainFile = {
    keys: Object.fromEntries(
      keys.map(({ handle, privateKey }) => [
        handle.purpose,
        { key: privateKey.export({ format: "pem", type: "pkcs8" }) as string, chain: pem(handle.chain) },
      ]),
    ),
    root: pem([trust.root]),
    booths: pem([trust.booths]),
    servers: pem([trust.servers]),
    recipients: pem(trust.recipients),
  };
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
}

export function readPlainIdentity(path: string): PlainIdentity {
  const file = JSON.parse(readFileSync(path, "utf8")) as PlainFile;
  const one = (text: string) => Certificate.fromPem(text)[0]!;
  return {
    trust: {
      root: one(file.root),
      booths: one(file.booths),
      servers: one(file.servers),
      former: { roots: [], booths: [], servers: [] },
      recipients: Certificate.fromPem(file.recipients),
    },
    key(purpose) {
      const found = file.keys[purpose];
      if (!found) throw new Error(`no key ${purpose}`);
      return new FileKey(purpose, createPrivateKey(found.key), Certificate.fromPem(found.chain));
    },
  };
}
