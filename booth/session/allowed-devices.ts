/** The officers' policy may bind a kind of device to drivers: with another one connected, no session begins. */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import type { DeviceInfo, DeviceKind } from "../../devices/port.ts";

export function deviceProblem(
  devices: Readonly<Record<DeviceKind, { readonly info: DeviceInfo | null }>>,
  allowed: SessionPolicy["devices"],
): KabinaError | null {
  for (const [kind, drivers] of Object.entries(allowed)) {
    const driver = devices[kind as DeviceKind].info?.driver;
    if (driver !== undefined && !drivers.includes(driver))
      return new KabinaError("device/not-allowed", { kind, driver });
  }
  return null;
}
