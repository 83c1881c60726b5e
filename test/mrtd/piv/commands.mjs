/**
 * `kabina card …`, one command for each line of standard input (JSON: `{ args, pin? }`), one line of answer each. A process of its own, because
 * PKCS#11 modules find their reader by the environment with which the process began.
 */
import { openSync, rmSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

register(new URL("../../typescript-children.mjs", import.meta.url));
const { Command } = await import("commander");
const { systemClock, systemRandom } = await import("../../../crypto/system-environment.ts");
const { registerCard } = await import("../../../crypto/pkcs11/cli.ts");

/** A descriptor that gives the PIN. */
function descriptorOf(pin) {
  const path = join(tmpdir(), `kabina-pin-${process.pid}`);
  writeFileSync(path, pin, { mode: 0o600 });
  const descriptor = openSync(path, "r");
  rmSync(path);
  return String(descriptor);
}

for await (const line of createInterface({ input: process.stdin })) {
  const { args, pin } = JSON.parse(line);
  const program = new Command("kabina").exitOverride();
  let said = {};
  const io = {
    clock: systemClock,
    random: systemRandom,
    print: () => {},
    exit: () => {},
    json: (value) => (said = value),
  };
  registerCard(program, io);
  const secret = pin === undefined ? [] : ["--pin-fd", descriptorOf(pin)];
  await program.parseAsync(["card", ...args, "--json", ...secret], { from: "user" }).catch(({ code, message }) => {
    said = { code, message };
  });
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
