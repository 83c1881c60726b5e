/** What would be lost: a booth, or its thief, that makes up what the server said of the time. */
import { describe, expect, it } from "@jest/globals";
import { readHeartbeat, signHeartbeat } from "../../../crypto/receipt/heartbeat.ts";
import { seededRandom } from "../deterministic-key.ts";
import { makeWorld, sealedAt } from "../package/fixture.ts";

const world = await makeWorld("heartbeat");
const trust = { anchors: world.anchors };
const random = seededRandom("nonce");

describe("a heartbeat", () => {
  it("tells the booth it is for the server's time, never twice in the same words", async () => {
    const [one, two] = [
      await signHeartbeat("booth-1", sealedAt, world.receipt, random),
      await signHeartbeat("booth-1", sealedAt, world.receipt, random),
    ];
    expect(readHeartbeat(one, "booth-1", trust)).toEqual(sealedAt);
    expect(one).not.toBe(two);
  });

  it("is refused of another booth, of another signer, and when its server's key is not believed", async () => {
    const text = await signHeartbeat("booth-1", sealedAt, world.receipt, random);
    const refused = (run: () => unknown, code: string) => expect(run).toThrow(expect.objectContaining({ code }));
    refused(() => readHeartbeat(text, "booth-2", trust), "receipt/other-booth");
    const forged = await signHeartbeat("booth-1", sealedAt, world.booth, random);
    refused(() => readHeartbeat(forged, "booth-1", trust), "certificate/purpose");
    refused(() => readHeartbeat(text, "booth-1", { ...trust, revoked: () => true }), "certificate/revoked");
    const { document, signature } = JSON.parse(text) as { document: string; signature: string };
    const later = Buffer.from(document, "base64").toString().replace("2026-11-21T12", "2026-11-21T13");
    const changed = JSON.stringify({ document: Buffer.from(later).toString("base64"), signature });
    refused(() => readHeartbeat(changed, "booth-1", trust), "receipt/signature-invalid");
  });
});
