/** What would be lost: a server or a booth that stays behind, unseen, when what started it is killed, and holds its folder and ports. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { expect, test } from "@jest/globals";

const built = resolve("dist/crypto/until-stopped.js");
if (!existsSync(built)) console.warn("skipped: the rooms are not built (npm run build)");
const { NODE_OPTIONS: _, ...env } = process.env;

/** Says when it is up and when it goes down. */
const child = (withInput: boolean) => `
  import { untilStopped } from ${JSON.stringify(pathToFileURL(built).href)};
  process.stdout.on("error", () => {});
  const stopped = untilStopped(${withInput});
  const work = setInterval(() => {}, 1000);
  console.log("up", process.pid);
  await stopped;
  clearInterval(work);
  console.log("down", process.pid);`;

/** Starts a child as `kabina start` does, its output shared, and stays. */
const parent = (source: string) => `
  import { spawn } from "node:child_process";
  spawn(process.execPath, ["--input-type=module", "-e", ${JSON.stringify(source)}], { stdio: ["pipe", "inherit", "inherit"] });
  setInterval(() => {}, 1000);`;

(existsSync(built) ? test : test.skip)(
  "a process ends by itself when whoever started it is killed, and at a signal",
  async () => {
    const start = (source: string) => {
      const started = spawn(process.execPath, ["--input-type=module", "-e", source], {
        env,
        stdio: ["pipe", "pipe", "inherit"],
      });
      return { started, lines: createInterface({ input: started.stdout! })[Symbol.asyncIterator]() };
    };
    const whole = start(parent(child(true)));
    const up = (await whole.lines.next()).value as string;
    expect(up).toMatch(/^up \d+$/);
    whole.started.kill("SIGKILL");
    expect((await whole.lines.next()).value).toBe(up.replace("up", "down"));

    for (const withInput of [false, true]) {
      const asked = start(child(withInput));
      expect((await asked.lines.next()).value).toMatch(/^up/);
      asked.started.kill("SIGTERM");
      expect((await asked.lines.next()).value).toMatch(/^down/);
      // It ends by itself, although its input is still held open.
      if (asked.started.exitCode === null) await once(asked.started, "exit");
      expect(asked.started.exitCode).toBe(0);
    }
  },
);
