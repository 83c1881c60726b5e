/** What would be lost: a print that no sensor took, an old one, or one of a stolen sensor, passes for what the person gave that day. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { decodeGrey } from "../../biometrics/image/codec.ts";
import { Authority, issuerKinds } from "../../crypto/authority/authority.ts";
import { captureDigest, signCapture } from "../../crypto/device/capture.ts";
import type { HotList } from "../../crypto/device/hot-list.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { Enrolment } from "../../crypto/package/enrolment.ts";
import type { TimeBounds } from "../../crypto/package/time-bounds.ts";
import { judgeDevices } from "../../server/pipeline/device-trust.ts";
import type { Knowledge } from "../../server/pipeline/knowledge.ts";
import type { StageInput } from "../../server/pipeline/stage.ts";
import { MemoryKeyStore, seededRandom } from "../crypto/deterministic-key.ts";
import { clockAt, issuedAt } from "../crypto/package/fixture.ts";
import { enrolmentParts } from "./enrolment-sample.ts";

const folder = await mkdtemp(join(tmpdir(), "kabina-devices-"));
afterAll(() => rm(folder, { recursive: true }));
const random = seededRandom("device-trust");
const tools = { clock: clockAt(issuedAt), random };
const open = (name: string) =>
  Authority.open(join(folder, name), new MemoryKeyStore(random), tools, { issuers: issuerKinds });
const authority = await open("ours");
const stranger = await open("stranger");

const sensorOf = async (
  of: Authority,
  serial: string,
  purpose: "sensor-capture" | "booth-identity" = "sensor-capture",
) => {
  const store = new MemoryKeyStore(random);
  const key = await store.generate(purpose);
  return store.certify(purpose, await of.issue(purpose, key, serial));
};
const camera = await sensorOf(authority, "CAM-1");
const fingers = await sensorOf(authority, "FGR-1");
const encoded = (key: PrivateKeyHandle) => key.chain.map(({ der }) => Buffer.from(der).toString("base64"));

const parts = new Map(
  (await enrolmentParts([])).map(({ name, content }) => [name, Buffer.from(content as Uint8Array)]),
);
const sessionId = "cd".repeat(32);
const captured = new Date("2026-11-21T12:00:20Z");

interface Capture {
  readonly key: PrivateKeyHandle;
  readonly kind: "camera" | "fingerprint";
  readonly serial?: string;
  readonly content?: string;
  readonly context?: string;
  readonly at?: Date;
}
const digestOf = async (part: string) => {
  const bytes = parts.get(part)!;
  return captureDigest(part.startsWith("finger-") ? await decodeGrey(bytes) : bytes);
};

/** The record of a session whose captures were signed so; `bare`: parts that nothing signs. */
async function record(changes: Partial<Record<string, Partial<Capture> | null>> = {}): Promise<Enrolment> {
  const enrolment = Enrolment.parse(JSON.parse(parts.get("enrolment")!.toString()));
  const device = (kind: string, key: PrivateKeyHandle, serial: string) => ({
    ...{ kind, name: `The ${kind}`, driver: "test", serial, maker: "Acme", model: "X", certificates: encoded(key) },
  });
  enrolment.devices = [device("camera", camera, "CAM-1"), device("fingerprint", fingers, "FGR-1")];
  enrolment.captures = [];
  enrolment.captureCertificates = [];
  for (const part of ["portrait", "finger-right-index", "finger-left-index"]) {
    if (changes[part] === null) continue;
    const usual = part === "portrait" ? { key: camera, kind: "camera" } : { key: fingers, kind: "fingerprint" };
    const { key, kind, serial, content, context, at } = { ...(usual as Capture), ...changes[part] };
    const stated = {
      device: { kind, maker: "Acme", model: "X", serial: serial ?? key.chain[0]!.commonName! },
      ...{ context: context ?? sessionId, counter: 1, at: at ?? captured, content: content ?? (await digestOf(part)) },
    };
    enrolment.captureCertificates.push(encoded(key));
    const certificates = enrolment.captureCertificates.length - 1;
    enrolment.captures.push({ part, certificates, ...(await signCapture(stated, key)) });
  }
  return Enrolment.parse(enrolment);
}

const nothing: Knowledge = {
  certificate: () => undefined,
  staffDoubtedSince: () => undefined,
  policyDoubtedSince: () => undefined,
  revokedSince: () => null,
  headHeardAt: () => undefined,
  allowedDevices: () => null,
  policies: async () => [],
  hotList: async () => null,
};
const on = (day: number) => new Date(Date.UTC(2026, 10, day));
const heard: TimeBounds = { claimed: captured, after: on(21), reckoned: captured, before: on(22) };

async function judge(enrolment: Enrolment, known: Partial<Knowledge> = {}, bounds = heard) {
  const input = {
    enrolment: async () => enrolment,
    part: async (name: string) => parts.get(name),
    package: { booth: "booth-1", manifest: { sessionId } },
  } as unknown as StageInput;
  const { check, doubts } = await judgeDevices(input, bounds, { ...nothing, ...known }, [authority.root]);
  return { status: check.status, reason: check.reason, measures: check.measures, doubts };
}

describe("captures", () => {
  it("that their sensors signed for this session are each said to be so", async () => {
    expect(await judge(await record())).toEqual({
      status: "passed",
      reason: null,
      measures: {
        portrait: "signed by CAM-1",
        "finger-right-index": "signed by FGR-1",
        "finger-left-index": "signed by FGR-1",
      },
      doubts: [],
    });
  });

  it("of devices without a certificate are not called checked, and not called wrong", async () => {
    const bare = await record({ portrait: null, "finger-right-index": null, "finger-left-index": null });
    bare.devices = bare.devices.map((device) => ({ ...device, certificates: [] }));
    expect(await judge(bare)).toMatchObject({
      status: "not-checked",
      reason: "review/device-uncertified",
      measures: { portrait: "no certificate" },
    });
  });

  it.each<[string, string, () => Promise<Enrolment>]>([
    ["one that the sensor did not sign", "review/capture-unsigned", () => record({ "finger-left-index": null })],
    ["another picture", "capture/other-content", () => record({ portrait: { content: "ab".repeat(32) } })],
    [
      "one finger's signature under the other",
      "capture/other-content",
      async () => {
        const content = await digestOf("finger-left-index");
        return record({ "finger-right-index": { content } });
      },
    ],
    ["of an earlier session", "capture/other-session", () => record({ portrait: { context: "ee".repeat(32) } })],
    ["of a day before", "review/capture-time", () => record({ portrait: { at: on(20) } })],
    ["another device's name", "capture/other-device", () => record({ portrait: { serial: "CAM-2" } })],
    ["a sensor of another kind", "capture/other-device", () => record({ portrait: { kind: "fingerprint" } })],
    [
      "a stranger's sensor",
      "certificate/issuer-unknown",
      async () => record({ portrait: { key: await sensorOf(stranger, "CAM-1") } }),
    ],
    [
      "a booth's key",
      "certificate/purpose",
      async () => record({ portrait: { key: await sensorOf(authority, "CAM-1", "booth-identity") } }),
    ],
    [
      "a sensor of ours that was not connected",
      "review/device-not-bound",
      async () => record({ portrait: { key: await sensorOf(authority, "CAM-9") } }),
    ],
    [
      "a signature that was changed",
      "capture/signature-invalid",
      async () => {
        const enrolment = await record();
        enrolment.captures![0]!.signature = enrolment.captures![1]!.signature;
        return enrolment;
      },
    ],
  ])("with %s fail as %s", async (_what, reason, make) => {
    expect(await judge(await make())).toMatchObject({ status: "failed", reason });
  });

  it("of a sensor that was taken back are judged as of the capture, and what cannot be proved is put on the list", async () => {
    const revoked = (since: Date) => ({
      revokedSince: (certificate: { sha256: string }) =>
        certificate.sha256 === fingers.chain[0]!.sha256 ? since : null,
    });
    expect(await judge(await record(), revoked(on(23)))).toMatchObject({ status: "passed", doubts: [] });
    for (const [since, standing] of [
      [new Date("2026-11-21T18:00:00Z"), "look-again"],
      [on(20), "refused"],
    ] as const) {
      const judged = await judge(await record(), revoked(since));
      expect(judged).toMatchObject({
        status: "failed",
        reason: "review/device-revoked",
        doubts: [{ cause: "sensor", standing }],
      });
      expect(judged.measures.portrait).toBe("signed by CAM-1");
    }
  });

  it("of a device on the hot-list, or outside the booth's profile, fail", async () => {
    const hotList: HotList = {
      ...{ format: "kabina-hot-list/1", issuedAt: "2026-11-01T00:00:00Z", expires: "2026-12-01T00:00:00Z" },
      entries: [
        {
          id: "stolen-1",
          devices: { serial: "FGR-1" },
          reason: "stolen",
          since: "2026-11-20T00:00:00Z",
          until: null,
          note: "",
        },
      ],
    };
    expect(await judge(await record(), { hotList: async () => hotList })).toMatchObject({
      ...{ status: "failed", reason: "review/device-hot-listed" },
      doubts: [{ cause: "hot-list", subject: "stolen-1", standing: "refused" }],
    });
    const allowed = (serial: string) => ({ allowedDevices: () => [{ kind: "camera" as const }, { serial }] });
    expect(await judge(await record(), allowed("FGR-1"))).toMatchObject({ status: "passed" });
    expect(await judge(await record(), allowed("FGR-2"))).toMatchObject({
      status: "failed",
      reason: "review/device-not-bound",
    });
  });
});
