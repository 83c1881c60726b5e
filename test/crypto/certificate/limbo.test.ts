/** x509-limbo's cases: what would be lost is a chain that every other validator refuses, or a sound one of a new booth. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { oids } from "../../../crypto/certificate/oids.ts";
import { judgePath } from "../../../crypto/certificate/path.ts";
import { RevocationList } from "../../../crypto/certificate/revocation-list.ts";
import { publishedFolder, whenPublished } from "../published.ts";

interface Case {
  readonly id: string;
  readonly validation_kind: "SERVER" | "CLIENT";
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly expected_result: "SUCCESS" | "FAILURE";
  readonly expected_peer_name: { readonly kind: string; readonly value: string } | null;
  readonly max_chain_depth: number | null;
  readonly crls?: readonly string[];
}

const folder = publishedFolder("X509_LIMBO", "x509-limbo");

/** Cases that do not apply, by name, each with its reason. `docs/validation.md` lists them too. */
const otherRules: Readonly<Record<string, string>> = {
  "rfc5280::aki::cross-signed-root-missing-aki":
    "an anchor that another root signed too, without naming its key: what cve::cve-2024-0567 wants accepted",
  "webpki::cn::": "a common name of the web's servers must be among the alternative names; Kabina's names say a role",
  "webpki::eku::ee-critical-eku": "the web's authorities forbid what RFC 5280 §4.2.1.12 allows",
  "webpki::eku::ee-without-eku":
    "the web demands a purpose in every leaf; so does Kabina, of its own callers, not RFC 5280",
  "webpki::san::public-suffix-wildcard-san": "needs the list of public suffixes; Kabina issues no wildcards",
};
const whyNot = (id: string) => Object.entries(otherRules).find(([prefix]) => id.startsWith(prefix))?.[1];

const purposes = { SERVER: oids.serverAuth, CLIENT: oids.clientAuth } as const;

/** True when the chain holds and, where the case names a peer, the leaf bears its name (node:crypto compares it). */
function accepts(one: Case): boolean {
  try {
    const read = (texts: readonly string[]) => texts.flatMap((text) => Certificate.fromPem(text));
    const [leaf] = Certificate.fromPem(one.peer_certificate);
    const { path } = judgePath({
      leaf: leaf!,
      anchors: read(one.trusted_certs),
      intermediates: read(one.untrusted_intermediates),
      at: one.validation_time ? new Date(one.validation_time) : new Date("2024-06-01T00:00:00Z"),
      // RFC 5280 §4.2.1.12: a leaf that names no purpose serves any. (Kabina's own callers always demand one.)
      purpose: leaf!.extendedKeyUsage.length === 0 ? undefined : purposes[one.validation_kind],
      lists: (one.crls ?? []).flatMap((text) => RevocationList.fromPem(text)),
      ...(one.max_chain_depth !== null && { longest: one.max_chain_depth }),
    });
    return path !== undefined && bearsName(leaf!, one.expected_peer_name);
  } catch (error) {
    if (error instanceof Error && /^(der|certificate|revocation)\//.test(error.message)) return false;
    throw error;
  }
}

function bearsName({ x509 }: Certificate, peer: Case["expected_peer_name"]): boolean {
  if (peer === null) return true;
  if (peer.kind === "IP") return x509.checkIP(peer.value) !== undefined;
  return x509.checkHost(peer.value, { subject: "never", partialWildcards: false }) !== undefined;
}

whenPublished(folder)("x509-limbo", () => {
  it("every case whose rules apply has the expected outcome", () => {
    const cases = (JSON.parse(readFileSync(join(folder, "limbo.json"), "utf8")) as { testcases: Case[] }).testcases;
    const applying = cases.filter(({ id }) => whyNot(id) === undefined);
    const wrong = applying.filter((one) => accepts(one) !== (one.expected_result === "SUCCESS"));
    expect(wrong.map(({ id, expected_result }) => `${id} should be ${expected_result}`)).toEqual([]);
    expect(applying.length).toBeGreaterThan(85);
  }, 60_000);
});
