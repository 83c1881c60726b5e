/** Stands for a booth: holds a synthetic person's devices open, each in use, until it is killed. Argument: the person's folder. */
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { openDevices } from "../../devices/open.ts";

const devices = openDevices({ clock: systemClock, random: systemRandom, person: process.argv[2]!, reader: "pcscd" });
const camera = await devices.camera.ready({ timeoutMs: 60_000 });
const reader = await devices.smartcard.ready({ timeoutMs: 60_000 });
await reader.connect();
const frames = camera.preview()[Symbol.asyncIterator]();
await frames.next();
process.send?.("in use");
for (;;) await frames.next();
