/** A driver process that misbehaves as it is asked to. */

import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import { serve } from "../../../devices/child/serve.ts";

const sleep = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
sleep(Number(process.env.STARTS_LATE_MS ?? 0));

const notify = serve({
  start: async () => null,
  echo: async (value: unknown) => value,
  /** Waits for its abort. */
  wait: (_: unknown, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve("let go"))),
  /** Does not care about its abort. */
  ignore: () => new Promise(() => {}),
  /** Blocks the whole process. */
  block: async () => {
    for (;;) sleep(1000);
  },
  crash: async () => process.kill(process.pid, "SIGKILL"),
  refuse: async () => {
    throw new KabinaError("device/busy", { device: "inner" });
  },
  tell: async (data: unknown) => {
    notify("told", data);
    return null;
  },
});
