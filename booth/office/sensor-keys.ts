/** The keys of a demonstration's simulated sensors: a folder for each, as each real sensor would have a chip of its own. */
import { join } from "node:path";
import { sensorFolder, signingSensors } from "../../crypto/authority/sensor-folder.ts";
import type { RandomBytes } from "../../crypto/environment.ts";
import { listKeys, openKeyStore } from "../../crypto/keys/open-store.ts";
import type { placeSecrets } from "../../crypto/keys/place-secrets.ts";
import { exists } from "../../crypto/keys/private-file.ts";
import type { SensorKeys } from "../../devices/simulator/signed-sensor.ts";

/** @param folder `<data>/booth`. A sensor without a key there signs nothing. */
export async function simulatedSensorKeys(
  folder: string,
  secrets: ReturnType<typeof placeSecrets>,
  random: RandomBytes,
): Promise<SensorKeys> {
  const keys: Record<string, SensorKeys[keyof SensorKeys]> = {};
  for (const kind of signingSensors) {
    const place = sensorFolder(folder, kind);
    if (!(await exists(join(place, "store.json")))) continue;
    const chain = (await listKeys(place)).find(
      ({ purpose, state }) => purpose === "sensor-capture" && state === "current",
    )?.chain;
    const serial = chain?.[0]?.commonName;
    if (!chain || serial === undefined) continue;
    keys[kind] = {
      serial,
      certificates: chain.map(({ der }) => Buffer.from(der).toString("base64")),
      open: async () => (await openKeyStore(place, secrets, random)).load("sensor-capture"),
    };
  }
  return keys;
}
