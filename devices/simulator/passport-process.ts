/** A private reader daemon with a synthetic passport on its virtual reader: started, watched and ended together. */
import { ChildHost } from "../child/host.ts";
import { type PrivateDaemon, startPrivateDaemon } from "../smartcard/private-daemon.ts";
import type { CardFault } from "./fault-plan.ts";
import type { PassportOrders } from "./passport-child.ts";

export interface PassportOnReader {
  /** The daemon's socket for the PC/SC driver. */
  readonly socket: string;
  place(): Promise<void>;
  remove(): Promise<void>;
  /** Resolves when the daemon or the passport's process is gone, whatever the reason. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
}

const ORDER_MS = 10_000;
/** A planned fault may keep the chip silent for long; only then does this process count as hung. */
const SILENT_MS = 300_000;

/** Rejects as `startPrivateDaemon` does, or when the folder holds no passport. */
export async function putPassportOnReader(folder: string, faults: readonly CardFault[]): Promise<PassportOnReader> {
  const daemon = await startPrivateDaemon();
  const host = startChild(daemon);
  const order = async (method: string, params: unknown) => {
    await host.request(method, params, { timeoutMs: ORDER_MS });
  };
  const close = async () => {
    await host.end();
    await daemon.close();
  };
  const orders: PassportOrders = { folder, host: daemon.host, port: daemon.port, faults };
  try {
    await order("load", orders);
    await order("place", null);
  } catch (error) {
    await close();
    throw error;
  }
  const gone = Promise.race([daemon.gone, host.ended.then(() => {})]);
  return { socket: daemon.socket, gone, place: () => order("place", null), remove: () => order("remove", null), close };
}

const startChild = (daemon: PrivateDaemon) =>
  new ChildHost({
    script: new URL("./passport-child", import.meta.url),
    caller: import.meta.url,
    device: "virtual passport",
    through: daemon.enter,
    pingAnswerMs: SILENT_MS,
  });
