/** What would be lost: a stolen sensor that the booth goes on using, or a booth that refuses its own. */
import { expect, it } from "@jest/globals";
import { deviceRefusal } from "../../../booth/office/device-permit.ts";
import type { HotList } from "../../../crypto/device/hot-list.ts";
import type { DeviceInfo } from "../../../devices/port.ts";

const sensor: DeviceInfo = {
  ...{ id: "usb:1", kind: "fingerprint", driver: "test", name: "Acme F-10", simulated: false },
  ...{ maker: "Acme", model: "F-10", serial: "AC-1" },
};
const screen: DeviceInfo = { id: "screen", kind: "signature", driver: "screen", name: "Screen", simulated: false };
const now = new Date("2026-11-28T00:00:00Z");
const entry = { id: "one", reason: "stolen", since: "2026-11-20T00:00:00Z", until: null, note: "" } as const;
const list = (devices: HotList["entries"][number]["devices"]): HotList => ({
  ...{ format: "kabina-hot-list/1", issuedAt: "2026-11-21T00:00:00Z", expires: "2026-11-22T00:00:00Z" },
  entries: [{ ...entry, devices }],
});

it("refuses what is on the hot-list, also an old one, and what the profile does not name; never the booth's own screen", () => {
  const code = (info: DeviceInfo, ...rest: [HotList | undefined, Parameters<typeof deviceRefusal>[2]]) =>
    deviceRefusal(info, ...rest, now)?.code ?? null;
  expect(code(sensor, undefined, null)).toBeNull();
  expect(code(sensor, list({ maker: "acme" }), null)).toBe("device/hot-listed");
  expect(code(sensor, list({ serial: "AC-2" }), null)).toBeNull();
  expect(code(sensor, undefined, [{ kind: "fingerprint", maker: "Acme" }])).toBeNull();
  expect(code(sensor, undefined, [{ kind: "fingerprint", maker: "Other" }])).toBe("device/not-in-profile");
  expect(code(screen, undefined, [{ kind: "fingerprint" }])).toBeNull();
});
