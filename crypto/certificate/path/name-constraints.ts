/** Name constraints (RFC 5280 §4.2.1.10, §6.1.3 b–c, §6.1.4 g). */
import { tags } from "../../der/tags.ts";
import type { Certificate } from "../certificate.ts";
import { canonicalSets, readName } from "../name.ts";
import { oids } from "../oids.ts";
import { type GeneralName, readGeneralName } from "./general-name.ts";

/** Comparisons of a name with a subtree for one path; a chain built to cost more is refused. */
const mostComparisons = 1 << 18;

interface Subtrees {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** What the authorities of one path allow below them. */
export class NameConstraints {
  /** One set for each authority that names some: a name must be in each that speaks of its kind. */
  readonly #permitted: (readonly GeneralName[])[] = [];
  readonly #excluded: GeneralName[] = [];
  #comparisons = 0;

  /** Takes the constraints of an authority on what follows it. Returns what is wrong with them. */
  add(authority: Certificate): string | undefined {
    const subtrees = authority.read(oids.nameConstraints, readSubtrees);
    if (subtrees === undefined) return undefined;
    if (subtrees === "empty") return "empty name constraints";
    const fault = [...subtrees.permitted, ...subtrees.excluded].find((name) => !wellFormed(name));
    if (fault) return `malformed name constraint (${fault.kind})`;
    if (subtrees.permitted.length > 0) this.#permitted.push(subtrees.permitted);
    this.#excluded.push(...subtrees.excluded);
    return undefined;
  }

  /** The first name of a certificate that is not allowed, as text; undefined when all are. */
  refuse(certificate: Certificate): string | undefined {
    if (this.#permitted.length === 0 && this.#excluded.length === 0) return undefined;
    for (const name of namesOf(certificate)) {
      for (const excluded of this.#excluded) if (this.#matches(name, excluded, true)) return textOf(name);
      for (const permitted of this.#permitted) {
        const sameKind = permitted.filter(
          (one) => one.kind === name.kind && (name.kind !== "other" || sameTag(one, name)),
        );
        if (sameKind.length > 0 && !sameKind.some((one) => this.#matches(name, one, false))) return textOf(name);
      }
      if (this.#comparisons > mostComparisons) return "more names than can be compared";
    }
    return undefined;
  }

  /** `widely`: a wildcard counts for every name that it could stand for. */
  #matches(name: GeneralName, subtree: GeneralName, widely: boolean): boolean {
    this.#comparisons++;
    if (this.#comparisons > mostComparisons) return widely;
    if (name.kind === "dns" && subtree.kind === "dns") return dnsWithin(name.text, subtree.text, widely);
    if (name.kind === "email" && subtree.kind === "email") return emailWithin(name.text, subtree.text, widely);
    if (name.kind === "uri" && subtree.kind === "uri") return uriWithin(name.text, subtree.text, widely);
    if (name.kind === "ip" && subtree.kind === "ip") return ipWithin(name.bytes, subtree.bytes);
    if (name.kind === "directory" && subtree.kind === "directory") return directoryWithin(name.name, subtree.name);
    // A kind that is not understood: whatever it says, it may be the one that is meant.
    return widely && name.kind === "other" && sameTag(name, subtree);
  }
}

function readSubtrees(value: Parameters<Parameters<Certificate["read"]>[1]>[0]): Subtrees | "empty" {
  const fields = value.expect(tags.sequence).children;
  const list = (tag: number) =>
    (fields.find((field) => field.tag === tag)?.children ?? []).map((subtree) => {
      // minimum is 0 and maximum absent (§4.2.1.10); DER leaves both out.
      if (subtree.expect(tags.sequence).children.length !== 1) throw subtree.malformed("subtree with distances");
      return readGeneralName(subtree.child(0));
    });
  const subtrees = { permitted: list(0xa0), excluded: list(0xa1) };
  return subtrees.permitted.length + subtrees.excluded.length === 0 ? "empty" : subtrees;
}

/** Every name of a certificate that constraints speak of: subject, e-mail addresses in it, alternative names. */
function namesOf(certificate: Certificate): GeneralName[] {
  const names: GeneralName[] = [];
  const subject = readName(certificate.subject).flat();
  if (subject.length > 0) names.push({ kind: "directory", name: certificate.subject });
  const alternative = certificate.read(oids.subjectAltName, (value) => value.children.map(readGeneralName)) ?? [];
  if (!alternative.some(({ kind }) => kind === "email"))
    for (const { type, text } of subject) if (type === oids.emailAddress) names.push({ kind: "email", text });
  return [...names, ...alternative];
}

function wellFormed(name: GeneralName): boolean {
  if (name.kind === "dns") return name.text === "" || /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(name.text);
  if (name.kind === "ip") return (name.bytes.length === 8 || name.bytes.length === 32) && isPrefix(name.bytes);
  return true;
}

/** The second half of the bytes is a mask: ones, then zeros. */
function isPrefix(bytes: Uint8Array): boolean {
  const bits = [...bytes.subarray(bytes.length / 2)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits);
}

/** A name is within a domain when it is that domain or below it. */
function dnsWithin(name: string, subtree: string, widely: boolean): boolean {
  const [host, domain] = [name.toLowerCase(), subtree.toLowerCase()];
  if (domain === "") return true;
  if (host === domain || host.endsWith(`.${domain}`)) return true;
  // `*.example.com` may stand for `bar.example.com`, which is excluded.
  return widely && host.startsWith("*.") && (domain === host.slice(2) || isOneLabelBelow(domain, host.slice(2)));
}

const isOneLabelBelow = (name: string, parent: string): boolean =>
  name.endsWith(`.${parent}`) && !name.slice(0, -parent.length - 1).includes(".");

/** A mailbox, every mailbox of a host, or (with a leading period) of the hosts below a domain. */
function emailWithin(name: string, subtree: string, widely: boolean): boolean {
  const [local, host, ...more] = name.split("@");
  if (local === undefined || host === undefined || more.length > 0 || local === "" || host === "") return widely;
  const domain = subtree.toLowerCase();
  if (domain.includes("@")) {
    const at = subtree.lastIndexOf("@");
    return local === subtree.slice(0, at) && host.toLowerCase() === domain.slice(at + 1);
  }
  if (domain.startsWith(".")) return host.toLowerCase().endsWith(domain);
  return host.toLowerCase() === domain;
}

/** By the host of the URI; one without a host name cannot be judged, and counts as outside. */
function uriWithin(name: string, subtree: string, widely: boolean): boolean {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i.exec(name)?.[1]?.toLowerCase();
  if (host === undefined || host === "" || /^[\d.]+$/.test(host) || host.startsWith("[")) return widely;
  const domain = subtree.toLowerCase();
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain;
}

function ipWithin(address: Uint8Array, subtree: Uint8Array): boolean {
  const size = subtree.length / 2;
  if (address.length !== size) return false;
  return address.every((byte, i) => (byte & subtree[size + i]!) === (subtree[i]! & subtree[size + i]!));
}

function directoryWithin(name: Uint8Array, subtree: Uint8Array): boolean {
  const [sets, first] = [canonicalSets(name), canonicalSets(subtree)];
  return first.length <= sets.length && first.every((set, i) => set === sets[i]);
}

const sameTag = (a: GeneralName, b: GeneralName): boolean =>
  a.kind === "other" && b.kind === "other" && a.tag === b.tag;

function textOf(name: GeneralName): string {
  if ("text" in name) return name.text;
  if (name.kind === "ip") return Buffer.from(name.bytes).toString("hex");
  if (name.kind === "directory")
    return readName(name.name)
      .flat()
      .map(({ text }) => text)
      .join(", ");
  return `name of kind ${name.tag & 0x1f}`;
}
