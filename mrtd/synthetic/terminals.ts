/** The terminals of a country that does not exist: root, document verifier and inspection system for terminal authentication, version 1. */
import { type KeyObject, sign } from "node:crypto";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { TerminalIdentity } from "../access/terminal-authentication.ts";
import { composeCvCertificate } from "../cvc/compose.ts";
import { makeEcKey } from "./authority.ts";

/** A country's root for terminals (CVCA), which its chips are made with. */
export interface TerminalRoot {
  readonly certificate: Uint8Array;
  readonly reference: string;
  readonly key: KeyObject;
}

export interface IssuedTerminal {
  /** Document verifier, inspection system. */
  readonly certificates: readonly Uint8Array[];
  readonly key: KeyObject;
}

export interface TestTerminals extends IssuedTerminal {
  /** Root certificate (CVCA), which a chip is made with. */
  readonly root: Uint8Array;
}

interface Source {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Letters in the references that tell countries apart. */
  readonly name?: string;
}

export interface TerminalInput extends Source {
  /** Public key of an inspection system that keeps its key elsewhere (a token); its `key` is then this one. */
  readonly terminalKey?: KeyObject;
  /** What the inspection system may read: 1 fingerprints, 2 irises. */
  readonly access?: number;
  readonly expiration?: Date;
}

/** Validity of everything here, in days before and after now. */
const validity = { before: 1, after: 90 } as const;
const day = 86_400_000;
const everything = 3;
const datesOf = (clock: Clock) => ({
  effective: new Date(clock.now().getTime() - validity.before * day),
  expiration: new Date(clock.now().getTime() + validity.after * day),
});

export function makeTerminalRoot({ clock, random, name = "TEST" }: Source): TerminalRoot {
  const key = makeEcKey(random);
  const reference = `UT${name}CVCA00001`;
  const own = { authority: reference, holder: reference, key, signingKey: key };
  const certificate = composeCvCertificate({ ...own, ...datesOf(clock), role: "CVCA", access: everything });
  return { certificate, reference, key };
}

/** A document verifier and an inspection system under a root. */
export function issueTerminal(
  root: TerminalRoot,
  { clock, random, name = "TEST", access = everything, expiration, terminalKey }: TerminalInput,
): IssuedTerminal {
  const [verifierKey, key] = [makeEcKey(random), terminalKey ?? makeEcKey(random)];
  const [verifier, terminal] = [`UT${name}DV00001`, `UT${name}IS00001`];
  return {
    certificates: [
      composeCvCertificate({
        ...datesOf(clock),
        access: everything,
        authority: root.reference,
        holder: verifier,
        role: "DV-domestic",
        key: verifierKey,
        signingKey: root.key,
      }),
      composeCvCertificate({
        ...datesOf(clock),
        ...(expiration && { expiration }),
        authority: verifier,
        holder: terminal,
        role: "terminal",
        access,
        key,
        signingKey: verifierKey,
      }),
    ],
    key,
  };
}

/** A root and a terminal under it. */
export function makeTerminals(input: TerminalInput): TestTerminals {
  const root = makeTerminalRoot(input);
  return { root: root.certificate, ...issueTerminal(root, input) };
}

/** A terminal whose key is at hand, for P-256 with SHA-256; a real one signs in its token. */
export function terminalIdentity(certificates: readonly Uint8Array[], key: KeyObject): TerminalIdentity {
  return {
    certificates,
    sign: async (data) => new Uint8Array(sign("sha256", data, { key, dsaEncoding: "ieee-p1363" })),
  };
}
