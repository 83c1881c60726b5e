/**
 * Every kind of document that the norm knows, opened and proved; copies and liars told apart: if this fails, genuine passports of some
 * kind stay closed, or a copied chip passes for a genuine one.
 */
import { describe, expect, it } from "@jest/globals";
import type { AccessKey } from "../../mrtd/access/access-key.ts";
import { openWithBac } from "../../mrtd/access/bac/open.ts";
import { chipAuthenticationSession, chooseChipAuthentication } from "../../mrtd/access/chip-authentication.ts";
import { drawKeyPair } from "../../mrtd/agreement/group.ts";
import { composeStandardKey } from "../../mrtd/agreement/public-key.ts";
import { standardGroup } from "../../mrtd/agreement/standard-groups.ts";
import type { CardChannel } from "../../mrtd/card/channel.ts";
import { CardSession } from "../../mrtd/card/session.ts";
import { composeSignedData } from "../../mrtd/cms/compose-signed-data.ts";
import { parseSignedData } from "../../mrtd/cms/signed-data.ts";
import { composeCom } from "../../mrtd/lds/com.ts";
import { passportAid } from "../../mrtd/lds/file.ts";
import {
  composeInfo,
  composeInfos,
  isChipAuthenticationKey,
  optionalNumber,
  parseDg14,
  parseSecurityInfos,
} from "../../mrtd/lds/security-infos.ts";
import { cardSecurityContentOid } from "../../mrtd/proof/card-security.ts";
import type { ProofResult } from "../../mrtd/proof/verdict.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { type PassportFeatures, passportFeatures } from "../../mrtd/synthetic/features.ts";
import type { PassportData } from "../../mrtd/synthetic/passport.ts";
import { oid } from "../../mrtd/tlv/der.ts";
import { tlv } from "../../mrtd/tlv/write.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { withDocumentFault } from "../../mrtd/virtual/fault.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { clock, seededRandom, specimenPassport } from "./fixture.ts";

const chipOf = (data: PassportData, extendedLength = true) =>
  openVirtualChannel(new VirtualPassport({ data, random: seededRandom("chip"), extendedLength }));

function read(
  data: PassportData,
  options: { key?: AccessKey; channel?: CardChannel; bacAfterPaceFailure?: boolean } = {},
) {
  const { key = data.access.mrz, channel = chipOf(data), bacAfterPaceFailure = false } = options;
  return readPassport(channel, key, {
    clock,
    random: seededRandom("reader"),
    csca: [data.csca.certificate],
    bacAfterPaceFailure,
  });
}

describe("every kind of document", () => {
  for (const [name, features] of Object.entries<PassportFeatures>(passportFeatures)) {
    for (const extended of ["standard", "bac", "pace-im"].includes(name) ? [true, false] : [true]) {
      it(`${name}, ${extended ? "extended length" : "short commands"}`, async () => {
        const data = specimenPassport(name, features);
        const { files, access, proof } = await read(data, { channel: chipOf(data, extended) });
        const mapping = { "1": "GM", "2": "GM", "3": "IM", "4": "IM", "6": "CAM" }[features.pace[0]?.[0] ?? ""];
        expect(access).toBe(mapping === undefined ? "BAC" : `PACE-${mapping}`);
        expect(files).toEqual(data.files);
        expect(proof.passiveAuthentication.verdict).toBe("passed");
        expect(proof.activeAuthentication.verdict).toBe(features.activeAuthentication ? "passed" : "not-supported");
        expect(proof.chipAuthentication.verdict).toBe(features.chipAuthentication ? "passed" : "not-supported");
        expect(proof.accessControl.verdict).toBe(mapping === undefined ? "not-supported" : "passed");
      });
    }
  }

  it("opens with the card access number", async () => {
    const data = specimenPassport("can", passportFeatures["pace-gm"]);
    const reading = await read(data, { key: { kind: "can", can: data.access.can } });
    expect(reading.access).toBe("PACE-GM");
  });
});

describe("chip authentication as other readers ask for it", () => {
  it("by GENERAL AUTHENTICATE with triple DES too", async () => {
    const data = specimenPassport("ca", passportFeatures["bac-ca-3des"]);
    const session = new CardSession(chipOf(data));
    const random = seededRandom("other reader");
    await session.send({ cla: 0, ins: 0xa4, p1: 0x04, p2: 0x0c, data: passportAid });
    await openWithBac(session, data.access.mrz, random);
    const { group, element, cipher, oid: protocol } = chooseChipAuthentication(parseDg14(data.files.DG14!))!;
    const pair = drawKeyPair(group, random);
    const set = await session.send({
      cla: 0,
      ins: 0x22,
      p1: 0x41,
      p2: 0xa4,
      data: tlv(0x80, oid(protocol).subarray(2)),
    });
    expect(set.status).toBe(0x9000);
    const agreement = tlv(0x7c, tlv(0x80, pair.publicKey));
    const agreed = await session.send({ cla: 0, ins: 0x86, p1: 0, p2: 0, data: agreement, le: 256 });
    expect(agreed.status).toBe(0x9000);
    session.secure = chipAuthenticationSession(cipher, group.agree(element, pair.secret));
    const read = await session.send({ cla: 0, ins: 0xb0, p1: 0x9e, p2: 0, le: 4 });
    expect(Buffer.from(read.data)).toEqual(Buffer.from(data.files["EF.COM"]!.subarray(0, 4)));
  });

  it("by a mapping key that stands among keys of other groups in EF.CardSecurity", async () => {
    const data = specimenPassport("cam", passportFeatures["pace-cam"]);
    const signed = parseSignedData(data.files["EF.CardSecurity"]!, "EF.CardSecurity");
    const infos = parseSecurityInfos(signed.content, "EF.CardSecurity");
    // Chip authentication mapping wants its key by the number of its domain parameters (9303-11 App. I).
    const mapping = infos.find(isChipAuthenticationKey)!;
    expect(optionalNumber(mapping)).toBe(13);
    expect(mapping.required.at(0).at(1).value).toEqual(Uint8Array.of(13));
    const other = standardGroup(15)!;
    const foreign = composeInfo(mapping.protocol, composeStandardKey(15, other.generator), 15);
    const again = infos.map(({ protocol, required, optional }) => composeInfo(protocol, required.raw, optional?.raw));
    const { certificate, privateKey } = data.ds;
    const cardSecurity = composeSignedData({
      contentType: cardSecurityContentOid,
      content: composeInfos([foreign, ...again]),
      certificate,
      privateKey,
      scheme: { hash: "sha256" },
      signingTime: clock.now(),
    });
    const { proof } = await read({ ...data, files: { ...data.files, "EF.CardSecurity": cardSecurity } });
    expect(proof.chipAuthentication.verdict).toBe("passed");
  });
});

describe("wrong keys and no silent way around", () => {
  const data = specimenPassport("standard");

  it("says that the MRZ or the card access number is wrong, and does not try BAC with it", async () => {
    const wrong = { ...data.access.mrz, dateOfBirth: "740813" };
    await expect(read(data, { key: wrong })).rejects.toMatchObject({ code: "mrtd/access-denied" });
    await expect(read(data, { key: wrong, bacAfterPaceFailure: true })).rejects.toMatchObject({
      code: "mrtd/access-denied",
    });
    const can = { kind: "can", can: data.access.can === "000000" ? "000001" : "000000" } as const;
    await expect(read(data, { key: can })).rejects.toMatchObject({ code: "mrtd/access-denied" });
  });

  it("reports a PACE that fails; BAC follows only by policy", async () => {
    const broken = () => {
      const channel = chipOf(data);
      const transmit: CardChannel["transmit"] = async (apdu) =>
        apdu[1] === 0x86 ? Uint8Array.of(0x6f, 0x00) : channel.transmit(apdu);
      return { ...channel, transmit };
    };
    await expect(read(data, { channel: broken() })).rejects.toMatchObject({ code: "mrtd/access-failed" });
    const reading = await read(data, { channel: broken(), bacAfterPaceFailure: true });
    expect(reading.access).toBe("BAC");
    expect(reading.steps.some(({ failure }) => failure === "mrtd/access-failed")).toBe(true);
  });

  it("notices that somebody took PACE out of EF.CardAccess", async () => {
    const channel = chipOf(data);
    const transmit: CardChannel["transmit"] = async (apdu) =>
      apdu[1] === 0xb0 && apdu[0] === 0 ? Uint8Array.of(0x6a, 0x82) : channel.transmit(apdu);
    const { access, proof } = await read(data, { channel: { ...channel, transmit } });
    expect(access).toBe("BAC");
    expect(proof.accessControl).toMatchObject({ verdict: "failed", reasons: [{ code: "proof/access-differs" }] });
  });
});

describe("a copied chip", () => {
  const stranger = specimenPassport("stranger").chipKeys;

  it("fails active authentication when it has another key", async () => {
    const data = specimenPassport("genuine");
    const copy = { ...data, chipKeys: { ...data.chipKeys, activeAuthentication: stranger.activeAuthentication! } };
    const { proof } = await read(copy);
    expect(proof.passiveAuthentication.verdict).toBe("passed");
    expect(proof.activeAuthentication).toMatchObject({
      verdict: "failed",
      reasons: [{ code: "proof/active-authentication-wrong" }],
    });
  });

  it("fails chip authentication when it has another key, and is read all the same", async () => {
    const data = specimenPassport("genuine");
    const copy = { ...data, chipKeys: { ...data.chipKeys, chipAuthentication: stranger.chipAuthentication! } };
    const { proof, files } = await read(copy);
    expect(files).toEqual(data.files);
    expect(proof.passiveAuthentication.verdict).toBe("passed");
    expect(proof.chipAuthentication.verdict).toBe("failed");
    expect(proof.chipAuthentication.reasons[0]!.code).toBe("proof/chip-authentication-wrong");
  });

  it("fails chip authentication mapping when it has another key", async () => {
    const data = specimenPassport("cam", passportFeatures["pace-cam"]);
    const other = specimenPassport("other cam", passportFeatures["pace-cam"]);
    const { proof } = await read({ ...data, chipKeys: other.chipKeys });
    expect(proof.chipAuthentication.verdict).toBe("failed");
  });

  it("fails when it hides the files that it cannot answer for", async () => {
    const data = specimenPassport("genuine");
    const { DG14, DG15, "EF.CardAccess": _, ...kept } = data.files;
    const com = composeCom({ ldsVersion: "0107", unicodeVersion: "040000", dataGroups: [1, 2] });
    expect(DG14 && DG15).toBeDefined();
    const { proof } = await read({ ...data, files: { ...kept, "EF.COM": com }, chipKeys: {} });
    expect(proof.passiveAuthentication.verdict).toBe("passed");
    for (const hidden of [proof.activeAuthentication, proof.chipAuthentication, proof.accessControl]) {
      expect(hidden).toMatchObject({ verdict: "failed", reasons: [{ code: "proof/data-group-hidden" }] });
    }
  });

  it("refuses to call a key proved that nobody signed", async () => {
    const data = specimenPassport("genuine");
    const other = specimenPassport("other");
    const files = { ...data.files, DG15: other.files.DG15! };
    const copy = { ...data, files, chipKeys: { ...data.chipKeys, ...other.chipKeys } };
    const { proof } = await read({
      ...copy,
      chipKeys: { ...data.chipKeys, activeAuthentication: other.chipKeys.activeAuthentication! },
    });
    expect(proof.passiveAuthentication.verdict).toBe("failed");
    expect(proof.activeAuthentication).toMatchObject({
      verdict: "not-checked",
      reasons: [{ code: "proof/key-not-signed" }],
    });
  });
});

describe("documents with a fault on demand", () => {
  const faulty = (fault: Parameters<typeof withDocumentFault>[1]) =>
    withDocumentFault(specimenPassport("standard"), fault, { clock, random: seededRandom("fault") });

  it("names each of them", async () => {
    const codes = async (fault: Parameters<typeof withDocumentFault>[1]) => {
      const { proof } = await read(faulty(fault));
      const proofs: ProofResult[] = Object.values(proof);
      return proofs.flatMap(({ verdict, reasons }) => (verdict === "failed" ? reasons.map(({ code }) => code) : []));
    };
    expect(await codes(undefined)).toEqual([]);
    expect(await codes("wrong-hash")).toEqual(["proof/hash-wrong"]);
    expect(await codes("foreign-signer")).toEqual(["proof/chain-signature-wrong"]);
    expect((await codes("cloned")).sort()).toEqual([
      "proof/active-authentication-wrong",
      "proof/chip-authentication-wrong",
    ]);
    expect((await read(faulty("old-algorithms"))).proof.passiveAuthentication).toMatchObject({
      verdict: "passed",
      digestAlgorithm: "sha1",
    });
  });
});
