/**
 * Whose slips a booth believes: the desk's key, and those before it of which a slip may still be good; newest first, PEM. docs/formats/slip.md
 *
 *     <data>/authority/slip-issuers.pem        as the desk says
 *     <data>/booth/trust/slip-issuer.pem       as the booth believes: from its profile, the repository of policy and updates, or a desk beside it
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { KeyStore, PrivateKeyHandle } from "../keys/key.ts";
import { exists } from "../keys/private-file.ts";

/** Hours that a slip is good, at most. */
export const LONGEST_SLIP_HOURS = 24 * 365;
const HOUR_MS = 3_600_000;
const purpose = "slip-issuer";

/** Among the lists of the repository, and the target that a booth asks for. */
export const SLIP_ISSUERS_LIST = "slip-issuers.pem";
export const SLIP_ISSUERS_TARGET = `lists/${SLIP_ISSUERS_LIST}`;
/** Characters of the list, and keys in it. */
export const SLIP_ISSUERS_LIMIT = 8192;
const MOST_KEYS = 16;

/** @param authorityFolder `<data>/authority` */
export const toldIssuersPath = (authorityFolder: string): string => join(authorityFolder, SLIP_ISSUERS_LIST);
/** @param boothFolder `<data>/booth` */
const believedPath = (boothFolder: string): string => join(boothFolder, "trust", "slip-issuer.pem");

/** Throws as reading does where there is no such file, `slip/issuers-malformed`. */
export async function readSlipIssuers(boothFolder: string): Promise<readonly KeyObject[]> {
  return parseSlipIssuers(await readFile(believedPath(boothFolder), "utf8"));
}

/** Public keys on P-256, at least one, and nothing else. Throws `slip/issuers-malformed`. */
export function parseSlipIssuers(text: string): readonly KeyObject[] {
  const form = /^(-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PUBLIC KEY-----\n)+$/;
  if (text.length > SLIP_ISSUERS_LIMIT || !form.test(text)) throw new KabinaError("slip/issuers-malformed");
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) as string[];
  if (blocks.length > MOST_KEYS) throw new KabinaError("slip/issuers-malformed");
  return blocks.map((pem) => {
    try {
      const key = createPublicKey(pem);
      if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
    } catch (cause) {
      throw new KabinaError("slip/issuers-malformed", {}, { cause });
    }
    throw new KabinaError("slip/issuers-malformed");
  });
}

/** The booth believes this list from now on; the number of keys, or null where it did already. Throws `slip/issuers-malformed`: then the list before stays. */
export async function takeSlipIssuers(boothFolder: string, text: string): Promise<number | null> {
  const { length } = parseSlipIssuers(text);
  if ((await readFile(believedPath(boothFolder), "utf8").catch(() => undefined)) === text) return null;
  await writeFileDurably(believedPath(boothFolder), text);
  return length;
}

/** Whether the booth believes anybody's slips yet. */
export const hasSlipIssuers = (boothFolder: string): Promise<boolean> => exists(believedPath(boothFolder));

/**
 * Tells the booths, and one of the same data folder at once; a former key whose last slip is over by now is left out and destroyed. Done again it
 * changes nothing.
 */
export async function publishSlipIssuers(data: string, store: KeyStore, now: Date): Promise<void> {
  const current = await store.load(purpose);
  const listed = await store.list();
  const madeAt = (key: PrivateKeyHandle) => listed.find(({ keyId }) => keyId === key.keyId)?.madeAt ?? null;
  const believed = [current];
  const over: PrivateKeyHandle[] = [];
  let followedAt = madeAt(current);
  for (const key of await store.former(purpose)) {
    const ended = followedAt !== null && followedAt.getTime() + LONGEST_SLIP_HOURS * HOUR_MS < now.getTime();
    (ended ? over : believed).push(key);
    followedAt = madeAt(key);
  }
  const pem = believed.map((key) => key.publicKey.export({ format: "pem", type: "spki" }) as string).join("");
  await writeFileDurably(toldIssuersPath(join(data, "authority")), pem);
  if (await exists(join(data, "booth", "trust"))) await takeSlipIssuers(join(data, "booth"), pem);
  for (const key of over) await store.destroy(purpose, key.keyId);
}
