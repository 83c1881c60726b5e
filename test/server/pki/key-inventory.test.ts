/** What would be lost: a key that nobody remembers, or that is replaced years too late. */
import { rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { keyPurposes } from "../../../crypto/keys/key.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { type KnownKey, readInventory } from "../../../server/pki/key-inventory.ts";
import { dueKinds } from "../../../server/pki/rotation.ts";
import { readSchedule } from "../../../server/pki/schedule.ts";
import { MemoryKeyStore } from "../../crypto/deterministic-key.ts";
import { makePkiInstallation, type PkiInstallation } from "./pki-installation.ts";

const day = 24 * 60 * 60_000;
let here: PkiInstallation;
beforeAll(async () => {
  here = await makePkiInstallation();
}, 60_000);
afterAll(() => here.remove());

const read = () => readInventory(here.data, here.pki.office.register, here.clock.now());
const days = (from: string | null) => from && Math.round((Date.parse(from) - here.clock.now().getTime()) / day);
const row = (keys: readonly KnownKey[], purpose: string) => keys.find((key) => key.purpose === purpose)!;

it("every kind of key is listed with where it is, until when it holds, and when it is to be replaced", async () => {
  const keys = await read();
  // Where there is none yet: a booth that needs another key for TLS or has told of its journals, a sensor, slips, a person.
  const elsewhere = ["booth-tls", "booth-journal", "sensor-capture", "slip-issuer", "operator"];
  const listed = new Set<string>(keys.map(({ purpose }) => purpose));
  expect(keyPurposes.filter((purpose) => !listed.has(purpose))).toEqual(elsewhere);
  expect(keys.every(({ dueAt, state }) => (dueAt === null) === (state === "former"))).toBe(true);
  expect(row(keys, "authority-root")).toMatchObject({ place: "root", protection: "file" });
  expect(row(keys, "booth-identity")).toMatchObject({ place: "booth", holder: "booth-1", protection: "elsewhere" });
  expect(days(row(keys, "server-receipt").dueAt)).toBe(Math.round((2 * 365 * 2) / 3));
  expect(days(row(keys, "authority-booths").dueAt)).toBe(Math.round((10 * 365 * 2) / 3));
  expect(days(row(keys, "authority-status").dueAt)).toBe(365);
  await rm(here.path("root"), { recursive: true });
  expect(row(await read(), "authority-root").protection).toBe("away");
});

it("keys that lie with booths, sensors and the desk are listed once there are any, and are due as the schedule says", async () => {
  const { office } = here.pki;
  const { clock } = here;
  const certify = async (purpose: "booth-tls" | "sensor-capture", name: string) => {
    const key = await new MemoryKeyStore(systemRandom).generate(purpose);
    const [leaf] = await office.authority.issue(purpose, key, name);
    office.register.change(() => office.register.addCertificate(leaf!, purpose === "booth-tls" ? "booths" : "sensors"));
    return key.keyId;
  };
  const tls = await certify("booth-tls", "booth-1");
  const sensor = await certify("sensor-capture", "CAM-1");
  const slips = await office.store.generate("slip-issuer");
  const madeAt = new Date(clock.now().getTime() - 100 * day).toISOString();
  const journal = { keyId: "ab".repeat(32), madeAt };
  const report = { at: clock.now().toISOString(), software: "1", policyVersion: null, journal };
  office.register.note(() =>
    office.register.sawBooth({
      ...{ booth: "booth-1", at: clock.now().toISOString(), serial: null, policyVersion: null, clockOffsetMs: 0 },
      report: JSON.stringify(report),
    }),
  );
  const keys = await read();
  expect(row(keys, "booth-tls")).toMatchObject({ holder: "booth-1", keyId: tls, state: "current" });
  expect(keys.filter(({ purpose }) => purpose === "booth-identity").map(({ keyId }) => keyId)).not.toContain(tls);
  expect(row(keys, "sensor-capture")).toMatchObject({ place: "sensor", holder: "CAM-1", keyId: sensor });
  expect(row(keys, "slip-issuer")).toMatchObject({ place: "authority", keyId: slips.keyId });
  expect(row(keys, "booth-journal")).toMatchObject({ holder: "booth-1", keyId: journal.keyId, notAfter: null });
  expect(days(row(keys, "booth-journal").dueAt)).toBe(265);
});

it("a schedule of the installation comes before, where it is shorter; a broken one is told", async () => {
  const write = (text: string) => writeFile(here.path("server/rotation.json"), text);
  await write('{"format":"kabina-rotation/1","days":{"server-receipt":90,"authority-status":30,"server-tls":7000}}');
  const keys = await read();
  expect(["server-receipt", "authority-status", "server-tls"].map((purpose) => days(row(keys, purpose).dueAt))).toEqual(
    [90, 30, 487],
  );
  const schedule = await readSchedule(here.path("server"));
  const due = async (ahead: number) =>
    dueKinds(await here.keys("server"), new Date(here.clock.now().getTime() + ahead * day), schedule);
  expect([await due(89), await due(91)]).toEqual([[], ["receipt"]]);
  for (const broken of ["{", '{"format":"kabina-rotation/1","days":{"server-receipt":0}}', '{"days":{}}']) {
    await write(broken);
    await expect(read()).rejects.toMatchObject({ code: "rotation/schedule-malformed" });
  }
});
