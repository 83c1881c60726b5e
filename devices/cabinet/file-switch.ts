/**
 * A cabinet's switch whose level stands in a file as 0 or 1: a GPIO line of Linux (`/sys/class/gpio/gpio17/value`), or what another program
 * writes. The kernel tells no watcher of such files, so it is read now and then. A file that cannot be read, or holds anything else, is
 * `unknown`: that is how a cut cable looks.
 */
import { readFile } from "node:fs/promises";
import type { CabinetState } from "../../crypto/device/tamper.ts";
import type { CabinetSwitch } from "./port.ts";
import { StateTell } from "./state-tell.ts";

/** Milliseconds between two looks: nobody opens a door and closes it again in less. */
export const CABINET_LOOK_MS = 250;
const LEVEL = /^[01]\n?$/;

export interface FileSwitchOptions {
  readonly path: string;
  /** What stands in the file while the cabinet is open. */
  readonly open: "0" | "1";
  readonly lookEveryMs?: number;
}

/** Resolves when it was looked at once. */
export async function openFileSwitch({ path, open, lookEveryMs }: FileSwitchOptions): Promise<CabinetSwitch> {
  const look = async (): Promise<CabinetState> => {
    const text = await readFile(path, "utf8").catch(() => "");
    return !LEVEL.test(text) ? "unknown" : text.startsWith(open) ? "open" : "closed";
  };
  const tell = new StateTell(await look());
  let looking = false;
  let silent = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().then((state) => {
      looking = false;
      // A write may be seen half done, when the file is empty: only what lasts is told.
      const first = state === "unknown" && !silent;
      silent = state === "unknown";
      if (!first) tell.tell(state);
    });
  }, lookEveryMs ?? CABINET_LOOK_MS);
  timer.unref();
  return {
    name: path,
    state: () => tell.state,
    on: (listener) => tell.on(listener),
    close: () => clearInterval(timer),
  };
}
