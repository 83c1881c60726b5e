/** Makes slips, as the desk's program will: signed with its own key, sent ahead to the booth's folder of issued slips. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readInstallation } from "../../crypto/authority/installation.ts";
import { passphraseFile } from "../../crypto/authority/provision.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { openKeyStore } from "../../crypto/keys/open-store.ts";
import { placeSecrets } from "../../crypto/keys/place-secrets.ts";
import { publishSlipIssuers } from "../../crypto/slip/issuers.ts";
import { newSlipNumber } from "../../crypto/slip/number.ts";
import { type Slip, signSlip } from "../../crypto/slip/token.ts";
import { slipFolder } from "./book.ts";

export interface IssuedSlip extends Slip {
  readonly token: string;
}

const HOUR_MS = 3_600_000;

/** Makes `count` slips of an installation, good for so many hours. The desk's key is made when there is none. */
export async function issueSlips(
  data: string,
  tools: { readonly clock: Clock; readonly random: RandomBytes },
  { count, hours }: { readonly count: number; readonly hours: number },
): Promise<IssuedSlip[]> {
  const authority = join(data, "authority");
  const booth = join(data, "booth");
  const { office } = await readInstallation(booth);
  const secrets = placeSecrets({}, "kabina-authority", passphraseFile(authority));
  const store = await openKeyStore(join(authority, "keys"), secrets, tools.random);
  const key = (await store.has("slip-issuer")) ? await store.load("slip-issuer") : await store.generate("slip-issuer");
  await publishSlipIssuers(data, store, tools.clock.now());
  const issued = join(slipFolder(booth), "issued");
  await mkdir(issued, { recursive: true, mode: 0o700 });
  const slips: IssuedSlip[] = [];
  for (let made = 0; made < count; made++) {
    const issuedAt = tools.clock.now();
    const slip: Slip = {
      number: newSlipNumber(tools.random),
      office: office.id,
      issuedAt,
      expiresAt: new Date(issuedAt.getTime() + hours * HOUR_MS),
    };
    const token = await signSlip(slip, key);
    await writeFileDurably(join(issued, slip.number), `${token}\n`, 0o600);
    slips.push({ ...slip, token });
  }
  return slips;
}
