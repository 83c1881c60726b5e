/** The terminals of a country that does not exist: root, document verifier and inspection system for terminal authentication, version 1. */
import { type KeyObject, sign } from "node:crypto";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { TerminalIdentity } from "../access/terminal-authentication.ts";
import { composeCvCertificate } from "../cvc/compose.ts";
import { makeEcKey } from "./authority.ts";

export interface TestTerminals {
  /** Root certificate (CVCA), which a chip is made with. */
  readonly root: Uint8Array;
  /** Document verifier, inspection system. */
  readonly certificates: readonly Uint8Array[];
  readonly key: KeyObject;
}

export interface TerminalsInput {
  /** Public key of an inspection system that keeps its key elsewhere (a token); its `key` is then this one. */
  readonly terminalKey?: KeyObject;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Letters in the references that tell countries apart. */
  readonly name?: string;
  /** What the inspection system may read: 1 fingerprints, 2 irises. */
  readonly access?: number;
  readonly expiration?: Date;
}

/** Validity of everything here, in days before and after now. */
const validity = { before: 1, after: 90 } as const;
const day = 86_400_000;
const everything = 3;

export function makeTerminals({
  clock,
  random,
  name = "TEST",
  access = everything,
  expiration,
  terminalKey,
}: TerminalsInput): TestTerminals {
  const now = clock.now().getTime();
  const dates = { effective: new Date(now - validity.before * day), expiration: new Date(now + validity.after * day) };
  const [rootKey, verifierKey, key] = [makeEcKey(random), makeEcKey(random), terminalKey ?? makeEcKey(random)];
  const [root, verifier, terminal] = [`UT${name}CVCA00001`, `UT${name}DV00001`, `UT${name}IS00001`];
  const common = { ...dates, access: everything };
  return {
    root: composeCvCertificate({
      ...common,
      authority: root,
      holder: root,
      role: "CVCA",
      key: rootKey,
      signingKey: rootKey,
    }),
    certificates: [
      composeCvCertificate({
        ...common,
        authority: root,
        holder: verifier,
        role: "DV-domestic",
        key: verifierKey,
        signingKey: rootKey,
      }),
      composeCvCertificate({
        ...common,
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

/** A terminal whose key is at hand, for P-256 with SHA-256; a real one signs in its token. */
export function terminalIdentity(certificates: readonly Uint8Array[], key: KeyObject): TerminalIdentity {
  return {
    certificates,
    sign: async (data) => new Uint8Array(sign("sha256", data, { key, dsaEncoding: "ieee-p1363" })),
  };
}
