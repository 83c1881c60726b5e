/** One call that gives the booth all its devices, watched over: real ones, or those of a synthetic person. */
import { join } from "node:path";
import type { Clock, RandomBytes } from "../crypto/environment.ts";
import { type BrowserCamera, browserCamera } from "./camera/browser.ts";
import { ffmpegCameras } from "./camera/ffmpeg.ts";
import { fileSensors } from "./fingerprint/files.ts";
import { libfprintSensors } from "./fingerprint/libfprint.ts";
import type { DeviceDriver, DeviceEvent, DeviceHealth, DeviceInfo, DeviceKind } from "./port.ts";
import { cupsPrinters } from "./printer/cups.ts";
import { type ScreenPrinter, screenPrinter } from "./printer/screen.ts";
import { DeviceRegistry } from "./registry.ts";
import { type ScreenScanner, screenScanner } from "./scanner/screen.ts";
import { type ScreenPad, screenPad } from "./signature/screen.ts";
import { simulatedCamera } from "./simulator/camera.ts";
import type { FaultPlan } from "./simulator/fault-plan.ts";
import { type SimulatedPassport, simulatedPassport } from "./simulator/passport.ts";
import { Plug } from "./simulator/plug.ts";
import { simulatedPad } from "./simulator/signature.ts";
import { pcscReaders } from "./smartcard/pcsc.ts";
import { type HealthEntry, SupervisedDevice } from "./supervisor.ts";

export interface DevicesConfig {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** A synthetic person's folder (`kabina person make`): its camera, fingers, passport and pen are simulated. Left out: real devices. */
  readonly person?: string;
  /** What goes wrong with the simulated devices; only with `person`. */
  readonly faults?: FaultPlan;
  /**
   * Where the simulated passport lies: on a virtual reader of a private pcscd (`pcscd`), or on a reader in this process (`in-process`).
   * Left out: pcscd where it can run, else in this process.
   */
  readonly reader?: "pcscd" | "in-process";
}

/** One line of the status page. */
export interface DeviceStatus {
  readonly kind: DeviceKind;
  readonly info: DeviceInfo | null;
  readonly health: DeviceHealth;
  readonly history: readonly HealthEntry[];
}

/** Pulls and plugs simulated devices while the booth runs: for the demonstration, for tests and for training. */
export interface Simulation {
  readonly passport: SimulatedPassport;
  readonly plugs: Readonly<Record<"camera" | "fingerprint", Plug>>;
}

export interface Devices {
  readonly camera: SupervisedDevice<"camera">;
  /** The person's own browser as a camera, beside the booth's. */
  readonly browser: SupervisedDevice<"camera">;
  readonly fingerprint: SupervisedDevice<"fingerprint">;
  readonly smartcard: SupervisedDevice<"smartcard">;
  readonly scanner: SupervisedDevice<"scanner">;
  readonly signature: SupervisedDevice<"signature">;
  readonly printer: SupervisedDevice<"printer">;
  /** Where the booth's API pushes what the screen sends. */
  readonly screen: {
    readonly camera: BrowserCamera;
    readonly scanner: ScreenScanner;
    readonly pad: ScreenPad;
    readonly printer: ScreenPrinter;
  };
  /** Null with real devices. */
  readonly simulation: Simulation | null;
  /** What every device is doing, the browser's camera left out. */
  status(): readonly DeviceStatus[];
  /** Every event of every device; returns the function that stops it. */
  on(listener: (kind: DeviceKind, event: DeviceEvent) => void): () => void;
  /** Closes everything and ends every process that was started. */
  close(): Promise<void>;
}

/**
 * Opens the devices. Returns at once; devices come up one by one and say so (`on`, `status`). A device that is missing, hangs or goes
 * away never keeps the booth from running.
 */
export function openDevices(config: DevicesConfig): Devices {
  const { clock } = config;
  const screen = {
    camera: browserCamera(clock),
    scanner: screenScanner(clock),
    pad: screenPad(clock),
    printer: screenPrinter(clock),
  };
  const simulated = config.person === undefined ? null : simulatedPerson(config, config.person);
  const drivers: readonly DeviceDriver[] = [
    ...(simulated?.drivers ?? realDrivers(clock)),
    screen.scanner,
    screen.pad,
    screen.printer,
  ];
  const registry = new DeviceRegistry({ drivers });
  const browserRegistry = new DeviceRegistry({ drivers: [screen.camera] });
  const supervise = <Kind extends DeviceKind>(kind: Kind, from = registry) =>
    new SupervisedDevice({ kind, registry: from, clock });
  const booth = {
    camera: supervise("camera"),
    fingerprint: supervise("fingerprint"),
    smartcard: supervise("smartcard"),
    scanner: supervise("scanner"),
    signature: supervise("signature"),
    printer: supervise("printer"),
  };
  const browser = supervise("camera", browserRegistry);
  const all = [...Object.values(booth), browser];
  for (const device of all) device.start();
  void registry.start();
  void browserRegistry.start();
  return {
    ...booth,
    browser,
    screen,
    simulation: simulated?.simulation ?? null,
    status: () =>
      Object.values(booth).map((device) => ({
        kind: device.kind,
        info: device.info,
        health: device.health(),
        history: device.history(),
      })),
    on: (listener) => {
      const forget = Object.values(booth).map((device) => device.on((event) => listener(device.kind, event)));
      return () => {
        for (const stop of forget) stop();
      };
    },
    close: async () => {
      await Promise.all(all.map((device) => device.close()));
      await Promise.all([registry.close(), browserRegistry.close()]);
      await simulated?.simulation.passport.close();
    },
  };
}

function realDrivers(clock: Clock): DeviceDriver[] {
  return [ffmpegCameras({ clock }), libfprintSensors({ clock }), pcscReaders({ clock }), cupsPrinters({ clock })];
}

function simulatedPerson(config: DevicesConfig, folder: string): { drivers: DeviceDriver[]; simulation: Simulation } {
  const { clock, faults = {} } = config;
  const plugs = { camera: new Plug(faults.open?.camera), fingerprint: new Plug(faults.open?.fingerprint) };
  const live = join(folder, "face", "live.mjpeg");
  const hasCameraFaults = (faults.camera ?? []).length > 0 || faults.open?.camera !== undefined;
  const played = simulatedCamera({ clock, file: live, plug: plugs.camera, faults: faults.camera ?? [] });
  const passport = simulatedPassport({
    clock,
    random: config.random,
    folder: join(folder, "passport"),
    faults: faults.smartcard ?? [],
    ...(faults.open?.smartcard === undefined ? {} : { openFault: faults.open.smartcard }),
    ...(config.reader === undefined ? {} : { reader: config.reader }),
  });
  const fingers = fileSensors({
    clock,
    folder: join(folder, "fingers"),
    plug: plugs.fingerprint,
    faults: faults.fingerprint ?? [],
  });
  const drivers: DeviceDriver[] = [
    // Through ffmpeg as a real camera would come; a plan of faults, or a machine without ffmpeg, needs the player.
    ...(hasCameraFaults ? [] : [ffmpegCameras({ clock, files: [live], v4l2: false })]),
    played,
    fingers,
    passport.driver,
    simulatedPad(clock, join(folder, "signature.json")),
  ];
  return { drivers, simulation: { passport, plugs } };
}
