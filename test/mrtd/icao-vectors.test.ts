/** ICAO Doc 9303-11 Appendix D, number by number: if this fails, no BAC passport in the world opens in the booth. */
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { answerBac, BacTerminal, bacKeys } from "../../mrtd/access/bac/bac.ts";
import { mrzInformation } from "../../mrtd/access/key-derivation.ts";
import { decodeCommand, decodeResponse, encodeCommand, encodeResponse } from "../../mrtd/card/apdu.ts";
import { hex, replay, sharedData, unhex, whenShared } from "./shared-data.ts";

const file = sharedData("mrtd/icao9303/appendix-d-bac-sm.json");
const key = { kind: "mrz", documentNumber: "L898902C<", dateOfBirth: "690806", dateOfExpiry: "940623" } as const;

whenShared(file)("Appendix D: BAC and secure messaging with 3DES", () => {
  const { bac, secureMessaging3des } = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : { bac: {}, secureMessaging3des: [] };

  it("derives the document's keys from the MRZ (D.2)", () => {
    expect(mrzInformation(key)).toBe(bac.mrzInformation);
    expect(hex(bacKeys(key).encryption)).toBe(bac.kEnc);
    expect(hex(bacKeys(key).mac)).toBe(bac.kMac);
  });

  it("authenticates as a terminal and reads three commands under secure messaging (D.3, D.4)", () => {
    const terminal = new BacTerminal(bacKeys(key), replay(bac.rndIfd, bac.kIfd));
    const cryptogram = terminal.cryptogram(unhex(bac.rndIc));
    expect(hex(cryptogram)).toBe(bac.eIfd + bac.mIfd);
    const session = terminal.session(decodeResponse(unhex(bac.response)).data, unhex(bac.rndIc));
    for (const step of secureMessaging3des) {
      expect(hex(encodeCommand(session.protect(decodeCommand(unhex(step.plainCommand))!)))).toBe(step.protectedCommand);
      const opened = session.open(decodeResponse(unhex(step.protectedResponse)));
      expect(hex(opened.data)).toBe(step.plainResponse);
      expect(opened.status).toBe(0x9000);
    }
  });

  it("answers as a chip, byte for byte", () => {
    const chip = answerBac(bacKeys(key), unhex(bac.eIfd + bac.mIfd), unhex(bac.rndIc), replay(bac.kIc));
    expect(hex(chip!.answer)).toBe(bac.eIc + bac.mIc);
    for (const step of secureMessaging3des) {
      const command = chip!.session.openCommand(decodeCommand(unhex(step.protectedCommand))!);
      expect(hex(encodeCommand(command))).toBe(step.plainCommand);
      const response = chip!.session.protectResponse({ data: unhex(step.plainResponse), status: 0x9000 }, false);
      expect(hex(encodeResponse(response))).toBe(step.protectedResponse);
    }
  });
});
