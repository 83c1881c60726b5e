/** `kabina doctor`: what is missing on this machine, what does not work without it, and how to get it. */
import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Command } from "commander";
import type { CliIo } from "../crypto/cli-io.ts";
import { explain, type Language } from "../crypto/errors/catalogue.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { listKeys } from "../crypto/keys/open-store.ts";
import { diagnose } from "../devices/cli.ts";

const run = promisify(execFile);

/** The checkout: this file is in `dist/cli/` when built and in `cli/` otherwise. */
const checkout = new URL(import.meta.url.includes("/dist/cli/") ? "../../" : "../", import.meta.url);

const leastNode = [20, 19] as const;

interface Finding {
  readonly what: string;
  readonly found: boolean;
  /** What it is for, and so what is off without it. */
  readonly why: string;
  /** What to do when it is missing. */
  readonly remedy: string;
}

export function register(program: Command, io: CliIo, language: Language): void {
  program
    .command("doctor")
    .description("say what is missing on this machine, and how to get it")
    .option("--data <dir>", "the data folder whose keys are shown, with where each lies", "data")
    .option("--json", "print one JSON document")
    .action(async ({ json, data }: { json?: true; data: string }) => {
      const findings = [node(), ...(await packages()), ...addons(), ...(await screens())];
      const missing = findings.filter(({ found }) => !found);
      const devices = await diagnose(io.clock);
      const keys = await keysIn(data);
      if (json) io.json({ complete: missing.length === 0, findings, devices, keys });
      for (const { what, found, why, remedy } of findings) {
        io.print(`${found ? "ok     " : "MISSING"}  ${what.padEnd(24)} ${why}`);
        if (!found) io.print(`         ${" ".repeat(24)} → ${remedy}`);
      }
      if (keys.length > 0) io.print("\nKeys of this installation, and what protects each:");
      for (const { place, purpose, state, protection, notAfter } of keys)
        io.print(
          `${protection.padEnd(7)}  ${place.padEnd(10)} ${purpose.padEnd(20)} ${state.padEnd(8)} ${notAfter ?? ""}`,
        );
      io.print("");
      io.print("What the drivers find now (a booth works with what there is):");
      for (const { subject, kind, found, problem } of devices) {
        io.print(
          `${problem === null ? "ok     " : "-      "}  ${subject.padEnd(24)} ${kind}: ${found || "not usable"}`,
        );
        if (problem !== null) {
          const { cause, next } = explain(new KabinaError(problem.code, problem.details), language);
          io.print(`         ${" ".repeat(24)} → ${cause} ${next}`);
        }
      }
      io.print("");
      io.print(missing.length === 0 ? "Nothing is missing." : `${missing.length} missing; the rest works without.`);
      if (missing.length > 0) io.exit(1);
    });
}

/** Every key of a data folder; a folder that is not there, or not ours to read, has none. */
async function keysIn(data: string) {
  const places = await Promise.all(
    ["authority", "server", "booth"].map(async (place) =>
      (await listKeys(join(data, place, "keys")).catch(() => [])).map((key) => ({ ...key, place })),
    ),
  );
  return places.flat().map(({ place, purpose, state, algorithm, protection, keyId, chain }) => {
    const notAfter = chain[0]?.notAfter.toISOString().slice(0, 10) ?? null;
    return { place, purpose, state, algorithm, protection, keyId, notAfter };
  });
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const found = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  const least = leastNode.join(".");
  return { what: `node ${process.version}`, found, why: "runs Kabina", remedy: `install Node.js ${least} or newer` };
}

/** The table that set-up installs from (`scripts/packages.txt`), looked up in Debian's own list of what is installed. */
async function packages(): Promise<Finding[]> {
  const table = await readFile(new URL("scripts/packages.txt", checkout), "utf8");
  const rows = table.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const installed = await run("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Package}\n"]).then(
    ({ stdout }) => new Set(stdout.split("\n").map((line) => line.replace(/^installed /, ""))),
    () => new Set<string>(),
  );
  return rows.map((row) => {
    const [what = "", when = "", why = ""] = row.split("|").map((cell) => cell.trim());
    return {
      what,
      found: installed.has(what),
      why: when === "test" ? `for tests: ${why}` : why,
      remedy: `apt-get install --no-install-recommends ${what}`,
    };
  });
}

/** Packages with a compiled part, which may have failed to build while npm went on. */
function addons(): Finding[] {
  const require = createRequire(import.meta.url);
  const uses = {
    "better-sqlite3": "the server's store",
    pcsclite: "reading chips over PC/SC",
    koffi: "reading fingerprint sensors through libfprint",
    pkcs11js: "keys in tokens and cards of staff (PKCS#11)",
    sharp: "decoding and scaling pictures",
  };
  return Object.entries(uses).map(([what, why]) => {
    const remedy = `npm rebuild ${what}`;
    try {
      require(what);
      return { what, found: true, why, remedy };
    } catch {
      return { what, found: false, why, remedy };
    }
  });
}

async function screens(): Promise<Finding[]> {
  const built = { booth: "the kiosk screen", console: "the operator's console" };
  return Promise.all(
    Object.entries(built).map(async ([name, why]) => {
      const page = fileURLToPath(new URL(`dist/screens/${name}/index.html`, checkout));
      const found = await access(page).then(
        () => true,
        () => false,
      );
      return { what: `screen of the ${name}`, found, why, remedy: "npm run build" };
    }),
  );
}
