/**
 * A chip that answers anything at any time: if this fails, somebody with a prepared card stops the booth, fills its memory, or sees what is
 * not theirs.
 */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { catalogue } from "../../crypto/errors/catalogue.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { CardChannel } from "../../mrtd/card/channel.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { withDocumentFault } from "../../mrtd/virtual/fault.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { clock, seededRandom, specimenPassport } from "./fixture.ts";

const data = specimenPassport();
const options = () => ({ clock, random: seededRandom("reader"), csca: [data.csca.certificate] });
const chip = (extendedLength = true) => new VirtualPassport({ data, random: seededRandom("chip"), extendedLength });

/** The verdict, or the code of the error; a document that passes must be the one on the honest chip. */
async function codeOf(channel: CardChannel): Promise<string> {
  try {
    const reading = await readPassport(channel, data.access.mrz, options());
    if (reading.proof.passiveAuthentication.verdict === "passed") {
      // EF.CardAccess is not signed; that it is missing or changed shows in the proof of the access protocols.
      const { "EF.CardAccess": given, ...signed } = reading.files;
      const { "EF.CardAccess": honest, ...expected } = data.files;
      // A file may be kept back, which EF.SOD gives away: then what it was to prove has not passed. None may be another.
      expect(expected).toMatchObject(signed);
      if (signed.DG14 === undefined) {
        expect(reading.proof.chipAuthentication.verdict).not.toBe("passed");
        expect(reading.proof.accessControl.verdict).not.toBe("passed");
      }
      // EF.COM is not signed, and nothing is believed of it: it may be kept back.
      for (const needed of ["EF.SOD", "DG1", "DG2"] as const) expect(signed[needed]).toBeDefined();
      if (Buffer.compare(given ?? new Uint8Array(), honest!) !== 0) {
        expect(reading.proof.accessControl.verdict).toBe("failed");
      }
    }
    return reading.proof.passiveAuthentication.verdict;
  } catch (error) {
    if (!isCoded(error)) throw error;
    expect(Object.keys(catalogue)).toContain(error.code);
    return error.code;
  }
}

/** Response APDUs: noise, plausible status words, plausible TLV heads. */
const response = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom("9000", "6282", "6a82", "6700", "6982", "6cff", "6c00", "61ff", "6100", "6300", "").map(bytes),
  fc
    .tuple(fc.uint8Array({ maxLength: 64 }), fc.constantFrom("9000", "6282"))
    .map(([some, word]) => Uint8Array.of(...some, ...bytes(word))),
);

describe("a chip that answers anything", () => {
  it("from the first command on ends in a coded error, with few commands", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(response, { minLength: 1, maxLength: 30 }), async (answers) => {
        let commands = 0;
        const code = await codeOf({
          atr: chip().atr,
          transmit: async () => answers[commands++ % answers.length]!,
          close: async () => {},
        });
        expect(code).not.toBe("passed");
        expect(commands).toBeLessThan(2_000);
      }),
      { numRuns: 150 },
    );
  });

  it("after any number of honest commands never makes a document look proven that is not", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 12 }), response, fc.boolean(), async (honest, lie, extended) => {
        const channel = openVirtualChannel(chip(extended));
        let commands = 0;
        await codeOf({
          ...channel,
          transmit: async (apdu) => (commands++ === honest ? lie : channel.transmit(apdu)),
        });
      }),
      { numRuns: 60 },
    );
  });

  it("cannot make the reader ask forever for one byte at a time", async () => {
    const drip = { atr: chip().atr, transmit: async () => bytes("61009000".slice(0, 4)), close: async () => {} };
    expect(await codeOf(drip)).toBe("card/response-malformed");
  });

  it("is refused when a file says that it has two gigabytes, before anything is allocated", async () => {
    const lying = new VirtualPassport({
      data: withDocumentFault(data, "lies-about-length", { clock, random: seededRandom("fault") }),
      random: seededRandom("chip"),
    });
    expect(await codeOf(openVirtualChannel(lying))).toBe("mrtd/file-length-implausible");
  });

  it("is refused when one bit of a protected answer is another", async () => {
    for (let at = 0; at < 40; at += 8) {
      const channel = openVirtualChannel(chip());
      let commands = 0;
      const code = await codeOf({
        ...channel,
        transmit: async (apdu) => {
          const answer = Uint8Array.from(await channel.transmit(apdu));
          if (++commands === 9) answer[Math.min(at, answer.length - 3)]! ^= 0x10;
          return answer;
        },
      });
      expect(code).toBe("mrtd/secure-messaging-broken");
    }
  });
});

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}
