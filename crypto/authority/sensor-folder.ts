/** Where the keys of a demonstration's simulated sensors lie: `<data>/booth/sensors/<kind>`, a key folder each. */
import { join } from "node:path";

/** Kinds of sensors whose captures are signed. */
export const signingSensors = ["camera", "fingerprint"] as const;
export type SigningSensor = (typeof signingSensors)[number];

export const sensorFolder = (boothFolder: string, kind: SigningSensor): string => join(boothFolder, "sensors", kind);

/** The serial number of a simulated sensor, also the name in its certificate. */
export const simulatedSerial = (boothId: string, kind: SigningSensor): string => `SIM-${kind}-${boothId}`.slice(0, 64);
