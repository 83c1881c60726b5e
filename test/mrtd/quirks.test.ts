/** What real chips and readers do: if this fails, genuine documents of some make cannot be read. */
import { describe, expect, it } from "@jest/globals";
import { decodeCommand, encodeCommand } from "../../mrtd/card/apdu.ts";
import type { CardChannel } from "../../mrtd/card/channel.ts";
import { passportAid } from "../../mrtd/lds/file.ts";
import { type AtrInfo, composeAtrInfo } from "../../mrtd/lds/master-file.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { type PassportFeatures, passportFeatures } from "../../mrtd/synthetic/features.ts";
import { makePassport } from "../../mrtd/synthetic/passport.ts";
import { parseTlvRow } from "../../mrtd/tlv/node.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { type ChipQuirks, VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { clock, portrait, seededRandom, specimen } from "./fixture.ts";

const kinds: Record<string, PassportFeatures> = { BAC: passportFeatures.bac, PACE: passportFeatures["pace-gm"] };

function passport(features: PassportFeatures, pictureBytes = 9_000) {
  return makePassport({
    mrz: specimen,
    portrait: portrait(pictureBytes),
    clock,
    random: seededRandom("quirks"),
    features,
  });
}

/** No answer is longer than was asked for: a reader's buffer holds no more (256 bytes and the status where the command is short). */
function measured(channel: CardChannel): CardChannel {
  const transmit: CardChannel["transmit"] = async (apdu, signal) => {
    const answer = await channel.transmit(apdu, signal);
    const { le = 0 } = decodeCommand(apdu)!;
    expect(answer.length).toBeLessThanOrEqual(le + 2);
    return answer;
  };
  return { ...channel, transmit };
}

async function expectRead(data: ReturnType<typeof passport>, channel: CardChannel) {
  const { files, proof, steps } = await readPassport(measured(channel), data.access.mrz, {
    clock,
    random: seededRandom("reader"),
    csca: [data.csca.certificate],
  });
  expect(files).toEqual(data.files);
  expect(proof.passiveAuthentication.verdict).toBe("passed");
  // A quirk is no reason to doubt a chip.
  for (const { verdict } of Object.values(proof)) expect(["passed", "not-supported"]).toContain(verdict);
  return steps;
}

for (const [kind, features] of Object.entries(kinds)) {
  describe(`chips with ${kind}`, () => {
    const chip = (data: ReturnType<typeof passport>, quirks: ChipQuirks, extendedLength = true) =>
      openVirtualChannel(new VirtualPassport({ data, random: seededRandom("chip"), quirks, extendedLength }));

    const quirks: Record<string, ChipQuirks> = {
      "without short file identifiers": { noShortIdentifiers: true },
      "that give 200 bytes at a time": { mostRead: 200 },
      "that refuse to be asked for more than 1000": { mostAsked: 1_000 },
      "that refuse to be asked for more than 200": { mostAsked: 200 },
      "that do all of it": { noShortIdentifiers: true, mostRead: 100, mostAsked: 160 },
    };
    for (const [name, quirk] of Object.entries(quirks)) {
      for (const extended of [true, false]) {
        it(`${name}${extended ? "" : ", short commands"}`, async () => {
          const data = passport(features);
          await expectRead(data, chip(data, quirk, extended));
        });
      }
    }

    it("whose EF.ATR/INFO says what their answer to reset does not: extended length, and how much at a time", async () => {
      const plain = passport(features);
      const apdus = async (info: AtrInfo | undefined, quirk: ChipQuirks, extended = true) => {
        const files = info === undefined ? plain.files : { ...plain.files, "EF.ATR/INFO": composeAtrInfo(info) };
        const steps = await expectRead(
          { ...plain, files },
          chip({ ...plain, files }, { silentAtr: true, ...quirk }, extended),
        );
        return steps.reduce((sum, step) => sum + step.apdus, 0);
      };
      const short = await apdus(undefined, {}, false);
      const whole = await apdus({ extendedLength: true, mostCommand: 65_535, mostResponse: 65_535 }, {});
      const pieces = await apdus(
        { extendedLength: true, mostCommand: 1_000, mostResponse: 2_000 },
        { mostAsked: 2_000 },
      );
      expect(whole).toBeLessThan(pieces);
      expect(pieces).toBeLessThan(short / 2);
      // It says too much of itself: read all the same, in short commands.
      const boasting = await apdus(
        { extendedLength: true, mostCommand: 60_000, mostResponse: 60_000 },
        { mostAsked: 256 },
      );
      expect(boasting).toBeLessThan(short + 6);
      await apdus({ extendedLength: true }, {}, false);
    });

    it("with a portrait beyond 32 kB, in short commands: odd INS", async () => {
      const data = passport(features, 40_000);
      const channel = chip(data, {}, false);
      let odd = 0;
      const transmit: CardChannel["transmit"] = async (apdu) => {
        if (apdu[1] === 0xb1) odd++;
        return channel.transmit(apdu);
      };
      await expectRead(data, { ...channel, transmit });
      // What lies beyond 32,767 bytes, at most 231 at a time.
      expect(odd).toBeGreaterThanOrEqual(Math.ceil((40_000 - 32_768) / 231));
    });

    it("that refuse a length field for an answer where there is none (SELECT, MSE)", async () => {
      const data = passport(features);
      const channel = chip(data, {});
      const transmit: CardChannel["transmit"] = async (apdu) => {
        const { cla, ins, le } = decodeCommand(apdu)!;
        // Under secure messaging every command has an answer.
        const isPlain = (cla & 0x0c) === 0;
        return isPlain && le !== undefined && (ins === 0xa4 || ins === 0x22) ? bytes(0x6700) : channel.transmit(apdu);
      };
      await expectRead(data, { ...channel, transmit });
    });

    it("that say extended length and fall over it, losing the session", async () => {
      const data = passport(features);
      const channel = chip(data, {});
      const reset = new VirtualPassport({ data, random: seededRandom("chip") });
      let lost = 0;
      const transmit: CardChannel["transmit"] = async (apdu) => {
        const isExtended = apdu.length > 5 && apdu[4] === 0;
        if (isExtended && apdu[1] === 0xb0) {
          lost++;
          reset.reset();
          return Uint8Array.of(0x67, 0x00);
        }
        return reset.process(apdu);
      };
      await expectRead(data, { ...channel, transmit });
      expect(lost).toBeGreaterThan(0);
    });

    it("that another program left with the application selected", async () => {
      const data = passport(features);
      const card = new VirtualPassport({ data, random: seededRandom("chip") });
      const channel = { ...openVirtualChannel(card), transmit: async (apdu: Uint8Array) => card.process(apdu) };
      card.process(encodeCommand({ cla: 0, ins: 0xa4, p1: 0x04, p2: 0x0c, data: passportAid }));
      await expectRead(data, channel);
    });

    for (const ends of [true, false]) {
      it(`that answer a short identifier without protection, and ${ends ? "have lost the session" : "go on"}`, async () => {
        const data = passport(features);
        const card = new VirtualPassport({ data, random: seededRandom("chip"), extendedLength: false });
        let refused = 0;
        let openings = 0;
        const transmit: CardChannel["transmit"] = async (apdu) => {
          if (apdu[1] === 0xa4 && apdu[2] === 0x04) openings++;
          if (apdu[0] !== 0x0c || apdu[1] !== 0xb0 || (apdu[2]! & 0x80) === 0) return card.process(apdu);
          refused++;
          // The applet throws after its counter has gone on, or the card's runtime ends the session.
          if (ends) card.reset();
          else card.process(apdu);
          return Uint8Array.of(0x69, 0x85);
        };
        await expectRead(data, { atr: card.atr, transmit, close: async () => {} });
        expect(refused).toBe(1);
        expect(openings).toBe(ends ? 2 : 1);
      });
    }

    it("behind a transport that answers 61xx and 6Cxx", async () => {
      const data = passport(features);
      const channel = chip(data, {}, false);
      let rest: Uint8Array = new Uint8Array();
      let corrected = false;
      const transmit: CardChannel["transmit"] = async (apdu) => {
        const command = decodeCommand(apdu)!;
        if (command.ins === 0xc0) return piece();
        if (command.ins === 0xb0 && !corrected && command.le === 256) {
          corrected = true;
          return Uint8Array.of(0x6c, 0x00);
        }
        corrected = false;
        const answer = await channel.transmit(apdu);
        if (answer.length <= 102 || answer.at(-2) !== 0x90) return answer;
        rest = answer.subarray(0, -2);
        return Uint8Array.of(0x61, Math.min(rest.length, 255));
      };
      const piece = () => {
        const data = rest.subarray(0, 100);
        rest = rest.subarray(100);
        const word = rest.length === 0 ? [0x90, 0x00] : [0x61, Math.min(rest.length, 255)];
        return Uint8Array.of(...data, ...word);
      };
      await expectRead(data, { ...channel, transmit });
    });
  });
}

const bytes = (word: number) => Uint8Array.of(word >> 8, word & 0xff);

describe("chips with PACE", () => {
  /** What a chip says to MSE:Set AT with and without tag 84; undefined: it takes it. */
  const withTemplate = (answers: (hasParameter: boolean) => number | undefined) => {
    const data = passport(passportFeatures["pace-gm"]);
    const channel = openVirtualChannel(new VirtualPassport({ data, random: seededRandom("chip") }));
    const transmit: CardChannel["transmit"] = async (apdu) => {
      if (apdu[1] !== 0x22 || apdu[2] !== 0xc1) return channel.transmit(apdu);
      const objects = parseTlvRow(decodeCommand(apdu)!.data!, { where: "MSE" });
      const word = answers(objects.some(({ tag }) => tag === 0x84));
      if (word === undefined || word >> 4 === 0x63c) await channel.transmit(apdu);
      return bytes(word ?? 0x9000);
    };
    return { data, channel: { ...channel, transmit } };
  };

  it("are opened whether they want tag 84 or refuse it, and with a warning about tries that are left", async () => {
    for (const answers of [
      (hasParameter: boolean) => (hasParameter ? undefined : 0x6a88),
      (hasParameter: boolean) => (hasParameter ? 0x6a80 : undefined),
      () => 0x63c2,
    ]) {
      const { data, channel } = withTemplate(answers);
      await expectRead(data, channel);
    }
  });

  it("that refuse the password say so with 6300, 63Cx or 6982; BAC is not tried behind it", async () => {
    for (const word of [0x6300, 0x63c0, 0x6982]) {
      const data = passport(passportFeatures.standard);
      const channel = openVirtualChannel(new VirtualPassport({ data, random: seededRandom("chip") }));
      let challenges = 0;
      const transmit: CardChannel["transmit"] = async (apdu) => {
        if (apdu[1] === 0x84) challenges++;
        return apdu[0] === 0 && apdu[1] === 0x86 ? bytes(word) : channel.transmit(apdu);
      };
      const options = { clock, random: seededRandom("reader"), bacAfterPaceFailure: true };
      const reading = readPassport({ ...channel, transmit }, data.access.mrz, options);
      await expect(reading).rejects.toMatchObject({ code: "mrtd/access-denied" });
      expect(challenges).toBe(0);
    }
  });

  it("that tire of a long DH key without extended length are opened where they have it, and refused with a reason where they have not", async () => {
    const data = passport(passportFeatures["pace-dh-gm"]);
    const open = (extendedLength: boolean) =>
      readPassport(
        openVirtualChannel(new VirtualPassport({ data, random: seededRandom("chip"), extendedLength })),
        data.access.mrz,
        { clock, random: seededRandom("reader") },
      );
    expect((await open(true)).access).toBe("PACE-GM");
    // 9303-11 wants extended length of a chip whose keys need it.
    await expect(open(false)).rejects.toMatchObject({ code: "mrtd/access-failed", details: { status: "6700" } });
  });
});

describe("a chip that another program left with the application selected", () => {
  const left = (data: ReturnType<typeof passport>) => {
    const card = new VirtualPassport({ data, random: seededRandom("chip") });
    card.process(encodeCommand({ cla: 0, ins: 0xa4, p1: 0x04, p2: 0x0c, data: passportAid }));
    return { ...openVirtualChannel(card), transmit: async (apdu: Uint8Array) => card.process(apdu) };
  };
  const options = () => ({ clock, random: seededRandom("reader") });

  it("and that opens with BAC too is opened with PACE, by what its DG14 says", async () => {
    const data = passport(passportFeatures.standard);
    const { access, proof } = await readPassport(left(data), data.access.mrz, {
      ...options(),
      csca: [data.csca.certificate],
    });
    expect(access).toBe("PACE-GM");
    for (const { verdict } of Object.values(proof)) expect(verdict).toBe("passed");
  });

  it("is opened with its card access number", async () => {
    const data = passport(passportFeatures.standard);
    const { access } = await readPassport(left(data), { kind: "can", can: data.access.can }, options());
    expect(access).toBe("PACE-GM");
    const old = passport(passportFeatures.bac);
    await expect(readPassport(left(old), { kind: "can", can: "123456" }, options())).rejects.toMatchObject({
      code: "mrtd/can-needs-pace",
    });
  });

  it("whose EF.CardAccess somebody hides fails, and is read", async () => {
    const data = passport(passportFeatures.standard);
    const { "EF.CardAccess": _, ...files } = data.files;
    const hidden = { ...data, files };
    const { access, proof } = await readPassport(left(hidden), data.access.mrz, options());
    expect(access).toBe("BAC");
    expect(proof.accessControl).toMatchObject({ verdict: "failed", reasons: [{ code: "proof/access-differs" }] });
  });
});
