/** What would be lost: a key that nobody remembers, or that is replaced years too late. */
import { rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { keyPurposes } from "../../../crypto/keys/key.ts";
import { type KnownKey, readInventory } from "../../../server/pki/key-inventory.ts";
import { dueKinds } from "../../../server/pki/rotation.ts";
import { readSchedule } from "../../../server/pki/schedule.ts";
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
  // Kept by whoever issues slips, by sensors, and for journals that end with their sessions.
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
