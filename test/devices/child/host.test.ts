/** If this failed, a sensor's library that hangs or crashes would take the booth with it, or leave processes behind. */
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { systemClock } from "../../../crypto/system-environment.ts";
import { ChildHost } from "../../../devices/child/host.ts";
import { ChildService } from "../../../devices/child/service.ts";
import { pause } from "../../../devices/wait.ts";
import { allowTypescriptChildren } from "../../typescript-children.mjs";

// Processes start and end here; other work on the machine must not fail the test.
jest.setTimeout(60_000);

allowTypescriptChildren();

const script = new URL("./stuck-child", import.meta.url);
const hosts: ChildHost[] = [];
const patient = { timeoutMs: 20_000 };

function start(
  options: {
    env?: Record<string, string>;
    pingEveryMs?: number;
    pingAnswerMs?: number;
    onEvent?: (name: string, data: unknown) => void;
  } = {},
) {
  const host = new ChildHost({ script, caller: import.meta.url, device: "Stuck", ...options });
  hosts.push(host);
  return host;
}

afterEach(async () => {
  for (const host of hosts.splice(0)) {
    await host.end();
    expect(() => process.kill(host.pid!, 0)).toThrow();
  }
});

describe("a driver process", () => {
  test("answers with bytes whole, passes its own failures on, and tells events", async () => {
    const told: unknown[] = [];
    const host = start({ onEvent: (name, data) => told.push([name, data]) });
    const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at & 0xff);
    expect(await host.request("echo", { bytes }, patient)).toEqual({ bytes });
    await expect(host.request("refuse", null, patient)).rejects.toMatchObject({ code: "device/busy" });
    await host.request("tell", 7, patient);
    expect(told).toEqual([["told", 7]]);
    await expect(host.request("no such", null, patient)).rejects.toMatchObject({ code: "device/open-failed" });
  });

  test("an abort rejects at once and the process lives on", async () => {
    const host = start();
    const stop = new AbortController();
    const waiting = host.request("wait", null, { ...patient, signal: stop.signal });
    await host.request("echo", 1, patient);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "device/cancelled" });
    expect(await host.request("echo", 2, patient)).toBe(2);
    await expect(host.request("wait", null, { timeoutMs: 20 })).rejects.toMatchObject({ code: "device/timeout" });
    expect(await host.request("echo", 3, patient)).toBe(3);
  });

  test("a process that does not let go of what was aborted is killed as hung", async () => {
    const host = start();
    await expect(host.request("ignore", null, { timeoutMs: 20 })).rejects.toMatchObject({ code: "device/timeout" });
    expect((await host.ended)?.code).toBe("device/hung");
  });

  test("a process whose thread is blocked is found by its missing answer to a ping, and killed", async () => {
    const host = start({ pingEveryMs: 50, pingAnswerMs: 300 });
    await expect(host.request("block", null, patient)).rejects.toMatchObject({ code: "device/hung" });
    expect((await host.ended)?.code).toBe("device/hung");
  });

  test("a process that takes longer to start than it may take to answer is not taken for one that hangs", async () => {
    const host = start({ env: { STARTS_LATE_MS: "2500" }, pingEveryMs: 50, pingAnswerMs: 2000 });
    expect(await host.request("echo", 1, patient)).toBe(1);
  });

  test("a process that crashes ends what waits for it", async () => {
    const host = start();
    await expect(host.request("crash", null, patient)).rejects.toMatchObject({ code: "device/hung" });
  });

  test("a blocked process is ended on close all the same, and what waits for it is told", async () => {
    const host = start();
    const blocked = expect(host.request("block", null, patient)).rejects.toMatchObject({ code: "device/closed" });
    await pause(300);
    await host.end();
    await blocked;
  }, 40_000);

  test("a service starts a new process after a crash", async () => {
    const pids: number[] = [];
    const lost: string[] = [];
    const service = new ChildService({
      clock: systemClock,
      script,
      caller: import.meta.url,
      device: "Stuck",
      onEvent: () => {},
      onLost: (why) => lost.push(why.code),
      onProcess: (pid) => pids.push(pid),
    });
    expect(await service.request("echo", 1, patient)).toBe(1);
    await expect(service.request("crash", null, patient)).rejects.toMatchObject({ code: "device/hung" });
    expect(await service.request("echo", 2, patient)).toBe(2);
    expect(new Set(pids).size).toBe(2);
    expect(lost).toEqual(["device/hung"]);
    await service.close();
    await expect(service.request("echo", 3, patient)).rejects.toMatchObject({ code: "device/closed" });
  });
});
