/** OpenSSL's command as a second opinion on a chain, where it is on the machine. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Certificate } from "../../crypto/certificate/certificate.ts";

const run = promisify(execFile);
const ANSWER_MS = 20_000;

export interface JudgedChain {
  readonly leaf: Certificate;
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  /** The issuer's revocation list, DER. */
  readonly list: Uint8Array;
  readonly at: Date;
}

/** What `openssl verify -x509_strict -crl_check` says; null where there is no openssl. */
export async function judgedByOpenssl({
  leaf,
  intermediates,
  anchors,
  list,
  at,
}: JudgedChain): Promise<boolean | null> {
  const folder = await mkdtemp(join(tmpdir(), "kabina-judged-"));
  try {
    const pem = (all: readonly Certificate[]) => all.map((one) => one.toPem()).join("");
    const crl = `-----BEGIN X509 CRL-----\n${Buffer.from(list).toString("base64").replace(/.{64}/g, "$&\n")}\n-----END X509 CRL-----\n`;
    for (const [name, text] of Object.entries({
      anchors: pem(anchors),
      above: pem(intermediates),
      leaf: pem([leaf]),
      crl,
    }))
      await writeFile(join(folder, name), text);
    const moment = String(Math.floor(at.getTime() / 1000));
    const args = ["verify", "-x509_strict", "-attime", moment, "-crl_check", "-CRLfile", "crl"];
    const options = { cwd: folder, timeout: ANSWER_MS };
    await run("openssl", [...args, "-CAfile", "anchors", "-untrusted", "above", "leaf"], options);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? null : false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
