/** One call that gives the booth all its devices, watched over: real ones, or those of a synthetic person. */
import type { KabinaError } from "../crypto/errors/kabina-error.ts";
import { type BrowserCamera, browserCamera } from "./camera/browser.ts";
import { type DriversConfig, driversFor, pageFiles, type Simulation } from "./drivers.ts";
import { ordinaryPatience } from "./guard.ts";
import { browserCameraLimits } from "./limits.ts";
import type { DeviceEvent, DeviceHealth, DeviceInfo, DeviceKind } from "./port.ts";
import { type ScreenPrinter, screenPrinter } from "./printer/screen.ts";
import { DeviceRegistry } from "./registry.ts";
import { fileScanners } from "./scanner/file.ts";
import { type ScreenScanner, screenScanner } from "./scanner/screen.ts";
import { type ScreenPad, screenPad } from "./signature/screen.ts";
import { type HealthEntry, SupervisedDevice } from "./supervisor.ts";

/** One line of the status page. */
export interface DeviceStatus {
  readonly kind: DeviceKind;
  readonly info: DeviceInfo | null;
  readonly health: DeviceHealth;
  readonly history: readonly HealthEntry[];
}

export interface Devices {
  readonly camera: SupervisedDevice<"camera">;
  /** The person's own browser as a camera, beside the booth's. */
  readonly browser: SupervisedDevice<"camera">;
  readonly fingerprint: SupervisedDevice<"fingerprint">;
  readonly smartcard: SupervisedDevice<"smartcard">;
  readonly scanner: SupervisedDevice<"scanner">;
  /** The scanner for whole pages, beside the bar-code reader. */
  readonly pages: SupervisedDevice<"scanner">;
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
  /** What is permitted has changed: every device is asked about again. */
  reconsider(): void;
  /** Closes everything and ends every process that was started. */
  close(): Promise<void>;
}

export interface DevicesConfig extends DriversConfig {
  /** Why a device must not be used, such as one on the hot-list; null of one that may. */
  readonly permit?: (info: DeviceInfo) => KabinaError | null;
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
  const { drivers, simulation } = driversFor(config);
  const registry = new DeviceRegistry({ drivers: [...drivers, screen.scanner, screen.pad, screen.printer] });
  const browserRegistry = new DeviceRegistry({ drivers: [screen.camera] });
  const permit = config.permit ?? (() => null);
  const supervise = <Kind extends DeviceKind>(kind: Kind) => new SupervisedDevice({ kind, registry, clock, permit });
  const booth = {
    camera: supervise("camera"),
    fingerprint: supervise("fingerprint"),
    smartcard: supervise("smartcard"),
    scanner: supervise("scanner"),
    signature: supervise("signature"),
    printer: supervise("printer"),
  };
  const browser = new SupervisedDevice({
    kind: "camera",
    registry: browserRegistry,
    clock,
    permit,
    patience: { ...ordinaryPatience, wakingMs: browserCameraLimits.firstFrameMs },
  });
  const pageRegistry = new DeviceRegistry({ drivers: [fileScanners({ clock, files: pageFiles(config) })] });
  const pages = new SupervisedDevice({ kind: "scanner", registry: pageRegistry, clock, permit });
  const all = [...Object.values(booth), browser, pages];
  for (const device of all) device.start();
  void registry.start();
  void browserRegistry.start();
  void pageRegistry.start();
  return {
    ...booth,
    browser,
    pages,
    screen,
    simulation,
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
    reconsider: () => {
      for (const device of all) device.reconsider();
    },
    close: async () => {
      await Promise.all(all.map((device) => device.close()));
      await Promise.all([registry.close(), browserRegistry.close(), pageRegistry.close()]);
      await simulation?.passport.close();
    },
  };
}
