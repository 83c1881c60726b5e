/** Terminal authentication, EAC version 1: if this fails, fingerprints are given to terminals that may not have them, or not to those that may. */
import { describe, expect, it } from "@jest/globals";
import type { TerminalIdentity } from "../../mrtd/access/terminal-authentication.ts";
import { composeTemplates } from "../../mrtd/lds/biometric-templates.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { type PassportFeatures, passportFeatures } from "../../mrtd/synthetic/features.ts";
import { makePassport } from "../../mrtd/synthetic/passport.ts";
import { makeTerminals, type TerminalInput, terminalIdentity } from "../../mrtd/synthetic/terminals.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { clock, portrait, seededRandom, specimen } from "./fixture.ts";

const day = 86_400_000;
const now = clock.now();
/** A country's terminals, and the chip's trust in them. */
function country(name: string, options: Pick<TerminalInput, "access" | "expiration"> = {}) {
  const { root, certificates, key } = makeTerminals({ clock, random: seededRandom(name), name, ...options });
  return { anchor: root, identity: terminalIdentity(certificates, key) };
}

const home = country("HOME");
const DG3 = composeTemplates("DG3", [
  { type: 8, subtype: 9, formatOwner: 0x0101, formatType: 7, data: portrait(5_000) },
]);

function passport(features: PassportFeatures) {
  return makePassport({
    mrz: specimen,
    portrait: portrait(2_000),
    clock,
    random: seededRandom("eac"),
    features,
    dataGroups: { DG3 },
    terminalTrust: home.anchor,
  });
}

async function read(features: PassportFeatures, terminal?: TerminalIdentity) {
  const data = passport(features);
  const chip = new VirtualPassport({ data, random: seededRandom("chip"), today: () => now });
  return readPassport(openVirtualChannel(chip), data.access.mrz, {
    clock,
    random: seededRandom("reader"),
    csca: [data.csca.certificate],
    dataGroups: [3],
    ...(terminal && { terminal }),
  });
}

describe("terminal authentication", () => {
  const withBac: PassportFeatures = { ...passportFeatures.eac, pace: [] };
  for (const [name, features] of Object.entries({ PACE: passportFeatures.eac, BAC: withBac })) {
    it(`gives fingerprints to a terminal that may read them (after ${name})`, async () => {
      const { files, proof } = await read(features, home.identity);
      expect(Buffer.from(files.DG3!)).toEqual(Buffer.from(DG3));
      expect(proof.passiveAuthentication).toMatchObject({
        verdict: "passed",
        hashes: { dataGroups: { DG3: "passed" } },
      });
    });
  }

  const refused: Record<string, TerminalIdentity | undefined> = {
    "no terminal certificate": undefined,
    "a terminal for irises only": country("HOME", { access: 2 }).identity,
    "a terminal whose certificate has expired": country("HOME", { expiration: new Date(now.getTime() - 2 * day) })
      .identity,
    "another country's terminal": country("AWAY").identity,
    "a terminal with another's certificate": { ...home.identity, sign: country("AWAY").identity.sign },
    "a verifier that calls itself a terminal": {
      ...home.identity,
      certificates: home.identity.certificates.slice(0, 1),
    },
  };
  for (const [name, terminal] of Object.entries(refused)) {
    it(`gives no fingerprints to ${name}, and everything else`, async () => {
      const { files, proof, steps } = await read(passportFeatures.eac, terminal);
      expect(files.DG3).toBeUndefined();
      expect(files.DG2).toBeDefined();
      expect(proof.passiveAuthentication).toMatchObject({
        verdict: "passed",
        hashes: { dataGroups: { DG3: "not-checked" } },
      });
      const failures = steps.filter(({ failure }) => failure !== undefined).map(({ failure }) => failure);
      expect(failures).toEqual(terminal === undefined || name.includes("irises") ? [] : ["mrtd/access-failed"]);
    });
  }
});
