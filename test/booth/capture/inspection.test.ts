/** What would be lost: prints read with a certificate that is over, prints left on a chip for a reason that nobody is told, or a stop of the whole reading because of them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { pictureOfGrey } from "../../../biometrics/records/recorded-picture.ts";
import { chipLoop } from "../../../booth/capture/chip-loop.ts";
import type { BoothDevices } from "../../../booth/capture/devices.ts";
import { type Inspection, InspectionDesk, inspectionStatus } from "../../../booth/capture/inspection.ts";
import { readZone } from "../../../booth/capture/zone.ts";
import { catalogue } from "../../../crypto/errors/catalogue.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";
import type { CardChannel } from "../../../mrtd/card/channel.ts";
import { composeDg3 } from "../../../mrtd/lds/prints.ts";
import { parseMrz } from "../../../mrtd/mrz/parse.ts";
import { passportFeatures } from "../../../mrtd/synthetic/features.ts";
import { makePassport, type PassportData } from "../../../mrtd/synthetic/passport.ts";
import { issueTerminal, makeTerminalRoot, terminalIdentity } from "../../../mrtd/synthetic/terminals.ts";
import { keepUtopianTerminal } from "../../../mrtd/synthetic/utopian-terminal.ts";
import { openVirtualChannel } from "../../../mrtd/virtual/channel.ts";
import { VirtualPassport } from "../../../mrtd/virtual/passport.ts";
import { FakeStage } from "../fake-stage.ts";
import { at, begun, send, specimenLines, way } from "../session/sample-events.ts";

const day = 86_400_000;
const source = { clock: systemClock, random: systemRandom };
const root = makeTerminalRoot({ ...source, name: "HOME" });
const foreign = makeTerminalRoot({ ...source, name: "AWAY" });
const now = () => systemClock.now();

describe("the inspection certificate of a booth", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kabina-inspection-"));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));
  const give = async (options: { access?: number; expiration?: Date } = {}) => {
    const { certificates, key } = issueTerminal(root, { ...source, ...options });
    for (const [place, certificate] of certificates.entries())
      await writeFile(join(folder, `${place}.cvcert`), certificate);
    await writeFile(join(folder, "key.pem"), key.export({ format: "pem", type: "pkcs8" }));
  };
  const desk = () => new InspectionDesk(folder, {});

  test("is absent, covers prints, or prints and irises, or neither", async () => {
    expect((await desk().at(now())).why?.code).toBe("inspection/absent");
    expect(await desk().look()).toBeNull();
    await give({ access: 1 });
    expect(await desk().at(now())).toMatchObject({ mayRead: { prints: true, irises: false } });
    await give({ access: 3 });
    expect(await desk().at(now())).toMatchObject({ mayRead: { prints: true, irises: true } });
    await give({ access: 0 });
    expect((await desk().at(now())).why?.code).toBe("inspection/scope");
  });

  test("ends with its last day, and a new one in its place holds at once, without a restart", async () => {
    const until = new Date(Math.floor(now().getTime() / day) * day);
    await give({ expiration: until });
    const held = desk();
    expect((await held.at(now())).terminal).toBeDefined();
    const after = new Date(until.getTime() + day);
    await held.look();
    const states = [-7, -6, 0, 1].map((days) =>
      inspectionStatus(held.standing, new Date(until.getTime() + days * day)),
    );
    expect(states.map((status) => status?.state)).toEqual(["good", "ending", "ending", "ended"]);
    expect(await held.at(after)).toEqual({
      mayRead: { prints: false, irises: false },
      why: { code: "inspection/expired", details: { until: until.toISOString().slice(0, 10) } },
    });
    await give();
    expect((await held.at(after)).terminal).toBeDefined();
  });

  test("without its key, or with what is no certificate, says so and does not throw", async () => {
    await give();
    await rm(join(folder, "key.pem"));
    expect((await desk().at(now())).why).toEqual({
      code: "inspection/unusable",
      details: { reason: "mrtd/input-file" },
    });
    await writeFile(join(folder, "0.cvcert"), "rubbish");
    expect((await desk().at(now())).why?.code).toBe("inspection/unusable");
    expect(await desk().look()).toBeNull();
  });

  test("of a demonstration is kept under a passphrase, stands, and is made anew when most of its life is over", async () => {
    const passphrase = new TextEncoder().encode("a demonstration's passphrase");
    const place = join(folder, "terminal");
    const keep = (days: number) => {
      const clock = { now: () => new Date(now().getTime() + days * day), monotonic: () => 0 };
      return keepUtopianTerminal(place, { clock, random: systemRandom, passphrase });
    };
    expect((await keep(0)).made).toBe(true);
    expect([(await keep(1)).made, (await keep(19)).made, (await keep(22)).made]).toEqual([false, false, true]);
    expect((await new InspectionDesk(place, {}).at(now())).why?.details.reason).toBe("key/passphrase-missing");
    expect((await new InspectionDesk(place, { passphrase: async () => passphrase }).at(now())).terminal).toBeDefined();
  });
});

describe("the chip's prints at the chip step", () => {
  const zone = readZone(specimenLines, new Date(at)).reading!;
  let data: PassportData;
  beforeAll(() => {
    const grey = { width: 64, height: 80, ppi: 500, data: new Uint8Array(64 * 80).fill(200) };
    const prints = [2, 7].map((position) => ({ ...pictureOfGrey(grey), position }));
    data = makePassport({
      ...source,
      mrz: parseMrz(zone.lines.join("\n")),
      portrait: Buffer.from("ffd8ffe000104a46494600010100000100010000ffc0000b080050004001011100ffd9", "hex"),
      features: passportFeatures.full,
      dataGroups: { DG3: composeDg3(prints, "19794", systemRandom(16)) },
      terminalTrust: root.certificate,
    });
  });
  const read = async (inspection: Inspection, policy?: { prints: "read" | "leave"; irises: "read" | "leave" }) => {
    const chip = new VirtualPassport({ data, random: systemRandom, today: now });
    const reader = { connect: async (): Promise<CardChannel> => openVirtualChannel(chip) };
    const stage = new FakeStage(send(way.document(begun()), { type: "document.mrz", lines: specimenLines }));
    if (policy) Object.assign(stage.session.policy, { chip: policy });
    await chipLoop({
      ...source,
      devices: {
        smartcard: { current: reader, ready: async () => reader, on: () => () => {} },
      } as unknown as BoothDevices,
      csca: [],
      inspection: async () => inspection,
    })(stage);
    const told = stage.told.at(-1);
    if (told?.type !== "chip.read") throw new Error(`not read: ${JSON.stringify(told)}`);
    const { prints, files, proofs } = told.chip;
    const code = prints?.reason?.code;
    if (code) expect(catalogue).toHaveProperty([code]);
    const terminal = proofs.find(({ name }) => name === "terminal-authentication");
    return { prints, code, terminal, hasDg3: files.some(({ part }) => part === "chip-dg3"), blobs: stage.blobs };
  };
  const may = { prints: true, irises: false };
  const terminalOf = ({ certificates, key }: ReturnType<typeof issueTerminal>) => terminalIdentity(certificates, key);

  test("are read with a certificate of the document's country", async () => {
    const got = await read({ terminal: terminalOf(issueTerminal(root, source)), mayRead: may });
    expect([got.prints?.positions, got.code, got.terminal?.outcome]).toEqual([
      ["right-index", "left-index"],
      undefined,
      "passed",
    ]);
    expect(got.blobs.get("chip-dg3")).toEqual(data.files.DG3);
  });

  test("are left where the booth has no certificate, another country's, or the policy says so; the rest is read all the same", async () => {
    const absent = { mayRead: { prints: false, irises: false }, why: { code: "inspection/absent", details: {} } };
    const without = await read(absent);
    expect([without.code, without.terminal?.reasons, without.hasDg3]).toEqual([
      "inspection/absent",
      ["proof/terminal-certificate-absent"],
      false,
    ]);
    const other = await read({ terminal: terminalOf(issueTerminal(foreign, source)), mayRead: may });
    expect([other.code, other.prints?.reason?.details, other.hasDg3]).toEqual([
      "inspection/refused",
      { step: "MSE:Set DST" },
      false,
    ]);
    const own = { terminal: terminalOf(issueTerminal(root, source)), mayRead: may };
    const left = await read(own, { prints: "leave", irises: "leave" });
    expect([left.code, left.hasDg3]).toEqual(["prints/by-policy", false]);
  });
});
