/** `kabina passport make`: another document for a synthetic person, with its country's revocation list. */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { composeRevocationList } from "../cms/compose-revocation-list.ts";
import { testScheme } from "../synthetic/authority.ts";
import { type PassportFeatures, passportFeatures } from "../synthetic/features.ts";
import { loadPassport, remakePassport, writePassport } from "../synthetic/passport.ts";
import { makeTerminals, type TestTerminals } from "../synthetic/terminals.ts";
import { readDataGroups } from "./data-group-files.ts";

const crlDays = 90;
const day = 86_400_000;

interface MakeOptions {
  readonly person: string;
  readonly out: string;
  readonly profile: string;
  readonly dg?: string[];
  readonly revoked?: boolean;
  readonly json?: boolean;
}

export function registerMake(passport: Command, io: CliIo): void {
  const names = Object.keys(passportFeatures);
  passport
    .command("make")
    .description("make a document with other chip features for a synthetic person, signed by the same test country")
    .requiredOption("--person <dir>", "person folder of `kabina person make`, or a passport folder")
    .requiredOption("--out <dir>", "folder to write")
    .option("--profile <name>", `features of the chip: ${names.join(", ")}`, "standard")
    .option("--dg <file...>", "further data groups to put in, whole files, such as a DG3")
    .option("--revoked", "put its document signer on the country's revocation list")
    .option("--json", "print one JSON document")
    .action(async (options: MakeOptions) => {
      const features = (passportFeatures as Record<string, PassportFeatures>)[options.profile];
      if (features === undefined) {
        throw new KabinaError("mrtd/option", {
          option: "--profile",
          value: options.profile,
          allowed: names.join(", "),
        });
      }
      const inPerson = join(options.person, "passport");
      const source = await stat(inPerson).then(
        () => inPerson,
        () => options.person,
      );
      const loaded = await loadPassport(source);
      const added = await readDataGroups(options.dg ?? []);
      const terminals = features.terminalAuthentication && makeTerminals(io);
      const extended = {
        ...loaded,
        files: { ...loaded.files, ...added },
        ...(terminals && { terminalTrust: terminals.root }),
      };
      const made = remakePassport(extended, features, io);
      await writePassport(options.out, made);
      if (terminals) await writeTerminal(join(options.out, "terminal"), terminals);
      const now = io.clock.now();
      const crl = composeRevocationList({
        issuer: made.csca,
        thisUpdate: now,
        nextUpdate: new Date(now.getTime() + crlDays * day),
        revoked: options.revoked ? [made.ds.certificate] : [],
        scheme: testScheme,
      });
      await writeFile(join(options.out, "crl.der"), crl);
      io.print(`${Object.keys(made.files).length} files, ${options.profile}, in ${options.out}`);
      if (options.json) io.json({ directory: options.out, profile: options.profile, files: Object.keys(made.files) });
    });
}

/** The terminal that may read the document's fingerprints, for `kabina passport read --terminal`. */
async function writeTerminal(directory: string, { certificates, key }: TestTerminals): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [i, certificate] of certificates.entries())
    await writeFile(join(directory, `${i + 1}.cvcert`), certificate);
  await writeFile(join(directory, "key.pem"), key.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
}
