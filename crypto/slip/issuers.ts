/** Whose slips a booth believes: the desk's key, and those before it of which a slip may still be good. `<data>/booth/trust/slip-issuer.pem`, newest first. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileDurably } from "../durable-file.ts";
import type { KeyStore, PrivateKeyHandle } from "../keys/key.ts";

/** Hours that a slip is good, at most. */
export const LONGEST_SLIP_HOURS = 24 * 365;
const HOUR_MS = 3_600_000;
const purpose = "slip-issuer";

/** @param boothFolder `<data>/booth` */
const issuersPath = (boothFolder: string): string => join(boothFolder, "trust", "slip-issuer.pem");

/** Throws as reading does where there is no such file. */
export async function readSlipIssuers(boothFolder: string): Promise<readonly KeyObject[]> {
  const text = await readFile(issuersPath(boothFolder), "utf8");
  return (text.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? []).map((pem) =>
    createPublicKey(pem),
  );
}

/** Tells the booth; a former key whose last slip is over by now is left out and destroyed. Done again it changes nothing. */
export async function publishSlipIssuers(boothFolder: string, store: KeyStore, now: Date): Promise<void> {
  const current = await store.load(purpose);
  const listed = await store.list();
  const madeAt = (key: PrivateKeyHandle) => listed.find(({ keyId }) => keyId === key.keyId)?.madeAt ?? null;
  const believed = [current];
  let followedAt = madeAt(current);
  for (const key of await store.former(purpose)) {
    const over = followedAt !== null && followedAt.getTime() + LONGEST_SLIP_HOURS * HOUR_MS < now.getTime();
    if (over) await store.destroy(purpose, key.keyId);
    else believed.push(key);
    followedAt = madeAt(key);
  }
  const pem = believed.map((key) => key.publicKey.export({ format: "pem", type: "spki" }) as string).join("");
  await writeFileDurably(issuersPath(boothFolder), pem);
}
