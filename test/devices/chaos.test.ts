/**
 * If this failed, some unlucky moment for a device to come, go or hang would stop a session for good, or show a person an error
 * that nobody can explain. Random fault plans; after each, every device must work again.
 */
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { catalogue } from "../../crypto/errors/catalogue.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { type Devices, openDevices } from "../../devices/open.ts";
import { FaultPlan } from "../../devices/simulator/fault-plan.ts";
import { makeSmallPerson, type SmallPerson } from "./synthetic-person.ts";

let person: SmallPerson;
beforeAll(async () => {
  person = await makeSmallPerson();
});
afterAll(() => rmSync(person.folder, { recursive: true }));

const at = fc.integer({ min: 0, max: 25 });
const frames = fc.integer({ min: 1, max: 6 });
const backAfterMs = fc.integer({ min: 0, max: 150 });
const delayMs = fc.integer({ min: 1, max: 60 });

const cameraFault = fc.oneof(
  fc.record({ fault: fc.constant("unplug" as const), at, backAfterMs }),
  fc.record({ fault: fc.constant("black" as const), at, frames }),
  fc.record({ fault: fc.constant("resolution" as const), at, width: fc.constantFrom(160, 320) }),
  fc.record({ fault: fc.constant("slow" as const), at, frames, delayMs }),
  fc.record({ fault: fc.constant("wrong-length" as const), at, frames }),
);
const few = fc.integer({ min: 0, max: 3 });
const fingerprintFault = fc.oneof(
  fc.record({ fault: fc.constant("unplug" as const), at: few, backAfterMs }),
  fc.record({ fault: fc.constantFrom("hang" as const, "busy" as const, "wrong-length" as const), at: few }),
  fc.record({ fault: fc.constant("no-finger" as const), at: few }),
  fc.record({ fault: fc.constant("slow" as const), at: few, delayMs }),
);
const cardFault = fc.oneof(
  fc.record({ fault: fc.constant("remove" as const), at: few, backAfterMs }),
  fc.record({ fault: fc.constant("wrong-length" as const), at: few }),
  fc.record({ fault: fc.constant("slow" as const), at: few, commands: frames, delayMs }),
);
const openFault = fc.record({
  fault: fc.constantFrom("busy" as const, "permission" as const),
  times: fc.integer({ min: 1, max: 2 }),
});
const plan = fc.record({
  camera: fc.array(cameraFault, { maxLength: 4 }),
  fingerprint: fc.array(fingerprintFault, { maxLength: 3 }),
  smartcard: fc.array(cardFault, { maxLength: 3 }),
  open: fc.record({ camera: openFault, fingerprint: openFault, smartcard: openFault }, { requiredKeys: [] }),
});

const SELECT = Uint8Array.of(0, 0xa4, 4, 0x0c, 7, 0xa0, 0, 0, 2, 0x47, 0x10, 1);
const SUCCESSES = 4;
const MOST_TRIES = 40;
const wait = { timeoutMs: 1_500 };

/** Uses one kind of device until it has worked a few times in a row; every failure on the way must be one that can be explained. */
async function useUntilSteady(use: () => Promise<unknown>): Promise<number> {
  let inARow = 0;
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    try {
      await use();
      inARow += 1;
      if (inARow === SUCCESSES) return tries;
    } catch (error) {
      inARow = 0;
      if (!isCoded(error)) throw error;
      expect(error.code).toMatch(/^device\//);
      expect(Object.keys(catalogue)).toContain(error.code);
    }
  }
  throw new Error("never steady");
}

const uses = (all: Devices) => ({
  camera: async () => (await all.camera.ready(wait)).burst(3, wait),
  fingerprint: async () => (await all.fingerprint.ready(wait)).capture(wait),
  smartcard: async () => {
    const channel = await (await all.smartcard.ready(wait)).connect(wait);
    try {
      await channel.transmit(SELECT);
    } finally {
      await channel.close();
    }
  },
});

describe("devices that come, go and fail at any moment", () => {
  test("every failure is explained, and every device works again by itself", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (faults) => {
        const all = openDevices({
          clock: systemClock,
          random: systemRandom,
          person: person.folder,
          faults: FaultPlan.parse(faults),
          reader: "in-process",
        });
        try {
          await Promise.all(Object.values(uses(all)).map(useUntilSteady));
        } finally {
          await all.close();
        }
      }),
      { numRuns: 5, seed: 20261121, endOnFailure: true },
    );
  }, 300_000);
});
