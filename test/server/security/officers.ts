/** Two officers with keys of their own, certified by a staffed server's authority, and the repository of policy that they sign. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { makeOfficerKey } from "../../../server/staff/officer-keys.ts";
import type { StaffedServer } from "../staff/staffed-server.ts";

export interface PolicyOfficers {
  /** Key folders, by person. */
  folder(person: string): string;
  key(person: string): PrivateKeyHandle;
}

/** Makes keys for `people` (a name with `+` behind is the same person's second key), and lets two of them decide. */
export async function beginPolicy(staffed: StaffedServer, people: readonly string[]): Promise<PolicyOfficers> {
  const { pki, data, clock } = staffed.installation;
  const folder = (person: string) => join(data, "officers", person);
  const keys = new Map<string, PrivateKeyHandle>();
  for (const person of people) {
    const owner = person.replace("+", "");
    const at = clock.now().toISOString();
    keys.set(person, await makeOfficerKey(folder(person), owner, pki.office, "test", systemRandom, at));
  }
  await pki.updates.repository.begin([...keys.values()], 2, pki.updates.online);
  return { folder, key: (person) => keys.get(person)! };
}

/** What `kabina policy sign-file` writes. */
export async function signatureOver(bytes: Uint8Array, key: PrivateKeyHandle) {
  const signature = Buffer.from(await key.sign(bytes)).toString("hex");
  return { keyId: key.keyId, hash: createHash("sha256").update(bytes).digest("hex"), signature };
}
