/** What would be lost: a passport handed to another person, a copy handed over as the real one, or a question that could not be asked taken for a yes. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { pictureOfGrey } from "../../../biometrics/records/recorded-picture.ts";
import { chipLoop } from "../../../booth/capture/chip-loop.ts";
import type { BoothDevices } from "../../../booth/capture/devices.ts";
import { type PickupTools, pickupCheck } from "../../../booth/capture/pickup-check.ts";
import { readZone } from "../../../booth/capture/zone.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";
import { composeDg3 } from "../../../mrtd/lds/prints.ts";
import { parseMrz } from "../../../mrtd/mrz/parse.ts";
import { passportFeatures } from "../../../mrtd/synthetic/features.ts";
import { makePassport, type PassportData } from "../../../mrtd/synthetic/passport.ts";
import { issueTerminal, makeTerminalRoot, terminalIdentity } from "../../../mrtd/synthetic/terminals.ts";
import { openVirtualChannel } from "../../../mrtd/virtual/channel.ts";
import { VirtualPassport } from "../../../mrtd/virtual/passport.ts";
import { FakeStage } from "../fake-stage.ts";
import { at, begun, send, specimenLines, way } from "../session/sample-events.ts";

const source = { clock: systemClock, random: systemRandom };
const root = makeTerminalRoot(source);
const zone = readZone(specimenLines, new Date(at)).reading!;
const grey = { width: 64, height: 80, ppi: 500, data: new Uint8Array(64 * 80).fill(200) };

function passport(): PassportData {
  return makePassport({
    ...source,
    mrz: parseMrz(zone.lines.join("\n")),
    portrait: Buffer.from("ffd8ffe000104a46494600010100000100010000ffc0000b080050004001011100ffd9", "hex"),
    features: passportFeatures.full,
    dataGroups: { DG3: composeDg3([{ ...pictureOfGrey(grey), position: 2 }], "19794", systemRandom(16)) },
    terminalTrust: root.certificate,
  });
}

/** What the booth knows once it has read this chip and taken one finger, which scores so much against the chip's print. */
async function afterReading(data: PassportData, score: number): Promise<FakeStage> {
  const chip = new VirtualPassport({ data, random: systemRandom, today: () => systemClock.now() });
  const reader = { connect: async () => openVirtualChannel(chip) };
  const stage = new FakeStage(send(way.document(begun()), { type: "document.mrz", lines: specimenLines }));
  const { certificates, key } = issueTerminal(root, source);
  await chipLoop({
    ...source,
    devices: {
      smartcard: { current: reader, ready: async () => reader, on: () => () => {} },
    } as unknown as BoothDevices,
    csca: [data.csca.certificate],
    inspection: async () => ({
      terminal: terminalIdentity(certificates, key),
      mayRead: { prints: true, irises: false },
    }),
  })(stage);
  const read = stage.told.at(-1);
  if (read?.type !== "chip.read") throw new Error("not read");
  const print = { blob: "finger", quality: 80, scores: { "chip-print-0": score } };
  const track = { position: "right-index", tries: [print], kept: 0, missing: null };
  Object.assign(stage.session, {
    chip: read.chip,
    purpose: "pickup",
    hands: { right: { tracks: [track] }, left: { tracks: [] } },
  });
  stage.told.length = 0;
  return stage;
}

async function answers(stage: FakeStage, order: PickupTools["order"]): Promise<Record<string, string>> {
  const noted: string[] = [];
  await pickupCheck({
    detector: { compare: async () => Promise.reject(new KabinaError("face/none", { file: "1" })) },
    order,
    note: (kind, data) => noted.push(JSON.stringify([kind, data])),
    told: () => {},
  })(stage);
  expect(noted.join()).not.toMatch(/ERIKSSON|L898902C/);
  const told = stage.told.at(-1);
  if (told?.type !== "pickup.checked") throw new Error("no answer");
  return Object.fromEntries(told.checks.map(({ check, verdict, reasons }) => [check, reasons[0]?.code ?? verdict]));
}

describe("pick-up", () => {
  let data: PassportData;
  beforeAll(() => {
    data = passport();
  });
  const ordered: PickupTools["order"] = async () => ({
    order: { orderId: "00000000-0000-4000-8000-000000000000", at: "2026-11-20T10:00:00Z" },
    checks: [{ check: "portrait", verdict: "passed", reasons: [] }],
  });

  test("the holder's own: what was proved, ordered and compared passes; a face that was not taken is not a yes", async () => {
    expect(await answers(await afterReading(data, 61), ordered)).toEqual({
      proof: "passed",
      genuine: "passed",
      data: "passed",
      order: "passed",
      face: "issue/face-not-taken",
      finger: "passed",
    });
  });

  test("a chip with another's print, or that was not ordered so, is not handed over", async () => {
    const otherwise: PickupTools["order"] = async () => ({
      order: { orderId: "00000000-0000-4000-8000-000000000000", at: "2026-11-20T10:00:00Z" },
      checks: [
        { check: "portrait", verdict: "passed", reasons: [] },
        {
          check: "prints",
          verdict: "failed",
          reasons: [{ code: "issue/data-group-differs", details: { dataGroup: "DG3" } }],
        },
      ],
    });
    expect(await answers(await afterReading(data, 12), otherwise)).toMatchObject({
      proof: "passed",
      order: "issue/data-group-differs",
      finger: "prints/differ",
    });
  });

  test("a copy, whose chip has not the keys that were signed, is told from the real one, and gives no prints", async () => {
    const copy = { ...data, chipKeys: passport().chipKeys };
    const told = await answers(await afterReading(copy, 61), ordered);
    expect([told.proof, told.genuine, told.finger]).toEqual([
      "passed",
      expect.stringMatching(/^proof\/(active|chip)-authentication-wrong$/),
      "inspection/refused",
    ]);
  });

  test("without a link, and where nothing was ordered, it was not compared, and says why", async () => {
    const stage = await afterReading(data, 61);
    const silent = () => Promise.reject(new KabinaError("pickup/order-unreachable", { reason: "outbox/link-cut" }));
    expect((await answers(stage, silent)).order).toBe("pickup/order-unreachable");
    expect((await answers(stage, async () => ({ order: null, checks: [] }))).order).toBe("pickup/order-unknown");
  });
});
