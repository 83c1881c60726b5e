/**
 * What would be lost: records that other systems wrote by yesterday's Kabina, or read from it, and that today's reads or writes
 * differently. KABINA_WRITE_GOLDEN=1 writes the files in `golden/` anew, for a deliberate change.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { readTransaction, writeTransaction } from "../../../biometrics/records/an2.ts";
import { type CardForm, readCardMinutiae, writeCardMinutiae } from "../../../biometrics/records/card-minutiae.ts";
import { readFingerMinutiae39794, writeFingerMinutiae39794 } from "../../../biometrics/records/iso39794-2.ts";
import { readFingerImage39794, writeFingerImage39794 } from "../../../biometrics/records/iso39794-4.ts";
import { readFingerRecord, writeFingerRecord } from "../../../biometrics/records/record.ts";
import { allRecords, openNamed } from "./samples.ts";

const golden = fileURLToPath(new URL("golden/", import.meta.url));
let made: Map<string, Uint8Array>;

beforeAll(async () => {
  made = await allRecords();
  if (process.env.KABINA_WRITE_GOLDEN === undefined) return;
  await mkdir(golden, { recursive: true });
  for (const [name, bytes] of made) await writeFile(`${golden}${name}`, bytes);
});

/** Reads and writes by the format's own model. */
function again(name: string, bytes: Uint8Array): Uint8Array {
  if (name.includes("an2")) return writeTransaction(readTransaction(bytes));
  if (name === "minutiae-iso39794") return writeFingerMinutiae39794(readFingerMinutiae39794(bytes));
  if (name.includes("iso39794")) return writeFingerImage39794(readFingerImage39794(bytes));
  const card = /card-\w+/.exec(name)?.[0];
  if (card !== undefined) return writeCardMinutiae(readCardMinutiae(bytes, card as CardForm));
  return writeFingerRecord(readFingerRecord(bytes));
}

describe("golden records", () => {
  test("there is one of every format", async () => {
    expect((await readdir(golden)).sort()).toEqual([...made.keys()].sort());
  });

  test("each is written the same, byte for byte, and comes back the same when it is read", async () => {
    for (const [name, bytes] of made) {
      const kept = await readFile(`${golden}${name}`);
      expect([name, Buffer.compare(Buffer.from(bytes), kept)]).toEqual([name, 0]);
      expect([name, Buffer.compare(Buffer.from(again(name, kept)), kept)]).toEqual([name, 0]);
      const { prints, pictures } = openNamed(name, kept);
      expect(prints.length + pictures.length).toBeGreaterThan(0);
    }
  });
});
