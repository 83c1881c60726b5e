/** `kabina passport make`: another document for a synthetic person, with its country's revocation list. */
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { composeRevocationList } from "../cms/compose-revocation-list.ts";
import { testScheme } from "../synthetic/authority.ts";
import { type PassportFeatures, passportFeatures } from "../synthetic/features.ts";
import { loadPassport, remakePassport, writePassport } from "../synthetic/passport.ts";

const crlDays = 90;
const day = 86_400_000;

export function registerMake(passport: Command, io: CliIo): void {
  const names = Object.keys(passportFeatures);
  passport
    .command("make")
    .description("make a document with other chip features for a synthetic person, signed by the same test country")
    .requiredOption("--person <dir>", "person folder of `kabina person make`, or a passport folder")
    .requiredOption("--out <dir>", "folder to write")
    .option("--profile <name>", `features of the chip: ${names.join(", ")}`, "standard")
    .option("--revoked", "put its document signer on the country's revocation list")
    .option("--json", "print one JSON document")
    .action(async (options: { person: string; out: string; profile: string; revoked?: boolean; json?: boolean }) => {
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
      const made = remakePassport(await loadPassport(source), features, io);
      await writePassport(options.out, made);
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
