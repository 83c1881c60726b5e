/** Which devices the booth may use: those of its profile, and none that is on the hot-list now. */
import { type DevicePattern, isMeant } from "../../crypto/device/device.ts";
import { type HotList, hotListed } from "../../crypto/device/hot-list.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type DeviceInfo, identityOf } from "../../devices/port.ts";

/** Why a device must not be used; null of one that may. `allowed` null: any. What the screen itself is needs no permission. */
export function deviceRefusal(
  info: DeviceInfo,
  hotList: HotList | undefined,
  allowed: readonly DevicePattern[] | null,
  now: Date,
): KabinaError | null {
  const device = identityOf(info);
  const listed = hotList && hotListed(hotList, device, now);
  if (listed)
    return new KabinaError("device/hot-listed", { device: info.name, entry: listed.id, reason: listed.reason });
  if (allowed === null || info.driver === OWN_SCREEN || allowed.some((pattern) => isMeant(pattern, device)))
    return null;
  return new KabinaError("device/not-in-profile", { device: info.name, kind: info.kind });
}

const OWN_SCREEN = "screen";
