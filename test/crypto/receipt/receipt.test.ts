/** What would be lost: an enrolment, purged from the booth on a word that its server never gave. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { signDecision, verifyDecision } from "../../../crypto/receipt/decision.ts";
import { signReceipt, verifyReceipt } from "../../../crypto/receipt/receipt.ts";
import { decodeSigned, encodeSigned, type SignedDocument } from "../../../crypto/receipt/signed-document.ts";
import { openssl } from "../cms/openssl.ts";
import { makeWorld, sealedAt, type World } from "../package/fixture.ts";

const sent = {
  packageId: "0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d",
  sha256: "ab".repeat(32),
  size: 4096,
  boothId: "booth-1",
};
let world: World;
let receipt: SignedDocument;

beforeAll(async () => {
  world = await makeWorld("receipt test");
  receipt = await signReceipt(sent, { outcome: "stored" }, sealedAt, world.receipt);
});

describe("a receipt", () => {
  it("survives its envelope and verifies", () => {
    const arrived = decodeSigned(encodeSigned(receipt));
    expect(verifyReceipt(arrived, sent, world)).toMatchObject({
      outcome: "stored",
      receivedAt: "2026-11-21T12:00:00Z",
    });
  });

  it("is verified by openssl alone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kabina-receipt-"));
    const at = (name: string) => join(folder, name);
    await writeFile(at("receipt.json"), receipt.document);
    await writeFile(at("receipt.p7s"), receipt.signature);
    await writeFile(at("root.pem"), world.authority.root.toPem());
    const when = String(sealedAt.getTime() / 1000);
    const args = [
      "-inform",
      "DER",
      "-in",
      at("receipt.p7s"),
      "-content",
      at("receipt.json"),
      "-CAfile",
      at("root.pem"),
    ];
    const out = await openssl("cms", "-verify", "-binary", ...args, "-purpose", "any", "-attime", when);
    expect(out.equals(receipt.document)).toBe(true);
    await rm(folder, { recursive: true });
  });

  it.each([
    ["id", { packageId: "1b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d" }],
    ["content", { sha256: "ac".repeat(32) }],
    ["size", { size: 4097 }],
    ["booth", { boothId: "booth-2" }],
  ])("of another package (%s) is refused", (_, change) => {
    expect(() => verifyReceipt(receipt, { ...sent, ...change }, world)).toThrow("receipt/other-package");
  });

  it("signed by a key that may not give receipts is refused", async () => {
    const forged = await signReceipt(sent, { outcome: "stored" }, sealedAt, world.booth);
    expect(() => verifyReceipt(forged, sent, world)).toThrow("certificate/purpose");
    const stranger = await makeWorld("stranger");
    const foreign = await signReceipt(sent, { outcome: "stored" }, sealedAt, stranger.receipt);
    expect(() => verifyReceipt(foreign, sent, world)).toThrow("certificate/issuer-unknown");
  });

  it("with a bit of any byte flipped is refused", () => {
    for (const field of ["document", "signature"] as const)
      for (let at = 0; at < receipt[field].length; at++) {
        const bytes = Uint8Array.from(receipt[field]);
        bytes[at]! ^= 1 << (at % 8);
        expect(() => verifyReceipt({ ...receipt, [field]: bytes }, sent, world)).toThrow(/^(receipt|certificate)\//);
      }
  });
});

describe("a decision notice", () => {
  const about = { packageId: sent.packageId, boothId: "booth-1" };

  it("verifies for its package only", async () => {
    const notice = { ...about, decision: "retake", reasons: ["portrait-eyes-closed"] } as const;
    const signed = await signDecision(notice, sealedAt, world.receipt);
    expect(verifyDecision(signed, about, world)).toMatchObject(notice);
    expect(() => verifyDecision(signed, { ...about, boothId: "booth-2" }, world)).toThrow("receipt/other-package");
    expect(() => verifyReceipt(signed, sent, world)).toThrow("receipt/malformed");
  });

  it("asks for no retake without a reason", async () => {
    const notice = { ...about, decision: "retake", reasons: [] } as const;
    await expect(signDecision(notice, sealedAt, world.receipt)).rejects.toMatchObject({ code: "receipt/malformed" });
  });
});
