/**
 * Two officers at the command line: each signs what is about to happen with their own key folder or card, and both signatures stand in the log
 * before it happens. The console's proposals do the same for who works there.
 */
import canonicalize from "canonicalize";
import { oids } from "../../crypto/certificate/oids.ts";
import { validatePath } from "../../crypto/certificate/path.ts";
import { schemeOf, verifySignature } from "../../crypto/certificate/signature.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CertificateOffice } from "../pki/office.ts";
import type { CertificateRecord } from "../register/records.ts";
import { type CardPlace, type Officer, openOfficer } from "./officer-keys.ts";

export interface TwoOfficersTools {
  readonly office: CertificateOffice;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** What the officers agree to: a word for the act, and what exactly it is done with. */
export interface Act {
  readonly act: string;
  /** The SHA-256 of a file, a key id, a name. */
  readonly subject: string;
}

const needed = 2;

/** Certificates whose loss is everybody's: of an authority, and of the server whom every booth believes. */
export const hurtsMany = ({ issuer }: Pick<CertificateRecord, "issuer">): boolean =>
  issuer === "root" || issuer === "servers";

/**
 * Whether a certificate for a person needs two officers: as soon as there are two who can agree, since it lets its holder in under that name. The
 * first two are made without.
 */
export function personKeyNeedsTwo(office: CertificateOffice): boolean {
  const officers = office.register
    .persons()
    .filter(
      ({ state, roles, demonstration }) => state === "active" && !demonstration && roles.includes("security-officer"),
    );
  return officers.filter(({ id }) => office.holding(id, "staff").length > 0).length >= needed;
}

/**
 * Opens each officer's key, takes their signatures and puts them on the record. Returns who they are, as `by` of what follows. Throws
 * `officers/two-needed`, `officers/not-an-officer`, `certificate/…`, `key/…`, `token/…`.
 */
export async function agreedByTwo(
  places: readonly string[],
  card: CardPlace,
  act: Act,
  tools: TwoOfficersTools,
): Promise<string> {
  const { office, clock, random } = tools;
  const at = clock.now().toISOString();
  const signed = new Map<string, { certificate: string; signature: string }>();
  for (const place of places) {
    // One after the other: each may ask for a PIN.
    const officer = await openOfficer(place, card, random);
    try {
      const person = officerOf(officer, tools);
      const bytes = Buffer.from(canonicalize({ ...act, at, person }) as string);
      const signature = await officer.sign(bytes);
      const leaf = officer.chain[0]!;
      if (!verifySignature(schemeOf({ algorithm: leaf.keyAlgorithm! }), leaf.verificationKey, bytes, signature))
        throw new KabinaError("officers/not-an-officer", { person });
      signed.set(person, { certificate: leaf.sha256, signature: Buffer.from(signature).toString("base64") });
    } finally {
      await officer.close();
    }
  }
  if (signed.size < needed) throw new KabinaError("officers/two-needed", { given: signed.size });
  const by = [...signed.keys()].join("+");
  office.register.change(() => {
    for (const [person, proof] of signed)
      office.register.addEvent({ at, by: person, kind: `${act.act}.agreed`, subject: act.subject, data: proof });
  });
  return by;
}

/** The person whose certificate it is, when they are an officer now. Throws `officers/not-an-officer`, `certificate/…`. */
function officerOf(officer: Officer, { office, clock }: TwoOfficersTools): string {
  const [leaf] = officer.chain;
  const person = leaf?.commonName ?? "";
  if (!leaf) throw new KabinaError("officers/not-an-officer", { person });
  validatePath({
    ...{ leaf, intermediates: [], anchors: office.authorities("staff"), at: clock.now() },
    ...{ purpose: oids.kabinaStaffSigning, usage: "digitalSignature", revoked: office.isRevoked },
  });
  const known = office.register.person(person);
  if (known?.state !== "active" || !known.roles.includes("security-officer"))
    throw new KabinaError("officers/not-an-officer", { person });
  return person;
}
