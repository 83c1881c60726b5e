/** `kabina pki succession …`: one issuing authority, or the root, follows another. Asked for and switched to here, certified in the root's room. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { type IssuerKind, issuerKinds } from "../../crypto/authority/authority.ts";
import type { CliIo } from "../../crypto/cli-io.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyStore } from "../../crypto/keys/key.ts";
import { descriptor, OPENSC } from "../../crypto/pkcs11/cli.ts";
import type { CardPlace } from "../staff/officer-keys.ts";
import type { CertificateOffice } from "./office.ts";
import { oneAtATime } from "./one-rotation.ts";

export interface SuccessionCliTools {
  readonly io: CliIo;
  /** A verb of `kabina pki` at the server, with its common options. */
  readonly verb: (parent: Command, name: string, description: string) => Command;
  readonly withOffice: (options: OfficeOptions, task: (office: CertificateOffice) => Promise<void>) => Promise<void>;
  readonly whole: (text: string) => number;
}

interface OfficeOptions {
  readonly data: string;
  readonly passphraseFile?: string;
  readonly json?: true;
}

interface CertifyFlags {
  readonly root: string;
  readonly share?: readonly string[];
  readonly request: string;
  readonly compared: string;
  readonly witness: readonly string[];
  readonly out: string;
  readonly nextRoot?: string;
  readonly shares: number;
  readonly quorum: number;
  readonly rehearsal?: true;
  readonly json?: true;
}

export function registerSuccession(pki: Command, { io, verb, withOffice, whole }: SuccessionCliTools): void {
  const succession = pki
    .command("succession")
    .description("an issuing authority, or the root, is followed by another; what it certified holds until it ends");
  const toolsOf = (options: OfficeOptions, office: CertificateOffice) => ({
    ...{ data: resolve(options.data), office, clock: io.clock, random: io.random },
  });

  verb(succession, "request", "ask the root for the authorities that follow: a file to carry to it")
    .addOption(new Option("--issuer <kind...>", "which authorities").choices(issuerKinds))
    .option("--all", "all of them: what a new root needs")
    .requiredOption("--out <file>", "where the request goes")
    .action(async (options: OfficeOptions & { issuer?: readonly IssuerKind[]; all?: true; out: string }) =>
      withOffice(options, async (office) => {
        const { askForSuccession } = await import("./succession.ts");
        const kinds = options.all ? issuerKinds : (options.issuer ?? []);
        if (kinds.length === 0) throw new KabinaError("rotation/kind", { kind: "", allowed: issuerKinds.join(", ") });
        const { text, sha256, keys } = await askForSuccession(kinds, toolsOf(options, office));
        await writeFileDurably(resolve(options.out), text);
        if (options.json) io.json({ request: resolve(options.out), sha256, keys });
        for (const [kind, keyId] of Object.entries(keys)) io.print(`${kind}: next key ${keyId}, waits here`);
        io.print(`${options.out}: carry it to the root; its fingerprint there must be ${grouped(sha256)}`);
      }),
    );
  succession
    .command("certify")
    .description("in the root's room: certify the authorities that follow; with --next-root also the root that follows")
    .requiredOption("--root <dir>", "the root's folder")
    .option("--share <file...>", "shares of the root's passphrase, a quorum; DIR/passphrase when left out")
    .requiredOption("--request <file>", "what the server asks for")
    .requiredOption("--compared <digits>", "the request's fingerprint as the server showed it, 16 digits at least")
    .requiredOption("--witness <name...>", "who is there, two at least")
    .requiredOption("--out <dir>", "where answer, transcript and new shares go; empty")
    .option("--next-root <dir>", "make a root that follows: where its key goes; empty")
    .option("--shares <n>", "shares of the new root's passphrase", whole, 3)
    .option("--quorum <m>", "how many of them open it", whole, 2)
    .option("--rehearsal", "everything under roots that are destroyed at the end; the root itself is not opened")
    .option("--json", "print one JSON document")
    .action(async (flags: CertifyFlags) => certify(flags, io));
  verb(
    succession,
    "rehearse <file>",
    "show that what the old authorities issued and what the new ones will issue both hold",
  ).action(async (file: string, options: OfficeOptions) =>
    withOffice(options, async (office) => {
      const { rehearseSuccession } = await import("./succession.ts");
      const shown = await rehearseSuccession(await readFile(resolve(file), "utf8"), toolsOf(options, office));
      if (options.json) io.json({ rehearsal: true, shown });
      for (const line of shown) io.print(`  ${line}`);
      io.print("would be switched to");
    }),
  );
  verb(succession, "adopt <file>", "rehearse, and switch to the new authorities; two officers sign")
    .requiredOption("--compared <digits>", "the answer's fingerprint as the root's room showed it, 16 digits at least")
    .requiredOption("--officer <place...>", "two officers' key folders (kabina people key), or card:LABEL")
    .option("--module <file>", "PKCS#11 module of the cards", OPENSC)
    .option("--pin-fd <n>", "descriptor that gives the card's PIN", descriptor)
    .action(
      async (file: string, options: OfficeOptions & CardPlace & { compared: string; officer: readonly string[] }) =>
        withOffice(options, async (office) => {
          const [{ adoptSuccession }, { agreedByTwo }, { expectFingerprint }] = await Promise.all([
            import("./succession.ts"),
            import("../staff/two-officers.ts"),
            import("../../crypto/authority/succession.ts"),
          ]);
          const text = await readFile(resolve(file), "utf8");
          const subject = expectFingerprint(text, options.compared);
          const act = { act: "succession", subject };
          const by = await agreedByTwo(options.officer, options, act, { office, clock: io.clock, random: io.random });
          const tools = toolsOf(options, office);
          const done = await oneAtATime(tools.data, () => adoptSuccession(text, by, tools));
          if (options.json) io.json({ by, ...done });
          for (const line of done.shown) io.print(`  ${line}`);
          for (const [kind, sha256] of Object.entries(done.issuers)) io.print(`${kind}: ${sha256} issues from now on`);
          io.print("a running server takes them up within seconds");
        }),
    );
}

async function certify(flags: CertifyFlags, io: CliIo): Promise<void> {
  const [{ holdSuccession }, { openRoot }, { Share }, { openKeyStore }, { placeSecrets }, { passphraseFile }] =
    await Promise.all([
      import("../../crypto/authority/succession-ceremony.ts"),
      import("../../crypto/authority/ceremony.ts"),
      import("../../crypto/authority/shares.ts"),
      import("../../crypto/keys/open-store.ts"),
      import("../../crypto/keys/place-secrets.ts"),
      import("../../crypto/authority/provision.ts"),
    ]);
  const folder = resolve(flags.root);
  const root = async (): Promise<KeyStore> => {
    if (flags.share === undefined)
      return openKeyStore(join(folder, "keys"), placeSecrets({}, "kabina-root", passphraseFile(folder)), io.random);
    const texts = await Promise.all(flags.share.map((file) => readFile(resolve(file), "utf8")));
    const shares = texts.map((text) => {
      const share = Share.safeParse(parsed(text));
      if (!share.success) throw new KabinaError("share/damaged", { index: 0 });
      return share.data;
    });
    return openRoot(folder, shares, io);
  };
  const held = await holdSuccession(
    {
      request: await readFile(resolve(flags.request), "utf8"),
      ...{ compared: flags.compared, root, out: resolve(flags.out), witnesses: flags.witness },
      next: flags.nextRoot
        ? { folder: resolve(flags.nextRoot), shares: flags.shares, quorum: flags.quorum }
        : undefined,
      rehearsal: flags.rehearsal === true,
    },
    io,
  );
  if (flags.json) io.json(held);
  for (const [kind, sha256] of Object.entries(held.issuers)) io.print(`${kind}: ${sha256}`);
  io.print(`root ${held.root}${held.rehearsal ? " (rehearsal: destroyed again)" : ""}`);
  io.print(`transcript ${held.transcript}, signed by the root in ${held.transcript}.sig`);
  for (const share of held.shares) io.print(`share ${share}: give it to its keeper and remove it here`);
  if (held.answer)
    io.print(
      `${held.answer.file}: carry it to the server; its fingerprint there must be ${grouped(held.answer.sha256)}`,
    );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const grouped = (hex: string): string => hex.replace(/.{4}(?=.)/g, "$& ");
