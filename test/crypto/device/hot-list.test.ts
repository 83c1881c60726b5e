/** What would be lost: a stolen sensor goes on capturing because the list does not mean it, or an honest one is refused in its place. */
import { describe, expect, it } from "@jest/globals";
import type { DeviceIdentity } from "../../../crypto/device/device.ts";
import { decodeHotList, type HotList, type HotListEntry, hotListed } from "../../../crypto/device/hot-list.ts";

const device: DeviceIdentity = {
  kind: "fingerprint",
  maker: "Acme",
  model: "F-10",
  serial: "AC-000123",
  certificateSha256: "ab".repeat(32),
};
const at = (day: number) => `2026-11-${String(day).padStart(2, "0")}T00:00:00Z`;
const entry = (devices: HotListEntry["devices"], more: Partial<HotListEntry> = {}): HotListEntry => ({
  ...{ id: "one", devices, reason: "stolen", since: at(10), until: null, note: "" },
  ...more,
});
const list = (...entries: HotListEntry[]): HotList => ({
  ...{ format: "kabina-hot-list/1", issuedAt: at(1), expires: at(28), entries },
});
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe("a hot-list", () => {
  it.each<[string, HotListEntry["devices"], boolean]>([
    ["serial", { serial: " ac-000123 " }, true],
    ["another serial", { serial: "AC-000124" }, false],
    ["maker and model", { maker: "ACME", model: "f-10" }, true],
    ["maker and another model", { maker: "Acme", model: "F-11" }, false],
    ["kind", { kind: "fingerprint" }, true],
    ["another kind", { kind: "camera" }, false],
    ["certificate", { certificateSha256: "ab".repeat(32) }, true],
  ])("means devices by %s", (_what, devices, meant) => {
    expect(hotListed(list(entry(devices)), device, new Date(at(11))) !== undefined).toBe(meant);
  });

  it("means by nothing that the device does not tell", () => {
    const nameless = { ...device, maker: null, serial: null, certificateSha256: null };
    for (const devices of [{ maker: "null" }, { serial: "null" }, { certificateSha256: "ab".repeat(32) }])
      expect(hotListed(list(entry(devices)), nameless, new Date(at(11)))).toBeUndefined();
  });

  it("holds from the suspected moment until the day it ends", () => {
    const ending = list(entry({ kind: "fingerprint" }, { until: at(12) }));
    expect([9, 10, 11, 12].map((day) => hotListed(ending, device, new Date(at(day)))?.id)).toEqual([
      ...[undefined, "one", "one", undefined],
    ]);
  });

  it.each<[string, unknown]>([
    ["no JSON", Uint8Array.of(0xff)],
    ["another format", encode({ ...list(), format: "kabina-hot-list/2" })],
    ["an entry that means nobody", encode(list(entry({})))],
    ["two entries of one name", encode(list(entry({ kind: "camera" }), entry({ kind: "camera" })))],
    ["an entry that ends before it begins", encode(list(entry({ kind: "camera" }, { until: at(10) })))],
    ["a life beyond the limit", encode({ ...list(), expires: "2027-11-01T00:00:00Z" })],
    ["a member that nobody agreed on", encode({ ...list(), more: 1 })],
  ])("that is wrong is refused: %s", (_what, bytes) => {
    expect(() => decodeHotList(bytes as Uint8Array)).toThrow(expect.objectContaining({ code: "hot-list/malformed" }));
  });

  it("is read as it was written", () => {
    expect(decodeHotList(encode(list(entry({ maker: "Acme" }))))).toEqual(list(entry({ maker: "Acme" })));
  });
});
