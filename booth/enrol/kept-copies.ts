/** `--keep`: copies of the sealed packages, of the certificates that verify them, and of the audit logs. */
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { exportLog } from "../../crypto/audit/export.ts";

/** Copies a package out of the booth's outbox before the server has it. Resolves with the copy's path. */
export async function keepPackage(data: string, packageId: string, keep: string): Promise<string> {
  await mkdir(keep, { recursive: true });
  const outbox = join(data, "booth", "outbox");
  const name = (await readdir(outbox)).find((file) => file.includes(packageId) && file.endsWith(".kab"));
  const copy = join(keep, `${packageId}.kab`);
  await copyFile(join(outbox, name ?? `${packageId}.kab`), copy);
  return copy;
}

/** Copies the trust that verifies packages and receipts, the booth's certificate, and the audit logs of server and booth. */
export async function keepEvidence(data: string, boothId: string, keep: string): Promise<void> {
  await mkdir(join(keep, "trust"), { recursive: true });
  const copyAll = async (folder: string, into: string, take: (name: string) => string | null) => {
    for (const name of await readdir(folder).catch(() => [])) {
      const as = take(name);
      if (as !== null) await copyFile(join(folder, name), join(into, as));
    }
  };
  await copyAll(join(data, "booth", "trust"), join(keep, "trust"), (name) =>
    name.endsWith(".pem") ? basename(name) : null,
  );
  await copyAll(join(data, "booth", "keys"), keep, (name) => (name === "booth-identity.crt.pem" ? "booth.pem" : null));
  await exportLog(join(data, "server", "audit.log"), join(keep, "audit-server.log"));
  await exportLog(join(data, "booth", "audit.log"), join(keep, `audit-${boothId}.log`));
}
