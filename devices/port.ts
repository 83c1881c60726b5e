/**
 * What a driver author reads. A device of Kabina is one of six kinds; each kind is one interface below, and a driver is
 * one object that lists and opens devices of one kind. Nothing else of Kabina knows which maker's device it is.
 *
 * Rules that hold for every method here:
 * - Every wait takes an `AbortSignal`; when it aborts, the call rejects with `device/cancelled` and the device stays usable.
 * - Every failure is a `KabinaError` whose code begins with `device/` (texts: `crypto/errors/catalogue/devices.ts`).
 * - A driver never blocks the event loop. What may hang (a C library, a kernel call) lives in a child process.
 * - Captured bytes stay in memory. A driver writes no capture to disk and none to a log.
 * - `takenAt` is `Clock.monotonic()` in milliseconds.
 */
import { Certificate } from "../crypto/certificate/certificate.ts";
import type { DeviceIdentity, DeviceKind } from "../crypto/device/device.ts";
import type { AttestedCapture } from "../crypto/device/signed-capture.ts";
import type { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { SignatureStrokes } from "../crypto/package/enrolment.ts";
import type { CardChannel } from "../mrtd/card/channel.ts";

export { type DeviceKind, deviceKinds } from "../crypto/device/device.ts";

/** Which interface a kind has once it is open. */
export interface DeviceByKind {
  readonly camera: Camera;
  readonly fingerprint: FingerprintSensor;
  readonly smartcard: CardReader;
  readonly scanner: Scanner;
  readonly signature: SignaturePad;
  readonly printer: Printer;
}

/** What is known of a device before it is opened. */
export interface DeviceInfo {
  /** Same device, same id, as long as it stays plugged in: `v4l2:/dev/video0`, `pcsc:Kabina vPCD 00 00`. */
  readonly id: string;
  readonly kind: DeviceKind;
  /** The name of the driver that found it. */
  readonly driver: string;
  /** For people: the maker's name for it. */
  readonly name: string;
  /** True when no physical device is behind it; the screens and the package say so. */
  readonly simulated: boolean;
  /** Who made it, what it is called there, and its serial number, where it tells them: hot-lists and profiles name devices by these. */
  readonly maker?: string;
  readonly model?: string;
  readonly serial?: string;
  /** Its certificates, DER in base64, its own first: of a device that signs its captures. */
  readonly certificates?: readonly string[];
}

/** How hot-lists and profiles see a device. */
export function identityOf({ kind, maker, model, serial, certificates }: DeviceInfo): DeviceIdentity {
  const own = certificates?.[0];
  const certificateSha256 = own === undefined ? null : new Certificate(Buffer.from(own, "base64")).sha256;
  return { kind, maker: maker ?? null, model: model ?? null, serial: serial ?? null, certificateSha256 };
}

/**
 * - `ready`: can be used now
 * - `degraded`: works, but something is wrong (`problem` says what): a black picture, a resolution that changed
 * - `opening`: being opened, or reopened after a failure
 * - `failed`: `problem` says why; the supervisor tries again by itself
 * - `absent`: no such device is connected
 */
export type HealthState = "ready" | "degraded" | "opening" | "failed" | "absent";

export interface DeviceHealth {
  readonly state: HealthState;
  /** A catalogue code (`device/…`) with its details; null when nothing is wrong. */
  readonly problem: { readonly code: string; readonly details: KabinaError["details"] } | null;
  /** When this state began. */
  readonly since: Date;
}

/** What an open device tells without being asked. */
export type DeviceEvent =
  | { readonly type: "health"; readonly health: DeviceHealth }
  | { readonly type: "resolution-changed"; readonly width: number; readonly height: number }
  | { readonly type: "finger-placed" }
  | { readonly type: "finger-lifted" }
  | { readonly type: "card-inserted"; readonly atr: Uint8Array }
  | { readonly type: "card-removed" }
  | { readonly type: "code-scanned"; readonly code: ScannedCode };

/** What every open device has, whatever its kind. */
export interface OpenDevice {
  readonly info: DeviceInfo;
  /** A snapshot; never waits. */
  health(): DeviceHealth;
  /** Registers a listener; returns the function that removes it. */
  on(listener: (event: DeviceEvent) => void): () => void;
  /**
   * Settles once, when the device can no longer be used: with the failure that ended it (`device/unplugged`,
   * `device/hung`, …), or with null after `close()`. Never rejects.
   */
  readonly ended: Promise<KabinaError | null>;
  /** Releases the device. Pending calls reject with `device/closed`. May be called twice; never rejects. */
  close(): Promise<void>;
}

/** Every call that waits. */
export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for the person or the device, in milliseconds, before `device/timeout`. Each driver names its default. */
  readonly timeoutMs?: number;
}

/** Every call that takes a capture. */
export interface CaptureOptions extends WaitOptions {
  /** The session, 64 hexadecimal digits: a device that signs its captures signs for it. Left out: nothing is signed. */
  readonly context?: string;
}

/**
 * A driver: finds and opens devices of one kind. `list` is cheap and may be called every second. When the driver's library or
 * program is missing, `list` and `open` reject with `device/driver-missing` (what to install is in its details).
 */
export interface DeviceDriver<Kind extends DeviceKind = DeviceKind> {
  readonly kind: Kind;
  readonly name: string;
  list(options?: WaitOptions): Promise<readonly DeviceInfo[]>;
  /** Rejects with `device/absent`, `device/busy`, `device/permission`, `device/driver-missing` or `device/open-failed`. */
  open(id: string, options?: WaitOptions): Promise<DeviceByKind[Kind]>;
  /** Calls `changed` whenever `list` may give something new, until the signal aborts. A driver without it is polled. */
  watch?(changed: () => void, signal: AbortSignal): void;
  /** Releases what the driver itself holds (a shared child process). Open devices end. */
  close?(): Promise<void>;
}

// ── camera ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CameraFrame {
  /** One complete baseline or progressive JPEG image. */
  readonly jpeg: Uint8Array;
  /** Pixels, read from the JPEG's own header. */
  readonly width: number;
  readonly height: number;
  readonly takenAt: number;
  /** Counts the device's frames from 0; gaps are frames that nobody took. A preview and a still of one moment share it. */
  readonly sequence: number;
  /** What a camera that signs its captures signed of this one; never of a preview. */
  readonly signed?: AttestedCapture;
}

export interface PreviewOptions {
  readonly signal?: AbortSignal;
  /** Frames are scaled down to at most this many pixels across, never up. Default: `cameraLimits.previewWidth`. */
  readonly maxWidth?: number;
}

export interface Camera extends OpenDevice {
  readonly info: DeviceInfo & { readonly kind: "camera" };
  /**
   * Live frames until the signal aborts (then it ends without an error) or the camera fails (then it throws). A slow reader gets
   * the newest frame, never a queue of old ones. Several previews, stills and bursts may run at once.
   */
  preview(options?: PreviewOptions): AsyncIterable<CameraFrame>;
  /** The next frame that the camera takes, at its full size. */
  still(options?: CaptureOptions): Promise<CameraFrame>;
  /** `count` frames at full size, in order, far enough apart to differ (`cameraLimits.burstSpacingMs`); all or a failure. */
  burst(count: number, options?: CaptureOptions): Promise<readonly CameraFrame[]>;
}

// ── fingerprint ─────────────────────────────────────────────────────────────────────────────────────────────────────

export const fingerPositions = [
  "right-thumb",
  "right-index",
  "right-middle",
  "right-ring",
  "right-little",
  "left-thumb",
  "left-index",
  "left-middle",
  "left-ring",
  "left-little",
] as const;
export type FingerPosition = (typeof fingerPositions)[number];

/** Same shape as `GreyImage` of biometrics: one byte a pixel, 0 black (ridges) to 255 white, rows from the top. */
export interface FingerImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Pixels per inch, the same both ways. */
  readonly ppi: number;
  /** What a sensor that signs its captures signed of this one. */
  readonly signed?: AttestedCapture;
}

/** Why the sensor wants the finger again. */
export type FingerRetryReason = "too-short" | "not-centred" | "lift-and-retry" | "unclear";

export type FingerProgress =
  /** The sensor would see a finger now; told again when it wants one again. */
  | { readonly state: "waiting" }
  | { readonly state: "placed" }
  | { readonly state: "lifted" }
  | { readonly state: "retry"; readonly reason: FingerRetryReason }
  /** Only sensors with a live picture give it. */
  | { readonly state: "preview"; readonly image: FingerImage };

export interface FingerCaptureOptions extends CaptureOptions {
  /** Which finger was asked for. A plain sensor ignores it. */
  readonly finger?: FingerPosition;
  readonly onProgress?: (progress: FingerProgress) => void;
}

export interface FingerprintSensor extends OpenDevice {
  readonly info: DeviceInfo & { readonly kind: "fingerprint" };
  /** Waits for a finger and takes one image of it. One capture at a time: a second one rejects with `device/busy`. */
  capture(options?: FingerCaptureOptions): Promise<FingerImage>;
}

// ── smart card ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CardReader extends OpenDevice {
  readonly info: DeviceInfo & { readonly kind: "smartcard" };
  /** The answer to reset of the card that lies in the reader now; null without a card. */
  readonly atr: Uint8Array | null;
  /** Waits for a card; at once when one is there. Gives its answer to reset. */
  waitForCard(options?: WaitOptions): Promise<Uint8Array>;
  /** Waits until the reader is empty. */
  waitForRemoval(options?: WaitOptions): Promise<void>;
  /**
   * Connects to the card, waiting for one if need be. The channel's `transmit` rejects with `device/card-removed` when the card
   * goes, with `device/timeout` when it does not answer. One channel at a time: a second one rejects with `device/busy`.
   */
  connect(options?: WaitOptions): Promise<CardChannel>;
}

// ── scanner ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ScannedPage {
  readonly mediaType: "image/jpeg" | "image/png";
  readonly image: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly takenAt: number;
}

export interface ScannedCode {
  /** What the bar code or QR code says: printable characters only, at most `scannerLimits.codeLength`. */
  readonly text: string;
  readonly takenAt: number;
}

export interface Scanner extends OpenDevice {
  readonly info: DeviceInfo & { readonly kind: "scanner" };
  /** Which of the two calls below this device can serve; the other rejects with `device/unsupported`. */
  readonly can: { readonly page: boolean; readonly code: boolean };
  /** Takes an image of the page (the passport's data page) that lies on the glass. */
  scanPage(options?: WaitOptions): Promise<ScannedPage>;
  /** Waits for the next bar code or QR code. Codes also come as `code-scanned` events. */
  scanCode(options?: WaitOptions): Promise<ScannedCode>;
}

// ── signature ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Strokes from pen down to pen up, in order; the same shape as the sealed part (fractions of the field, milliseconds). */
export type Ink = SignatureStrokes;

export interface SignatureCaptureOptions extends WaitOptions {
  /** The signature so far, after each stroke. */
  readonly onProgress?: (ink: Ink) => void;
}

export interface SignaturePad extends OpenDevice {
  readonly info: DeviceInfo & { readonly kind: "signature" };
  /** Waits until the person has signed and said so. */
  capture(options?: SignatureCaptureOptions): Promise<Ink>;
}

// ── printer ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A slip holds no personal data: a package number and its QR code. */
export interface Slip {
  /** For the print queue and the status page. */
  readonly title: string;
  readonly pdf: Uint8Array;
}

export interface PrintResult {
  /** `screen`: kept in memory for the kiosk screen to show; `paper`: handed to the print queue. */
  readonly where: "screen" | "paper";
  /** The print queue's own number for it, or the number under which the screen fetches it. */
  readonly job: string;
}

export interface Printer extends OpenDevice {
  readonly info: DeviceInfo & { readonly kind: "printer" };
  print(slip: Slip, options?: WaitOptions): Promise<PrintResult>;
}
