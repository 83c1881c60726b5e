/** What would be lost: a place in the booth's line that two packages hold, so that an honest booth looks like a copied key. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { SealChain } from "../../../booth/sealing/seal-chain.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-chain-"));
});
afterEach(() => rm(folder, { recursive: true }));

let now = new Date("2026-11-21T12:00:00Z");
let ms = 0;
const clock = { now: () => now, monotonic: () => ms };
const open = () => SealChain.open(folder, clock, systemRandom);
const hash = (n: number) => n.toString(16).padStart(64, "0");
const id = (n: number) => `0b6d9c8e-6a52-4f0e-9d7e-${String(n).padStart(12, "0")}`;

describe("a booth's line of packages", () => {
  it("goes on where it was, each package naming the one before", async () => {
    const chain = await open();
    expect(chain.head).toBeNull();
    const first = chain.place(id(1));
    expect(first.evidence).toMatchObject({ counter: 0, previous: null, heartbeat: null });
    await first.taken(hash(1));
    const again = await open();
    const second = again.place(id(2));
    expect(second.evidence).toMatchObject({ chain: first.evidence.chain, counter: 1, previous: hash(1) });
    expect(again.head).toEqual({ chain: first.evidence.chain, counter: 0, manifestSha256: hash(1) });
  });

  it("gives a package that is sealed once more its own place, and no other package that place", async () => {
    const chain = await open();
    await chain.place(id(1)).taken(hash(1));
    await chain.place(id(2)).taken(hash(2));
    const restarted = await open();
    expect(restarted.place(id(2)).evidence).toMatchObject({ counter: 1, previous: hash(1) });
    await restarted.place(id(2)).taken(hash(22));
    expect(restarted.place(id(3)).evidence).toMatchObject({ counter: 2, previous: hash(22) });
  });

  it("does not move on for a package that was never made", async () => {
    const chain = await open();
    chain.place(id(1));
    expect(chain.place(id(2)).evidence.counter).toBe(0);
  });

  it("begins another line, visibly, when its file was lost", async () => {
    const before = (await open()).place(id(1));
    await before.taken(hash(1));
    await writeFile(join(folder, "seal-chain.json"), "{");
    const after = (await open()).place(id(2));
    expect(after.evidence).toMatchObject({ counter: 0, previous: null });
    expect(after.evidence.chain).not.toBe(before.evidence.chain);
  });

  it("knows how far the booth's clock is off the server's, from a heartbeat of this start of the machine", async () => {
    const chain = await open();
    expect(chain.clockOffsetMs()).toBeNull();
    await chain.heard({ at: now, signed: "signed" });
    ms += 60_000;
    expect(chain.clockOffsetMs()).toBe(-60_000);
    now = new Date("2027-11-21T12:01:00Z");
    expect(chain.clockOffsetMs()).toBe(365 * 86_400_000);
    expect((await open()).place(id(1)).evidence.heartbeat?.signed).toBe("signed");
  });
});
