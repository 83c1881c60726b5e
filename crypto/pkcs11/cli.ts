/** `kabina card …`: cards of staff over PKCS#11. */
import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { nameOf } from "../authority/authority.ts";
import { buildRequest, readRequest } from "../certificate/request.ts";
import type { CliIo } from "../cli-io.ts";
import { signData } from "../cms/sign-data.ts";
import { writeFileDurably } from "../durable-file.ts";
import { placeSecrets } from "../keys/place-secrets.ts";
import { type Card, cardKey, cardSigner, listCards, openCard } from "./card.ts";
import { type PinState, Pkcs11Module } from "./module.ts";
import { Token } from "./token.ts";

interface CardOptions {
  readonly module: string;
  readonly token?: string;
  readonly serial?: string;
  readonly pinFd?: number;
  readonly lastTry?: boolean;
  readonly json?: boolean;
}

/** Where Debian puts OpenSC's module. */
export const OPENSC = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

/** PKCS#11 has no number of tries, only these; OpenSC does not say of a PIV card that one of several tries is gone. */
const pinTexts: Readonly<Record<PinState, string>> = {
  unset: "no PIN set",
  ok: "no warning about the PIN (a card need not say how many tries are left)",
  "count-low": "a wrong PIN was typed: tries are left, and not all",
  "final-try": "ONE TRY LEFT",
  locked: "LOCKED",
};

export function registerCard(program: Command, io: CliIo): void {
  const card = program.command("card").description("cards and tokens of staff (PKCS#11)");
  const common = (command: Command): Command =>
    command
      .option("--module <file>", "the PKCS#11 module: OpenSC's, or the vendor's", OPENSC)
      .option("--json", "print one JSON document");
  const withPin = (command: Command): Command =>
    common(command)
      .option("--token <label>", "which one, by its label")
      .option("--serial <number>", "which one, by its serial number")
      .option(
        "--pin-fd <n>",
        "descriptor that gives the PIN; else systemd's credential kabina-pin, else it is asked for",
        descriptor,
      )
      .option("--last-try", "go on although one more wrong PIN would lock the card");

  common(
    card.command("list").description("the cards in the readers, their certificates, and how their PIN stands"),
  ).action((options: CardOptions) => {
    const cards = listCards(Pkcs11Module.load(options.module));
    if (options.json) return io.json({ cards: cards.map(described) });
    for (const one of cards) print(one, io);
    if (cards.length === 0) io.print("no card in any reader");
  });

  withPin(card.command("login").description("check the PIN of a card and show what it holds")).action(
    async (options: CardOptions) => {
      const token = tokenOf(options);
      try {
        const opened = await openCard(token);
        if (options.json) return io.json({ loggedIn: true, card: described(opened) });
        print(opened, io);
        io.print("the PIN is right");
      } finally {
        await token.close();
      }
    },
  );

  withPin(
    card
      .command("request")
      .description("ask for a certificate for a key on the card: a request that the key itself signs"),
  )
    .requiredOption("--name <id>", "whose card it is: the person's short name")
    .requiredOption("--out <file>", "where the request goes, PEM")
    .option("--id <hex>", "the key to use; else the first on a curve")
    .action(async (options: CardOptions & { name: string; out: string; id?: string }) => {
      const token = tokenOf(options);
      try {
        const key = await cardKey(token, options.id, () => pinOf(options, token));
        const der = await buildRequest(nameOf(options.name), key.publicKeyInfo, key);
        const lines =
          Buffer.from(der)
            .toString("base64")
            .match(/.{1,64}/g) ?? [];
        const pem = ["-----BEGIN CERTIFICATE REQUEST-----", ...lines, "-----END CERTIFICATE REQUEST-----", ""];
        await writeFileDurably(options.out, pem.join("\n"));
        const { keyId: fingerprint } = await readRequest(der);
        if (options.json) return io.json({ request: options.out, id: key.id, fingerprint });
        io.print(`${options.out}: request of ${options.name} for key ${key.id}`);
        io.print(`fingerprint, for the officer who certifies it: ${fingerprint.replace(/.{4}(?=.)/g, "$& ")}`);
      } finally {
        await token.close();
      }
    });

  withPin(card.command("sign").description("sign a file with a card: detached CMS, as openssl verifies it"))
    .argument("<file>", "what is signed")
    .requiredOption("--out <file>", "where the signature goes")
    .option("--id <hex>", "the key to use, as card list shows it; else the first that may sign")
    .action(async (file: string, options: CardOptions & { out: string; id?: string }) => {
      const token = tokenOf(options);
      try {
        const signer = await cardSigner(token, options.id, () => pinOf(options, token));
        const dated = { ...signer, signingTime: io.clock.now() };
        const content = new Uint8Array(await readFile(file));
        const signature = await signData(content, [dated], { detached: true, certificates: [signer.certificate] });
        await writeFileDurably(options.out, signature);
        const { subjectText: subject, sha256 } = signer.certificate;
        if (options.json) return io.json({ signed: file, signature: options.out, subject, certificateSha256: sha256 });
        io.print(`${options.out}: signed by ${subject}`);
      } finally {
        await token.close();
      }
    });
}

function tokenOf(options: CardOptions): Token {
  const secrets = secretsOf(options);
  const name = { label: options.token, serial: options.serial };
  return new Token(Pkcs11Module.load(options.module), name, secrets.pin!, { lastTry: options.lastTry ?? false });
}

const pinOf = (options: CardOptions, token: Token): Promise<Uint8Array> => secretsOf(options).pin!(token.info());

const secretsOf = ({ pinFd }: CardOptions) =>
  placeSecrets({ pinFd, credentialsDirectory: process.env.CREDENTIALS_DIRECTORY }, "kabina-passphrase");

function print(card: Card, io: CliIo): void {
  io.print(`${card.label}  ${card.manufacturer} ${card.model}  serial ${card.serial}`);
  io.print(`  ${pinTexts[card.pin]}${card.ownKeypad ? "; the PIN is typed at the reader" : ""}`);
  for (const { id, label, certificate } of card.certificates)
    io.print(`  ${id}  ${certificate.subjectText}  until ${certificate.notAfter.toISOString().slice(0, 10)}  ${label}`);
}

const described = (card: Card) => ({
  ...card,
  certificates: card.certificates.map(({ id, label, certificate }) => ({
    id,
    label,
    subject: certificate.subjectText,
    issuer: certificate.issuerText,
    serial: certificate.serialHex,
    notAfter: certificate.notAfter.toISOString(),
    sha256: certificate.sha256,
  })),
});

/** 0 to 2 are the terminal's, and a secret typed there would be shown. */
export function descriptor(text: string): number {
  const fd = Number(text);
  if (!Number.isInteger(fd) || fd < 3 || fd > 1023)
    throw new InvalidArgumentError("a descriptor is a number from 3 to 1023");
  return fd;
}
