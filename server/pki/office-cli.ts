/** `kabina office add`: a signed profile for each booth of an office. */
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { signProfile } from "../../crypto/authority/profile.ts";
import { readTrust } from "../../crypto/authority/trust.ts";
import type { CliIo } from "../../crypto/cli-io.ts";
import { DevicePattern } from "../../crypto/device/device.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import { toldIssuersPath } from "../../crypto/slip/issuers.ts";

const day = 24 * 60 * 60_000; // ms

interface OfficeFlags {
  readonly data: string;
  readonly name: string;
  readonly booth: readonly string[];
  readonly officer: string;
  readonly serverUrl: string;
  readonly pkiUrl: string;
  readonly out: string;
  readonly days: number;
  readonly device: readonly DevicePattern[];
  readonly qr?: string;
  readonly json?: true;
}

export function register(program: Command, io: CliIo): void {
  program
    .command("office")
    .description("offices and the profiles of their booths")
    .command("add <id>")
    .description("sign a profile for each booth of an office; running it again for another office moves the booth")
    .requiredOption("--name <name>", "the office's name, as packages carry it")
    .requiredOption("--booth <id...>", "its booths")
    .requiredOption("--officer <dir>", "the key folder of the officer who signs (kabina people key)")
    .requiredOption("--server-url <url>", "where the booths deliver to")
    .requiredOption("--pki-url <url>", "where the authority's office is")
    .requiredOption("--out <dir>", "where the profiles go")
    .option(
      "--device <pattern...>",
      "a device it may use, such as kind=camera,maker=Acme (any when left out)",
      pattern,
      [],
    )
    .option(
      "--qr <file>",
      "also the profile as QR codes on a sheet, PNG; with several booths the booth's name is put before .png",
    )
    .option("--days <n>", "how long a booth may be made from them", days, 30)
    .option("--data <dir>", "the data folder", "data")
    .option("--json", "print one JSON document")
    .action((id: string, flags: OfficeFlags) => add(id, flags, io));
}

async function add(id: string, flags: OfficeFlags, io: CliIo): Promise<void> {
  const [{ openOfficerKey }, { Register }, { registerFile }] = await Promise.all([
    import("../staff/officer-keys.ts"),
    import("../register/register.ts"),
    import("./pki.ts"),
  ]);
  const officer = await openOfficerKey(resolve(flags.officer), io.random);
  const { root, booths, servers, recipients } = await readTrust(join(resolve(flags.data), "server", "trust"));
  const updates = await readFile(join(resolve(flags.data), "authority", "updates", "metadata", "1.root.json")).catch(
    () => null,
  );
  const slipIssuers = await readFile(toldIssuersPath(join(resolve(flags.data), "authority")), "utf8").catch(() => null);
  const now = io.clock.now();
  const notAfter = `${new Date(now.getTime() + flags.days * day).toISOString().slice(0, 19)}Z`;
  const files: string[] = [];
  await mkdir(resolve(flags.out), { recursive: true });
  const register = new Register(registerFile(resolve(flags.data)));
  for (const boothId of flags.booth) {
    const content = {
      ...{ boothId, office: { id, name: flags.name }, serverUrl: flags.serverUrl, pkiUrl: flags.pkiUrl, notAfter },
      trust: {
        root: root.toPem(),
        booths: booths.toPem(),
        servers: servers.toPem(),
        recipients: recipients.map((certificate) => certificate.toPem()),
      },
      updatesRoot: updates?.toString("base64") ?? null,
      ...(slipIssuers === null ? {} : { slipIssuers }),
      devices: flags.device.length === 0 ? null : [...flags.device],
    };
    const file = join(resolve(flags.out), `${boothId}.profile`);
    const text = await signProfile(content, now, officer);
    const by = officer.chain[0]?.commonName ?? officer.keyId;
    // On the record before anybody has it: what the booth captures later is judged by it.
    register.change(() => register.signedProfile({ booth: boothId, at: now.toISOString(), by, content }));
    await writeFileDurably(file, text);
    files.push(file);
    if (flags.qr === undefined) continue;
    const { profileSheet } = await import("./profile-sheet.ts");
    const sheet = resolve(flags.booth.length > 1 ? flags.qr.replace(/(\.png)?$/, `-${boothId}.png`) : flags.qr);
    await writeFileDurably(sheet, await profileSheet(text));
    files.push(sheet);
  }
  register.close();
  if (flags.json) io.json({ office: id, profiles: files, rootSha256: root.sha256 });
  for (const file of files) io.print(file);
  io.print(`at the booth: kabina booth provision --profile FILE --root-sha256 ${root.sha256.slice(0, 32)}`);
}

/** `kind=camera,maker=Acme,serial=A-1`: one more device that is allowed. */
function pattern(text: string, before: readonly DevicePattern[]): DevicePattern[] {
  const pairs = text.split(",").map((pair) => pair.split("=") as [string, string]);
  const parsed = DevicePattern.safeParse(Object.fromEntries(pairs));
  if (!parsed.success || pairs.some((pair) => pair.length !== 2))
    throw new InvalidArgumentError("kind=, maker=, model=, serial= or certificateSha256=, with commas between");
  return [...before, parsed.data];
}

function days(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 365) throw new InvalidArgumentError("1 to 365 days");
  return number;
}
