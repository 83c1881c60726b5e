/**
 * Whose captures these are: each still and print against what its sensor signed of it, the sensor's certificate as of the time of capture,
 * the hot-list, and the devices that the booth's profile allowed then.
 */
import { decodeGrey } from "../../biometrics/image/codec.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { captureDigest, readCapture, readDevice } from "../../crypto/device/capture.ts";
import { DeviceIdentity, DeviceKind, isMeant } from "../../crypto/device/device.ts";
import { hotListed } from "../../crypto/device/hot-list.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import { clockToleranceMs, judgedAt, standingOf, type TimeBounds } from "../../crypto/package/time-bounds.ts";
import type { StoredCheck } from "../store/cases.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Doubt } from "./seal-time.ts";
import { checksOf, type StageInput } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("device");
const name = "device/trust";
/** Kinds whose captures a sensor signs: what is drawn on the booth's own screen, and the chip, have proofs of their own. */
const sensorKinds: readonly string[] = ["camera", "fingerprint"];

export interface DeviceJudgement {
  readonly check: StoredCheck;
  /** Every device of the session, as it is known for sure: certificates only where they were proved. */
  readonly devices: readonly DeviceIdentity[];
  readonly doubts: readonly Doubt[];
  /** Numbers of the staff who confirmed something at the booth. */
  readonly staff: readonly string[];
}

type Device = Enrolment["devices"][number];
/** What became of one capture: `signed by …`, `no certificate`, or the code that says why not. */
interface Verdict {
  readonly part: string;
  readonly text: string;
  readonly code: string | null;
}

export async function judgeDevices(
  input: StageInput,
  bounds: TimeBounds,
  known: Knowledge,
  anchors: readonly Certificate[],
): Promise<DeviceJudgement> {
  const enrolment = await input.enrolment();
  if (!enrolment) return { check: notChecked(name, "review/record-unreadable"), devices: [], doubts: [], staff: [] };
  const at = judgedAt(bounds);
  const doubts: Doubt[] = [];
  const hotList = await known.hotList();
  const allowed = known.allowedDevices(input.package.booth, at);
  const faults = new Map<string, string>();
  const identities = enrolment.devices.map((device) => {
    const { identity, certificate, code } = identify(device, anchors, at);
    const serial = identity.serial ?? device.name;
    if (code !== null) faults.set(serial, code);
    const revokedSince = certificate && known.revokedSince(certificate);
    if (certificate && revokedSince) {
      const standing = standingOf(bounds, revokedSince);
      if (standing !== "believed") {
        faults.set(serial, "review/device-revoked");
        doubts.push({ cause: "sensor", subject: certificate.serialHex, since: revokedSince.toISOString(), standing });
      }
    }
    const listed = hotList && hotListed(hotList, identity, at);
    if (listed) {
      const standing = standingOf(bounds, new Date(listed.since));
      faults.set(serial, "review/device-hot-listed");
      if (standing !== "believed")
        doubts.push({ cause: "hot-list", subject: listed.id, since: listed.since, standing });
    }
    if (allowed !== null && device.driver !== "screen" && !allowed.some((pattern) => isMeant(pattern, identity)))
      faults.set(serial, "review/device-not-bound");
    return { identity, certificate, serial };
  });
  const staff = [...new Set(enrolment.fingers.flatMap(({ exception }) => exception?.approvedBy ?? []))];
  for (const one of staff) {
    const since = known.staffDoubtedSince(one);
    const standing = since && standingOf(bounds, since);
    if (since && standing && standing !== "believed")
      doubts.push({ cause: "operator", subject: one, since: since.toISOString(), standing });
  }
  const verdicts: Verdict[] = [];
  for (const { part, kind } of capturesOf(enrolment)) verdicts.push(await judge(part, kind));
  return { check: checkOf(verdicts, faults), devices: identities.map(({ identity }) => identity), doubts, staff };

  async function judge(part: string, kind: string): Promise<Verdict> {
    const signed = enrolment!.captures?.find((capture) => capture.part === part);
    if (!signed) {
      const promised = identities.find(({ identity, certificate }) => identity.kind === kind && certificate);
      if (promised) return { part, text: "review/capture-unsigned", code: "review/capture-unsigned" };
      return { part, text: "no certificate", code: null };
    }
    try {
      const certificates = enrolment!.captureCertificates?.[signed.certificates] ?? [];
      const device = readDevice(certificates, { anchors, at });
      const own = identities.find(({ identity }) => identity.certificateSha256 === device.sha256);
      const content = await contentOf(part, kind, input);
      const context = input.package.manifest.sessionId;
      const said = readCapture(signed, device, { content, context });
      const fault = own ? faults.get(own.serial) : "review/device-not-bound";
      if (fault) return { part, text: fault, code: fault };
      if (said.device.kind !== kind) return { part, text: "capture/other-device", code: "capture/other-device" };
      // Its clock is the booth's, or its own: that it signed within the session is held against the session's own times.
      const [from, to] = [Date.parse(enrolment!.startedAt), Date.parse(enrolment!.finishedAt)];
      const taken = Date.parse(said.at);
      if (taken < from - clockToleranceMs || taken > to + clockToleranceMs)
        return { part, text: "review/capture-time", code: "review/capture-time" };
      return { part, text: `signed by ${said.device.serial}`, code: null };
    } catch (error) {
      if (!isCoded(error)) throw error;
      return { part, text: error.code, code: error.code };
    }
  }
}

function identify(
  device: Device,
  anchors: readonly Certificate[],
  at: Date,
): { readonly identity: DeviceIdentity; readonly certificate: Certificate | null; readonly code: string | null } {
  const kind = DeviceKind.safeParse(device.kind).data ?? "scanner";
  const { maker = null, model = null, serial, certificates = [] } = device;
  const label = (text: string | null | undefined) => (text ? text.slice(0, 128) : null);
  const identity = { kind, maker: label(maker), model: label(model), serial: label(serial), certificateSha256: null };
  if (certificates.length === 0) return { identity, certificate: null, code: null };
  try {
    const certificate = readDevice(certificates, { anchors, at });
    const named = DeviceIdentity.parse({ ...identity, certificateSha256: certificate.sha256 });
    return { identity: named, certificate, code: null };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { identity, certificate: null, code: error.code };
  }
}

/** The stills and prints that are in the package, and the kind of device that each must come from. */
function capturesOf({ portrait, fingers }: Enrolment): { readonly part: string; readonly kind: string }[] {
  const chosen = portrait.cut == null ? "portrait" : "portrait-still";
  const stills = portrait.candidates.flatMap(({ part }) =>
    part === null ? [] : [part === "portrait" ? chosen : part],
  );
  const prints = fingers.flatMap(({ part }) => part ?? []);
  return [
    ...stills.map((part) => ({ part, kind: "camera" })),
    ...prints.map((part) => ({ part, kind: "fingerprint" })),
  ].filter(({ kind }) => sensorKinds.includes(kind));
}

async function contentOf(part: string, kind: string, input: StageInput): Promise<string> {
  const bytes = (await input.part(part)) ?? new Uint8Array(0);
  return captureDigest(
    kind === "fingerprint" && bytes.length > 0 ? await decodeGrey(bytes, { ppi: PRINT_PPI }) : bytes,
  );
}

/** What prints in packages are stored at (docs/formats/package.md §11). */
const PRINT_PPI = 500;

/** One line a capture; the whole fails with the first that fails, and is open where a device has no certificate. */
function checkOf(verdicts: readonly Verdict[], faults: ReadonlyMap<string, string>): StoredCheck {
  const measures = Object.fromEntries(verdicts.map(({ part, text }) => [part, text]));
  const broken = verdicts.find(({ code }) => code !== null)?.code ?? [...faults.values()][0];
  if (broken) return failed(name, broken, measures);
  const bare = verdicts.some(({ text }) => text === "no certificate");
  return bare || verdicts.length === 0
    ? notChecked(name, "review/device-uncertified", measures)
    : passed(name, measures);
}
