/** The synthetic person's passport on a reader: the real pcscd with a virtual reader where it can run, a reader in this process elsewhere. */
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { loadPassport } from "../../mrtd/synthetic/passport.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import type { DeviceDriver, DeviceInfo, WaitOptions } from "../port.ts";
import { pcscReaders } from "../smartcard/pcsc.ts";
import { FaultyCard } from "./card.ts";
import { CardTray, simulatedReader } from "./card-reader.ts";
import type { CardFault, FaultPlan } from "./fault-plan.ts";
import { putPassportOnReader } from "./passport-process.ts";
import { Plug } from "./plug.ts";

export interface SimulatedPassport {
  readonly driver: DeviceDriver<"smartcard">;
  /** Which of the two is in use; null until the first device has been looked for. */
  readonly reader: "pcscd" | "in-process" | null;
  /** Lays the passport on the reader (it lies there from the start). */
  place(): Promise<void>;
  remove(): Promise<void>;
  close(): Promise<void>;
}

export interface SimulatedPassportOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Of a synthetic person: `passport/`. */
  readonly folder: string;
  readonly faults: readonly CardFault[];
  readonly openFault?: NonNullable<NonNullable<FaultPlan["open"]>["smartcard"]>;
  readonly reader?: "pcscd" | "in-process";
}

/** What either way of simulating gives. */
interface Table {
  readonly reader: "pcscd" | "in-process";
  readonly driver: DeviceDriver<"smartcard">;
  /** Resolves when what carries it is gone. */
  readonly gone: Promise<void>;
  place(): Promise<void>;
  remove(): Promise<void>;
  close(): Promise<void>;
}

export function simulatedPassport(options: SimulatedPassportOptions): SimulatedPassport {
  let setting: Promise<Table> | null = null;
  let set: Table | null = null;
  let closed = false;
  const table = async (): Promise<Table> => {
    setting ??= setTable(options);
    set = await setting.catch((error: unknown) => {
      setting = null;
      throw error;
    });
    if (closed) await set.close();
    return set;
  };
  /** A daemon that died is cleared away; the next look sets the table again. */
  const clear = async (broken: Table) => {
    if (closed || set !== broken) return;
    setting = null;
    set = null;
    tell(watching);
    await broken.close();
  };
  const watching = new Set<() => void>();
  const driver: DeviceDriver<"smartcard"> = {
    kind: "smartcard",
    name: "simulated passport",
    list: async (wait?: WaitOptions): Promise<readonly DeviceInfo[]> => {
      const before = set;
      const now = await table();
      const { driver: inner } = now;
      if (before === null) {
        inner.watch?.(() => tell(watching), stop.signal);
        void now.gone.then(() => clear(now));
      }
      // The virtual reader has two slots; the passport lies on the first.
      return (await inner.list(wait)).slice(0, 1);
    },
    open: async (id, wait) => (await table()).driver.open(id, wait),
    watch: (changed, signal) => {
      watching.add(changed);
      signal.addEventListener("abort", () => watching.delete(changed), { once: true });
    },
  };
  const stop = new AbortController();
  return {
    driver,
    get reader() {
      return set?.reader ?? null;
    },
    place: async () => (await table()).place(),
    remove: async () => (await table()).remove(),
    close: async () => {
      closed = true;
      stop.abort();
      await (await setting?.catch(() => null))?.close();
    },
  };
}

const tell = (listeners: ReadonlySet<() => void>) => {
  for (const listener of [...listeners]) listener();
};

async function setTable(options: SimulatedPassportOptions): Promise<Table> {
  if (options.reader === "in-process" || options.openFault !== undefined) return inProcess(options);
  try {
    return await onDaemon(options);
  } catch (error) {
    if (options.reader === "pcscd") throw error;
    return inProcess(options);
  }
}

async function onDaemon({ clock, folder, faults }: SimulatedPassportOptions): Promise<Table> {
  const passport = await putPassportOnReader(folder, faults);
  const driver = pcscReaders({ clock, socket: passport.socket, simulated: true });
  return {
    reader: "pcscd",
    driver,
    gone: passport.gone,
    place: passport.place,
    remove: passport.remove,
    close: async () => {
      await driver.close();
      await passport.close();
    },
  };
}

async function inProcess(options: SimulatedPassportOptions): Promise<Table> {
  const data = await loadPassport(options.folder);
  const card = new FaultyCard(
    new VirtualPassport({ data, random: options.random, today: () => options.clock.now() }),
    options.faults,
  );
  const tray = new CardTray();
  tray.place(card);
  const driver = simulatedReader({ clock: options.clock, plug: new Plug(options.openFault), tray });
  return {
    reader: "in-process",
    driver,
    gone: new Promise(() => {}),
    place: async () => tray.place(card),
    remove: async () => tray.remove(),
    close: async () => {},
  };
}
