/** `kabina passport simulate`: a virtual passport in the virtual reader of vpcd. */
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { loadPassport, remakePassport } from "../synthetic/passport.ts";
import { chipFaults, documentFaults, isFault, withChipFault, withDocumentFault } from "../virtual/fault.ts";
import { VirtualPassport } from "../virtual/passport.ts";
import { chipProfile, profileNames } from "../virtual/profile.ts";
import { serveVpcd } from "../virtual/vpcd.ts";

/** Where Debian's vpcd listens unless told otherwise. */
const vpcdPort = 0x8c7b;

export function registerSimulate(passport: Command, io: CliIo): void {
  passport
    .command("simulate")
    .description("be a passport in the virtual reader of vsmartcard's vpcd, until interrupted")
    .requiredOption("--dir <dir>", "passport folder, as `kabina person make` writes it")
    .option("--host <host>", "where vpcd listens", "127.0.0.1")
    .option("--port <n>", "port on which vpcd listens", String(vpcdPort))
    .option("--profile <name>", `how the chip is made: ${profileNames.join(", ")}`, "as-is")
    .option("--fault <name>", `what is wrong with it: ${[...documentFaults, ...chipFaults].join(", ")}`)
    .action(async (options: { dir: string; host: string; port: string; profile: string; fault?: string }) => {
      const { fault, profile, host } = options;
      if (fault !== undefined && !isFault(fault)) {
        throw wrongOption("--fault", fault, [...documentFaults, ...chipFaults]);
      }
      const kind = chipProfile(profile);
      if (kind === undefined) throw wrongOption("--profile", profile, profileNames);
      const port = Number(options.port);
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        throw wrongOption("--port", options.port, ["1 … 65535"]);
      const document = await loadPassport(options.dir);
      const { features, ...behaviour } = kind;
      const data = withDocumentFault(features ? remakePassport(document, features, io) : document, fault, io);
      const chip = new VirtualPassport({ data, random: io.random, today: () => io.clock.now(), ...behaviour });
      const ending = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
      await serveVpcd({
        host,
        port,
        passport: withChipFault(chip, fault),
        signal: ending.signal,
        onInserted: () => io.print(`passport inserted at ${host}:${port}`),
      });
    });
}

function wrongOption(option: string, value: string, allowed: readonly string[]): KabinaError {
  return new KabinaError("mrtd/option", { option, value, allowed: allowed.join(", ") });
}
