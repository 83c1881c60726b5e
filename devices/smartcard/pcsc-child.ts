/**
 * The process that hosts the pcsclite addon. Its callbacks come from threads of the addon that assert and may block while a daemon
 * restarts; here that costs only this process. Node ends it by SIGKILL and starts another.
 */
import { createRequire } from "node:module";
import type pcscFactory from "pcsclite";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { serve } from "../child/serve.ts";
import { smartcardLimits } from "../limits.ts";
import { pcscError } from "./pcsc-error.ts";

type Service = ReturnType<typeof pcscFactory>;
type Reader = Parameters<Parameters<Service["on"]>[1]>[0];

const NO_ATR = new Uint8Array(0);
/** PC/SC: the share mode and protocols that a passport reader wants. */
const SHARE_EXCLUSIVE = 1;
const PROTOCOL_T0_OR_T1 = 3;
const LEAVE_CARD = 0;
const RESET_CARD = 1;
const STATE_PRESENT = 0x20;
const STATE_MUTE = 0x200;

interface Slot {
  readonly reader: Reader;
  atr: Uint8Array | null;
  mute: boolean;
  protocol: number;
}

const slots = new Map<string, Slot>();
let service: Service | null = null;

const notify = serve({
  /** Starts watching; idempotent. Readers come as `reader` events, cards as `card` events. */
  start: async () => {
    if (service === null) service = startService();
    return null;
  },
  connect: ({ name }: { name: string }) => connect(slotOf(name)),
  transmit: ({ name, apdu }: { name: string; apdu: Uint8Array }) => transmit(slotOf(name), apdu),
  disconnect: ({ name, reset }: { name: string; reset: boolean }) => disconnect(slotOf(name), reset),
});

function loadAddon(): typeof pcscFactory {
  try {
    return createRequire(import.meta.url)("pcsclite") as typeof pcscFactory;
  } catch (error) {
    throw new KabinaError(
      "device/driver-missing",
      {
        driver: "pcsc",
        needs: "the package pcsclite",
        install: "apt-get install libpcsclite-dev build-essential && npm install pcsclite",
      },
      { cause: error },
    );
  }
}

function startService(): Service {
  const factory = loadAddon();
  let started: Service;
  try {
    started = factory();
  } catch (error) {
    throw pcscError(error, "PC/SC");
  }
  started.on("error", (error) => {
    // The daemon is gone: the addon cannot recover, the parent starts a new process.
    notify("service-down", { reason: String(error) });
  });
  started.on("reader", (reader: Reader) => watchReader(reader));
  return started;
}

function watchReader(reader: Reader): void {
  const slot: Slot = { reader, atr: null, mute: false, protocol: 0 };
  slots.set(reader.name, slot);
  notify("reader", { name: reader.name, present: true });
  reader.on("error", () => {});
  reader.on("end", () => {
    slots.delete(reader.name);
    notify("reader", { name: reader.name, present: false });
  });
  reader.on("status", (status) => {
    const present = (status.state & STATE_PRESENT) !== 0;
    slot.mute = (status.state & STATE_MUTE) !== 0;
    slot.atr = present ? new Uint8Array(status.atr ?? NO_ATR) : null;
    notify("card", { name: reader.name, atr: slot.atr, mute: slot.mute });
  });
}

function slotOf(name: string): Slot {
  const slot = slots.get(name);
  if (slot === undefined) throw new KabinaError("device/unplugged", { device: name });
  return slot;
}

function connect(slot: Slot): Promise<{ atr: Uint8Array }> {
  return new Promise((resolve, reject) => {
    const options = { share_mode: SHARE_EXCLUSIVE, protocol: PROTOCOL_T0_OR_T1 };
    slot.reader.connect(options, (error, protocol) => {
      if (error) return reject(pcscError(error, slot.reader.name));
      slot.protocol = protocol;
      resolve({ atr: slot.atr ?? NO_ATR });
    });
  });
}

function transmit(slot: Slot, apdu: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    slot.reader.transmit(Buffer.from(apdu), smartcardLimits.responseBytes, slot.protocol, (error, response) => {
      if (error) reject(pcscError(error, slot.reader.name));
      else resolve(new Uint8Array(response));
    });
  });
}

function disconnect(slot: Slot, reset: boolean): Promise<null> {
  return new Promise((resolve) => slot.reader.disconnect(reset ? RESET_CARD : LEAVE_CARD, () => resolve(null)));
}
