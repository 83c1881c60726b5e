/** `kabina audit booths`, `kabina audit cosign`: the booths' logs at the server. */

import { join, resolve } from "node:path";
import type { Command } from "commander";
import { auditCommand } from "../../crypto/audit/cli.ts";
import { readCertificates } from "../../crypto/audit/file.ts";
import { anchorsOf } from "../../crypto/authority/trust.ts";
import type { CliIo } from "../../crypto/cli-io.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Store } from "../store/store.ts";

interface WitnessOptions {
  readonly data: string;
  readonly passphraseFile?: string;
  readonly pinFd?: number;
  readonly json?: true;
}

export function registerWitness(program: Command, io: CliIo): void {
  const audit = auditCommand(program);
  const verb = (name: string, description: string): Command =>
    audit
      .command(name)
      .description(description)
      .option("--data <dir>", "the data folder", "data")
      .option("--passphrase-file <file>", "passphrase of the server's keys (0600)")
      .option("--pin-fd <n>", "descriptor that gives the PIN of the token, where keys lie in one", Number)
      .option("--json", "one JSON document, for programs");

  verb("booths", "how each booth's log stands at the server: cosigned, held, missing, and evidence against it").action(
    async (options: WitnessOptions) =>
      withStore(options, io, async (store) => {
        const { boothLogStanding } = await import("./gaps.ts");
        const booths = store.boothLogs.all().map(({ booth }) => boothLogStanding(store, booth)!);
        if (options.json) io.json({ booths });
        for (const log of booths) {
          io.print(`${log.booth}  ${log.cosigned} entries cosigned ${log.cosignedAt ?? "never"}, ${log.held} held`);
          for (const packageId of log.unlogged)
            io.print(`  GAP: ${packageId} was received, and the log has no entry of it`);
          for (const packageId of log.awaited) io.print(`  ${packageId} was sealed and has not come`);
          for (const { at, code, size } of log.faults) io.print(`  EVIDENCE ${at}  ${code} at ${size} entries`);
        }
        if (booths.length === 0) io.print("no booth's log was cosigned yet");
      }),
  );
  verb(
    "evidence <booth>",
    "what a booth signed that cannot be true, with what was known: signed notes, for a file",
  ).action(async (booth: string, options: WitnessOptions) =>
    withStore(options, io, async (store) => {
      const faults = store.boothLogs.faults(booth);
      if (options.json) io.json({ booth, faults });
      for (const { at, code, size, note, known } of faults)
        io.print(`${at}  ${code} at ${size} entries\nsigned:\n${note}\nknown:\n${known}`);
      if (faults.length === 0) io.print("none");
    }),
  );
  verb("cosign <box>", "judge and cosign the logs that a courier brought (kabina audit carry)").action(
    async (box: string, options: WitnessOptions) =>
      withStore(options, io, async (store, { identity }) => {
        const [{ Witness }, { cosignBox }, { OwnLog, witnessedFile }] = await Promise.all([
          import("./witness.ts"),
          import("./courier.ts"),
          import("./own-log.ts"),
        ]);
        const log = join(resolve(options.data), "server", "audit.log");
        const own = new OwnLog(log, await witnessedFile(log));
        const witness = new Witness({
          store,
          key: identity.keys.audit,
          anchors: anchorsOf(identity.trust),
          clock: io.clock,
          ownLog: () => own,
        });
        const logs = await cosignBox(resolve(box), witness, await readCertificates(log));
        if (options.json) io.json({ logs });
        for (const { booth, cosigned, held, refused, witnessed } of logs) {
          io.print(refused ? `${booth}: REFUSED ${refused}` : `${booth}: ${cosigned} entries cosigned, ${held} held`);
          if (witnessed !== "none") io.print(`  its word on this server's log: ${witnessed}`);
        }
        const refused = logs.find((log) => log.refused !== null);
        if (refused)
          throw new KabinaError(refused.refused!, {
            booth: refused.booth,
            size: refused.cosigned,
            offered: 0,
            origin: "",
            cosigned: refused.cosigned,
          });
        io.print("back at the booth: kabina audit take --from BOX");
      }),
  );
}

async function withStore(
  options: WitnessOptions,
  io: CliIo,
  task: (store: Store, server: { identity: import("../keys.ts").ServerIdentity }) => Promise<void>,
): Promise<void> {
  const [{ loadIdentity }, { openStore }] = await Promise.all([import("../keys.ts"), import("../store/store.ts")]);
  const folder = join(resolve(options.data), "server");
  const { passphraseFile, pinFd } = options;
  const places = { passphraseFile, pinFd, credentialsDirectory: process.env.CREDENTIALS_DIRECTORY };
  const identity = await loadIdentity(folder, places, io.random);
  const store = openStore(join(folder, "kabina.sqlite"), identity.recipients, io.random);
  try {
    await task(store, { identity });
  } finally {
    store.close();
  }
}
