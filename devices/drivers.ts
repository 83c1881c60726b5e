/** Which drivers serve a configuration: those of real devices, or those of a synthetic person. */
import { join } from "node:path";
import type { Clock, RandomBytes } from "../crypto/environment.ts";
import { ffmpegCameras } from "./camera/ffmpeg.ts";
import { fileSensors } from "./fingerprint/files.ts";
import { libfprintSensors } from "./fingerprint/libfprint.ts";
import type { DeviceDriver } from "./port.ts";
import { cupsPrinters } from "./printer/cups.ts";
import { answeringPerson, type SeenScreen } from "./simulator/answering-person.ts";
import { simulatedCamera } from "./simulator/camera.ts";
import type { FaultPlan } from "./simulator/fault-plan.ts";
import { type SimulatedPassport, simulatedPassport } from "./simulator/passport.ts";
import { Plug } from "./simulator/plug.ts";
import { simulatedPad } from "./simulator/signature.ts";
import { type SensorKeys, signedDrivers } from "./simulator/signed-sensor.ts";
import { pcscReaders } from "./smartcard/pcsc.ts";

export interface DriversConfig {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** A synthetic person's folder (`kabina person make`): its camera, fingers, passport and pen are simulated. Left out: real devices. */
  readonly person?: string;
  /** The keys that simulated sensors sign their captures with; only with `person`. One that is not named signs nothing. */
  readonly sensorKeys?: SensorKeys;
  /** What the synthetic person sees of the kiosk screen; left out, or null: nothing that they would answer. Only with `person`. */
  readonly sees?: () => SeenScreen | null;
  /** What goes wrong with the simulated devices; only with `person`. */
  readonly faults?: FaultPlan;
  /**
   * Where the simulated passport lies: on a virtual reader of a private pcscd (`pcscd`), or on a reader in this process (`in-process`).
   * Left out: pcscd where it can run, else in this process.
   */
  readonly reader?: "pcscd" | "in-process";
  /** The image file (JPEG or PNG) in which a page scanner's own program leaves the page on the glass. */
  readonly scannerFile?: string;
}

/** Where scanned pages appear: the named file, or the page that lies in a synthetic person's folder. */
export function pageFiles({ person, scannerFile }: DriversConfig): readonly string[] {
  if (scannerFile !== undefined) return [scannerFile];
  return person === undefined ? [] : [join(person, "passport", "page.jpg")];
}

/** Pulls and plugs simulated devices while the booth runs: for the demonstration, for tests and for training. */
export interface Simulation {
  readonly passport: SimulatedPassport;
  readonly plugs: Readonly<Record<"camera" | "fingerprint", Plug>>;
}

export interface Drivers {
  /** In the order of preference within each kind. */
  readonly drivers: readonly DeviceDriver[];
  /** Null with real devices. Its passport must be closed after the drivers. */
  readonly simulation: Simulation | null;
}

export function driversFor(config: DriversConfig): Drivers {
  if (config.person !== undefined) return simulatedPerson(config, config.person);
  const { clock } = config;
  const drivers = [
    ffmpegCameras({ clock }),
    libfprintSensors({ clock }),
    pcscReaders({ clock }),
    cupsPrinters({ clock }),
  ];
  return { drivers, simulation: null };
}

function simulatedPerson(config: DriversConfig, folder: string): Drivers {
  const { clock, random, faults = {} } = config;
  const plugs = { camera: new Plug(faults.open?.camera), fingerprint: new Plug(faults.open?.fingerprint) };
  const live = join(folder, "face", "live.mjpeg");
  const hasCameraFaults = (faults.camera ?? []).length > 0 || faults.open?.camera !== undefined;
  const passport = simulatedPassport({
    clock,
    random,
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
  const signed = signedDrivers(config.sensorKeys ?? {}, clock);
  const camera = (driver: DeviceDriver<"camera">) =>
    signed.camera(answeringPerson(driver, folder, clock, config.sees ?? (() => null)));
  const drivers: DeviceDriver[] = [
    // Through ffmpeg as a real camera would come; a plan of faults, or a machine without ffmpeg, needs the player.
    ...(hasCameraFaults ? [] : [camera(ffmpegCameras({ clock, files: [live], v4l2: false }))]),
    camera(simulatedCamera({ clock, file: live, plug: plugs.camera, faults: faults.camera ?? [] })),
    signed.fingerprint(fingers),
    passport.driver,
    simulatedPad(clock, join(folder, "signature.json")),
  ];
  return { drivers, simulation: { passport, plugs } };
}
