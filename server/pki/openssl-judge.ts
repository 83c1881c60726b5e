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

/** What `openssl ocsp` says of an answer about one certificate; null where there is no openssl. */
export async function answerJudgedByOpenssl(
  answer: Uint8Array,
  {
    leaf,
    issuer,
    root,
    at,
  }: { readonly leaf: Certificate; readonly issuer: Certificate; readonly root: Certificate; readonly at: Date },
): Promise<boolean | null> {
  const files = { answer, leaf: leaf.toPem(), issuer: issuer.toPem(), root: root.toPem() };
  const args = ["ocsp", "-respin", "answer", "-issuer", "issuer", "-cert", "leaf", "-CAfile", "root"];
  const said = await asked(files, [...args, "-verify_other", "issuer", "-attime", secondsOf(at)]);
  return said === null ? null : /Response verify OK/.test(said) && /\bgood\b/.test(said);
}

/** What `openssl verify -x509_strict -crl_check` says; null where there is no openssl. */
export async function judgedByOpenssl({
  leaf,
  intermediates,
  anchors,
  list,
  at,
}: JudgedChain): Promise<boolean | null> {
  const pem = (all: readonly Certificate[]) => all.map((one) => one.toPem()).join("");
  const crl = `-----BEGIN X509 CRL-----\n${Buffer.from(list).toString("base64").replace(/.{64}/g, "$&\n")}\n-----END X509 CRL-----\n`;
  const files = { anchors: pem(anchors), above: pem(intermediates), leaf: pem([leaf]), crl };
  const args = ["verify", "-x509_strict", "-attime", secondsOf(at), "-crl_check", "-CRLfile", "crl"];
  const said = await asked(files, [...args, "-CAfile", "anchors", "-untrusted", "above", "leaf"]);
  return said === null ? null : /^leaf: OK$/m.test(said);
}

const secondsOf = (at: Date): string => String(Math.floor(at.getTime() / 1000));

/** What openssl prints, also when it fails; null where it is not installed. */
async function asked(
  files: Readonly<Record<string, string | Uint8Array>>,
  args: readonly string[],
): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), "kabina-judged-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const { stdout, stderr } = await run("openssl", args, { cwd: folder, timeout: ANSWER_MS });
    return stdout + stderr;
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    return code === "ENOENT" ? null : `${stdout ?? ""}${stderr ?? ""}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
