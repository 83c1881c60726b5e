/**
 * The process in which a synthetic person's passport lies on the private daemon's virtual reader. A process of its own because the
 * reader may be in another network namespace, and because a chip that hangs (a planned fault) must hang nothing else.
 */
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { loadPassport } from "../../mrtd/synthetic/passport.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { serveVpcd } from "../../mrtd/virtual/vpcd.ts";
import { serve } from "../child/serve.ts";
import { pause } from "../wait.ts";
import { FaultyCard } from "./card.ts";
import type { CardFault } from "./fault-plan.ts";

/** What the parent sends first. */
export interface PassportOrders {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly faults: readonly CardFault[];
}

/** A chip that hangs does so for longer than anybody waits for an answer (`smartcardLimits.transmitTimeoutMs`). */
const SILENCE_MS = 25_000;
/** pcscd looks for cards every 400 ms; until it has seen the last one go, a new one cannot come. */
const REPLACE_MS = 700;

let orders: PassportOrders | null = null;
let card: FaultyCard | null = null;
let away: AbortController | null = null;

const notify = serve({
  load: async (given: PassportOrders) => {
    const data = await loadPassport(given.folder);
    card = new FaultyCard(
      new VirtualPassport({ data, random: systemRandom, today: () => systemClock.now() }),
      given.faults,
    );
    orders = given;
    return null;
  },
  place: async () => {
    if (card === null || orders === null || away !== null) return null;
    void lieOnReader(card, orders);
    return null;
  },
  remove: async () => {
    away?.abort();
    return null;
  },
});

async function lieOnReader(lying: FaultyCard, { host, port }: PassportOrders): Promise<void> {
  const controller = new AbortController();
  away = controller;
  let backAfterMs: number | undefined;
  const process = (apdu: Uint8Array): Uint8Array => {
    const answer = lying.answer(apdu);
    if (answer.kind === "response") {
      if (answer.delayMs > 0) sleep(answer.delayMs);
      return answer.bytes;
    }
    // A chip that hung is taken off and put back, as a person would do: nothing else wakes it.
    if (answer.kind === "silence") sleep(SILENCE_MS);
    backAfterMs = answer.kind === "silence" ? REPLACE_MS : answer.backAfterMs;
    controller.abort();
    return new Uint8Array();
  };
  const passport = { atr: lying.atr, process, reset: () => lying.reset() };
  try {
    await serveVpcd({ host, port, passport, signal: controller.signal });
  } catch (error) {
    notify("reader-gone", { reason: String(error) });
  }
  away = null;
  if (backAfterMs === undefined) return;
  await pause(Math.max(backAfterMs, REPLACE_MS));
  void lieOnReader(lying, { host, port } as PassportOrders);
}

/** Answers nothing for a while: this thread is the chip. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
