/** If this failed, every power cut or crash of the booth would leave readers, cameras and sensors held by processes that nobody ends. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, jest, test } from "@jest/globals";
import { pause } from "../../devices/wait.ts";
import { allowTypescriptChildren } from "../typescript-children.mjs";
import { hasPrivateDaemon, hasProgram } from "./present.ts";
import { makeSmallPerson } from "./synthetic-person.ts";

// Processes start and end here; other work on the machine must not fail the test.
jest.setTimeout(120_000);

allowTypescriptChildren();

const canRun = hasProgram("ffmpeg") && (await hasPrivateDaemon());

(canRun ? describe : describe.skip)("a booth that is killed", () => {
  test("leaves no process behind", async () => {
    const person = await makeSmallPerson();
    const booth = fork(fileURLToPath(new URL("./holding-booth.ts", import.meta.url)), [person.folder], {
      env: { ...process.env },
    });
    await once(booth, "message");
    const held = descendants(booth.pid!);
    const programs = held.map(({ command }) => command).join("\n");
    expect(programs).toContain("pcscd");
    expect(programs).toContain("ffmpeg");
    booth.kill("SIGKILL");
    await once(booth, "exit");
    while (held.some(isAlive)) await pause(20);
    rmSync(person.folder, { recursive: true });
  });
});

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** The processes that descend from one, from /proc. */
function descendants(root: number): Process[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    const parent = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${name}/status`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent === root || (parent !== undefined && parent > 1 && isOurs(parent));
  };
  return [...parents.keys()].filter(isOurs).map((pid) => ({ pid, command: read(`/proc/${pid}/cmdline`) }));
}

/** The same command line under the same number; a process that has ended and waits to be noted has none. */
const isAlive = ({ pid, command }: Process) => command !== "" && read(`/proc/${pid}/cmdline`) === command;

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
