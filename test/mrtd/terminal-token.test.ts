/** A terminal whose key lies in a token. What would be lost: whoever copies a booth's disk could read fingerprints out of passports. */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { oids } from "../../crypto/certificate/oids.ts";
import { keyIdOf } from "../../crypto/keys/file-key.ts";
import { Pkcs11Module } from "../../crypto/pkcs11/module.ts";
import { Token } from "../../crypto/pkcs11/token.ts";
import { tokenTerminal } from "../../mrtd/access/token-terminal.ts";
import { composeTemplates } from "../../mrtd/lds/biometric-templates.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { passportFeatures } from "../../mrtd/synthetic/features.ts";
import { makePassport } from "../../mrtd/synthetic/passport.ts";
import { makeTerminals } from "../../mrtd/synthetic/terminals.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { describeSoftHsm, pinSource, softHsm, softhsmModule } from "../crypto/pkcs11/softhsm.ts";
import { clock, portrait, seededRandom, specimen } from "./fixture.ts";

describeSoftHsm("terminal authentication with a key in a token", () => {
  let hsm: Awaited<ReturnType<typeof softHsm>>;
  beforeAll(async () => {
    hsm = await softHsm("terminal");
  });
  afterAll(() => rm(hsm.folder, { recursive: true }));

  it("reads fingerprints, and without the token it does not", async () => {
    const token = new Token(Pkcs11Module.load(softhsmModule), { label: "terminal" }, pinSource);
    const label = "inspection system";
    const terminalKey = await token.makeKey(oids.p256, label);
    const { root, certificates } = makeTerminals({ clock, random: seededRandom("token"), terminalKey });
    const DG3 = composeTemplates("DG3", [
      { type: 8, subtype: 9, formatOwner: 0x0101, formatType: 7, data: portrait(5_000) },
    ]);
    const data = makePassport({
      mrz: specimen,
      portrait: portrait(2_000),
      clock,
      random: seededRandom("eac"),
      features: passportFeatures.eac,
      dataGroups: { DG3 },
      terminalTrust: root,
    });
    const read = (terminal: ReturnType<typeof tokenTerminal>) =>
      readPassport(
        openVirtualChannel(new VirtualPassport({ data, random: seededRandom("chip"), today: () => clock.now() })),
        data.access.mrz,
        { clock, random: seededRandom("reader"), csca: [data.csca.certificate], dataGroups: [3], terminal },
      );
    const own = tokenTerminal(certificates, token, { id: keyIdOf(terminalKey), label });
    expect(Buffer.from((await read(own)).files.DG3!)).toEqual(Buffer.from(DG3));

    const another = await token.makeKey(oids.p256, label);
    const stranger = tokenTerminal(certificates, token, { id: keyIdOf(another), label });
    expect((await read(stranger)).files.DG3).toBeUndefined();
    await token.close();
  });
});
