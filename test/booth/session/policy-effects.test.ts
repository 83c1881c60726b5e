/** What the officers' policy changes at the booth; what would be lost is a policy that was signed, published, fetched, and did nothing. */
import { describe, expect, test } from "@jest/globals";
import { deviceProblem } from "../../../booth/session/allowed-devices.ts";
import { consentView } from "../../../booth/session/consent.ts";
import { newSession, takes } from "../../../booth/session/machine.ts";
import { defaultPolicy, policyDeviceKinds } from "../../../crypto/policy/session-policy.ts";
import { type DeviceKind, deviceKinds } from "../../../devices/port.ts";
import { input, send, stamp } from "./sample-events.ts";

describe("the policy", () => {
  test("names every kind of device that there is", () => {
    expect(policyDeviceKinds).toEqual(deviceKinds);
  });

  test("with one language: the booth does not change to another, and says what the enrolment costs", () => {
    const fees = [{ fromAge: 14, toAge: 151, amount: 600_000, currency: "RUB" }];
    const begun = send(newSession(input, { ...defaultPolicy, languages: ["ru"], fees }), { type: "begin" });
    expect(takes(begun, stamp({ type: "language", language: "en" }))).toBe(false);
    expect(takes(begun, stamp({ type: "language", language: "ru" }))).toBe(true);
    expect(consentView(begun.context).fees).toEqual(fees);
  });

  test("that binds a kind of device to drivers lets no session begin with another, and is silent about what is absent", () => {
    const devices = (camera: string | null) =>
      Object.fromEntries(
        deviceKinds.map((kind) => [
          kind,
          { info: kind === "camera" && camera ? { id: "1", kind, driver: camera, name: "", simulated: false } : null },
        ]),
      ) as Parameters<typeof deviceProblem>[0];
    const allowed = { camera: ["v4l2"], printer: ["cups"] } satisfies Partial<Record<DeviceKind, string[]>>;
    expect(deviceProblem(devices("v4l2"), allowed)).toBeNull();
    expect(deviceProblem(devices(null), allowed)).toBeNull();
    expect(deviceProblem(devices("other"), allowed)).toMatchObject({
      code: "device/not-allowed",
      details: { kind: "camera", driver: "other" },
    });
    expect(deviceProblem(devices("other"), {})).toBeNull();
  });
});
