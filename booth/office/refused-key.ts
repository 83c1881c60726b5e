/**
 * A key that an officer has refused: the booth gives it up and asks with no other by itself, until an engineer who knows why confirms
 * (`kabina booth ask-again`). `<data>/booth/refused-key`: the key's fingerprint.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";

const refusedKeyPath = (boothFolder: string): string => join(boothFolder, "refused-key");

/** Fingerprint of the refused key, hex; null where none stands refused. */
export async function readRefusedKey(boothFolder: string): Promise<string | null> {
  try {
    return (await readFile(refusedKeyPath(boothFolder), "utf8")).trim().slice(0, 64);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** On record before the key is gone: cut off in between, the booth asks no more with it either. */
export const noteRefusedKey = (boothFolder: string, keyId: string): Promise<void> =>
  writeFileDurably(refusedKeyPath(boothFolder), `${keyId}\n`, 0o600);

/** The engineer's word that the booth may ask with a new key; the fingerprint of the refused one. Throws `booth/no-key-refused`. */
export async function allowNewKey(boothFolder: string): Promise<string> {
  const keyId = await readRefusedKey(boothFolder);
  if (keyId === null) throw new KabinaError("booth/no-key-refused");
  await rm(refusedKeyPath(boothFolder));
  return keyId;
}

/** Whether the office says that an officer has refused the request of this key. */
export const isRefusal = (error: unknown): boolean =>
  isCoded(error) && error.code === "office/refused" && error.details.reason === "request/refused";

export const keyRefused = (keyId: string, cause?: unknown): KabinaError =>
  new KabinaError("booth/key-refused", { key: keyId.slice(0, 16) }, { cause });

/** Another identity key takes the place of one that never had a certificate, which is destroyed. */
export async function replaceUncertified(store: KeyStore, key: PrivateKeyHandle): Promise<void> {
  await store.prepare("booth-identity", key.algorithm);
  await store.adopt("booth-identity", []);
  await store.destroy("booth-identity", key.keyId);
}
