/** What a booth notices of somebody at its cabinet, its clock or its data, and tells its log and the officer. docs/formats/device.md. */
import { z } from "zod";

/** `none`: no switch is connected; `unknown`: there is one, and it does not answer, which is how a cut cable looks. */
export const CabinetState = z.enum(["closed", "open", "unknown", "none"]);
export type CabinetState = z.infer<typeof CabinetState>;

export const tamperKinds = ["cabinet-opened", "clock-jumped", "machine-changed", "keys-changed"] as const;
export type TamperKind = (typeof tamperKinds)[number];

export const TamperEvent = z.strictObject({ kind: z.enum(tamperKinds), at: z.iso.datetime() });
export type TamperEvent = z.infer<typeof TamperEvent>;

/** Events that a booth tells of with each report: the latest ones. */
export const TAMPER_EVENTS_TOLD = 8;

export const TamperReport = z.strictObject({
  cabinet: CabinetState,
  events: z.array(TamperEvent).max(TAMPER_EVENTS_TOLD),
});
export type TamperReport = z.infer<typeof TamperReport>;

/** In a booth's own log, and in the server's. */
export const TAMPERED = "booth.tampered";
/** An officer has seen to what the booth told until then. */
export const TAMPER_SEEN = "booth.tamper-seen";
