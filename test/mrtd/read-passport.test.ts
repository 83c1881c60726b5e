/** Reader against chip without a reader device between: if this fails, the booth cannot take over the data of a passport. */
import { describe, expect, it } from "@jest/globals";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CardChannel } from "../../mrtd/card/channel.ts";
import { PartialReading } from "../../mrtd/reader/partial-reading.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { passportFeatures } from "../../mrtd/synthetic/features.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { clock, portrait, seededRandom, specimen, specimenPassport } from "./fixture.ts";

// A chip of the first generation: what it can do is what every other chip can do too.
const data = specimenPassport("passport", passportFeatures.bac);
const chip = (extendedLength = true) => new VirtualPassport({ data, random: seededRandom("chip"), extendedLength });
const options = () => ({ clock, random: seededRandom("reader"), csca: [data.csca.certificate] });

/** A channel that counts, and that does `fault` instead of the nth exchange. */
function watched(passport: VirtualPassport, fault?: (n: number, apdu: Uint8Array) => Uint8Array | undefined) {
  const channel = openVirtualChannel(passport);
  const state = { apdus: 0 };
  const transmit: CardChannel["transmit"] = async (apdu, signal) => {
    state.apdus++;
    const instead = fault?.(state.apdus, apdu);
    return instead ?? channel.transmit(apdu, signal);
  };
  return { state, channel: { ...channel, transmit } };
}

describe("readPassport", () => {
  it("reads and proves a passport over BAC", async () => {
    const reading = await readPassport(openVirtualChannel(chip()), data.access.mrz, options());
    expect(reading.access).toBe("BAC");
    expect(reading.mrz).toMatchObject({ ...specimen, faults: [] });
    expect(reading.portrait.mediaType).toBe("image/jpeg");
    expect(Buffer.from(reading.portrait.data)).toEqual(Buffer.from(portrait()));
    expect(reading.files).toEqual(data.files);
    expect(reading.proof.passiveAuthentication).toMatchObject({ verdict: "passed", reasons: [] });
  });

  it("needs one command per file where the card takes extended length, and no more than fit otherwise", async () => {
    const long = watched(chip(true));
    await readPassport(long.channel, data.access.mrz, options());
    // One for EF.CardAccess, which this chip has not; three to open it; one for each of four files.
    expect(long.state.apdus).toBe(1 + 3 + 4);

    const short = watched(chip(false));
    const reading = await readPassport(short.channel, data.access.mrz, options());
    const blocks = Object.values(reading.files).reduce((sum, file) => sum + Math.ceil(file.length / 231), 0);
    expect(short.state.apdus).toBe(1 + 3 + blocks);
  });

  it("says that the key is wrong when another document's MRZ is used", async () => {
    const access = { ...data.access.mrz, documentNumber: "L898902C4" };
    await expect(readPassport(openVirtualChannel(chip()), access, options())).rejects.toMatchObject({
      code: "mrtd/access-denied",
    });
  });

  it("does not call a document proven when the country is not trusted", async () => {
    const reading = await readPassport(openVirtualChannel(chip()), data.access.mrz, { ...options(), csca: [] });
    expect(reading.proof.passiveAuthentication.verdict).toBe("not-checked");
    expect(reading.proof.passiveAuthentication.chain.reasons[0]?.code).toBe("proof/no-trust");
  });

  it("goes on where it was when the card was taken away in the middle of DG2", async () => {
    const partial = new PartialReading();
    const first = watched(chip(false), (n) => {
      if (n === 30) throw new KabinaError("device/card-removed");
      return undefined;
    });
    await expect(readPassport(first.channel, data.access.mrz, { ...options(), partial })).rejects.toMatchObject({
      code: "device/card-removed",
    });
    expect(partial.files.get("DG2")!.bytes.length).toBeGreaterThan(2_000);
    const second = watched(chip(false));
    const reading = await readPassport(second.channel, data.access.mrz, { ...options(), partial });
    expect(reading.files).toEqual(data.files);
    expect(reading.proof.passiveAuthentication.verdict).toBe("passed");
    const whole = watched(chip(false));
    await readPassport(whole.channel, data.access.mrz, options());
    expect(second.state.apdus).toBeLessThan(whole.state.apdus - 20);
  });

  it("keeps nothing of one document for another, and heals a file whose halves are of two", async () => {
    const partial = new PartialReading();
    await readPassport(openVirtualChannel(chip()), data.access.mrz, { ...options(), partial });
    const other = specimenPassport("other", passportFeatures.bac);
    expect(Buffer.from(other.files["EF.SOD"]!)).not.toEqual(Buffer.from(data.files["EF.SOD"]!));
    partial.bind({ ...data.access.mrz, documentNumber: "X" });
    expect(partial.files.size).toBe(0);

    partial.bind(data.access.mrz);
    const stale = Uint8Array.from(data.files.DG2!.subarray(0, 3_000)).fill(0x55, 100);
    partial.files.set("DG2", { total: data.files.DG2!.length, bytes: stale });
    const reading = await readPassport(openVirtualChannel(chip(false)), data.access.mrz, { ...options(), partial });
    expect(reading.proof.passiveAuthentication.verdict).toBe("passed");
  });
});
