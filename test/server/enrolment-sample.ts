/** A whole enrolment as parts of a package, small and invented; text fields can be given to be nasty. */
import { encodeGreyPng, encodeJpeg } from "../../biometrics/image/codec.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { type Enrolment, PART_MEDIA_TYPES } from "../../crypto/package/enrolment.ts";
import type { SealPart } from "../../crypto/package/seal.ts";

export interface SampleOptions {
  readonly surname?: string;
  readonly change?: (enrolment: Enrolment) => unknown;
  /** Pictures of the two fingers, in place of waves. */
  readonly prints?: { readonly right: Uint8Array; readonly left: Uint8Array };
}

export async function enrolmentParts(
  recipients: readonly Certificate[],
  options: SampleOptions = {},
): Promise<SealPart[]> {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString();
  const mrz = {
    documentCode: "P",
    issuer: "UTO",
    surname: options.surname ?? "ERIKSSON",
    givenNames: "ANNA MARIA",
    documentNumber: "L898902C3",
    nationality: "UTO",
    dateOfBirth: "1974-08-12",
    sex: "F" as const,
    dateOfExpiry: "2032-04-15",
    optionalData: "",
  };
  const finger = (position: "right-index" | "left-index") => ({
    position,
    part: `finger-${position}`,
    tries: [{ quality: 70, measures: [], hints: [], capturedAt: at(40) }],
    kept: 0,
    scoreMatrix: [[0]],
    forced: false,
    missing: null,
  });
  const enrolment: Enrolment = {
    version: 1,
    session: "session-1",
    startedAt: at(0),
    finishedAt: at(59),
    language: "ru",
    consent: { textVersion: "1", textSha256: "0".repeat(64), language: "ru", givenAt: at(5) },
    slip: { number: "K-1", issuedAt: at(0), entered: "typed" },
    document: {
      mrz: { lines: ["P<UTO", "L898902C3"], fields: mrz, source: "typed" },
      chip: null,
      chipSkipped: "no-chip",
      comparison: [],
    },
    portrait: {
      source: "booth",
      candidates: [{ part: "portrait", score: 80, measures: [], capturedAt: at(20), trigger: "guide" }],
      machineChoice: 0,
      personChoice: null,
      tries: 1,
      forced: false,
    },
    fingers: [finger("right-index"), finger("left-index")],
    fingerCrossMatch: [],
    signature: { part: "signature", strokes: 1, unable: null },
    exceptions: [{ code: "chip/skipped", reason: "no-chip", at: at(59) }],
    timings: [{ step: "face", ms: 20_000 }],
    devices: [],
    resumed: 0,
    software: { name: "kabina", version: "0.1.0" },
  };
  const record = options.change?.(enrolment) ?? enrolment;
  const signature = {
    aspect: 3,
    strokes: [
      [
        { x: 0.1, y: 0.5, t: 0 },
        { x: 0.9, y: 0.5, t: 400 },
      ],
    ],
  };
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const picture = await encodeJpeg({ width: 480, height: 640, data: new Uint8Array(480 * 640 * 3).fill(180) });
  const part = (name: string, kind: keyof typeof PART_MEDIA_TYPES, content: Uint8Array): SealPart => ({
    name,
    mediaType: PART_MEDIA_TYPES[kind],
    content,
    recipients,
  });
  return [
    part("enrolment", "enrolment", json(record)),
    part("portrait", "portrait", picture),
    part("finger-right-index", "finger", options.prints?.right ?? (await ridges(9))),
    part("finger-left-index", "finger", options.prints?.left ?? (await ridges(11))),
    part("signature", "signature", json(signature)),
  ];
}

/** A picture with waves of a period in pixels: enough of a finger for the code to run on. */
function ridges(period: number): Promise<Uint8Array> {
  const side = 256;
  const data = new Uint8Array(side * side);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [(i % side) - side / 2, Math.floor(i / side) - side / 2];
    data[i] = Math.hypot(x, y) > 110 ? 255 : 128 + 100 * Math.sin((2 * Math.PI * Math.hypot(x, y + 40)) / period);
  }
  return encodeGreyPng({ width: side, height: side, data, ppi: 500 });
}
