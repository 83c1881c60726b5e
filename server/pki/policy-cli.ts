/** `kabina policy …`: policy and updates, signed by two officers, each with their own key. */
import { createHash } from "node:crypto";
import { cp, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { AUTHORITIES_TARGET, followTrust, listNames } from "../../crypto/authority/succession.ts";
import { readTrust } from "../../crypto/authority/trust.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import type { CliIo } from "../../crypto/cli-io.ts";
import { decodeHotList, HOT_LIST_TARGET } from "../../crypto/device/hot-list.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { descriptor, OPENSC } from "../../crypto/pkcs11/cli.ts";
import { differences } from "../../crypto/policy/differences.ts";
import { policyFaults } from "../../crypto/policy/policy-faults.ts";
import { POLICY_TARGET } from "../../crypto/policy/session-policy.ts";
import { SLIP_ISSUERS_TARGET } from "../../crypto/slip/issuers.ts";
import { folderSource, UpdateClient } from "../../crypto/updates/client.ts";
import type { Draft } from "../../crypto/updates/repository.ts";
import type { CardPlace, Officer } from "../staff/officer-keys.ts";
import { moment } from "./cli-moment.ts";
import type { Pki } from "./pki.ts";

interface PolicyOptions {
  readonly data: string;
  readonly passphraseFile?: string;
  readonly json?: true;
}

interface OfficerOptions {
  readonly module: string;
  readonly pinFd?: number;
}

interface SignFileOptions {
  readonly officer: string;
  readonly hash: string;
  readonly out: string;
  readonly json?: true;
}

export function register(program: Command, io: CliIo): void {
  const policy = program.command("policy").description("policy and updates of the booths, signed by two officers");
  const verb = (name: string, description: string): Command =>
    policy
      .command(name)
      .description(description)
      .option("--data <dir>", "the data folder", "data")
      .option("--passphrase-file <file>", "passphrase of the issuing authorities' keys (0600)")
      .option("--json", "print one JSON document");

  verb("begin", "begin the repository: these officers, so many of whom must sign")
    .requiredOption("--officer <place...>", "an officer's key folder (kabina people key), or card:LABEL")
    .option("--threshold <n>", "how many officers sign", whole, 2)
    .option("--module <file>", "PKCS#11 module of the card", OPENSC)
    .option("--pin-fd <n>", "descriptor that gives the card's PIN", descriptor)
    .action(async (options: PolicyOptions & OfficerOptions & { officer: readonly string[]; threshold: number }) =>
      withPki(options, io, async ({ updates }) => {
        const { openOfficer } = await import("../staff/officer-keys.ts");
        const officers: Officer[] = [];
        try {
          // One after the other: each may ask for a PIN.
          for (const place of options.officer) officers.push(await openOfficer(place, options, io.random));
          await updates.repository.begin(officers, options.threshold, updates.online);
        } finally {
          for (const officer of officers) await officer.close();
        }
        const pinned = join(resolve(options.data), "booth", "trust", "updates-root.json");
        const booth = await writeFileDurably(pinned, await updates.repository.firstRoot()).then(
          () => true,
          () => false,
        );
        if (options.json) io.json({ begun: true, pinnedAtBooth: booth });
        io.print(
          `begun: ${options.threshold} of ${officers.length} officers sign${booth ? `; pinned in ${pinned}` : ""}`,
        );
      }),
    );
  verb(
    "rekey",
    "the next root: other officers, other keys of the server; signed by those before and after, rehearsed first",
  )
    .requiredOption("--signer <place...>", "officers of today who sign: key folders, or card:LABEL")
    .option("--officer <place...>", "the officers from now on; those of today when left out")
    .option("--threshold <n>", "how many of them sign from now on", whole, 2)
    .option("--online", "new keys of the server for snapshot, timestamp and revocation lists")
    .option("--rehearse", "only show that booths would follow")
    .option("--module <file>", "PKCS#11 module of the cards", OPENSC)
    .option("--pin-fd <n>", "descriptor that gives the card's PIN", descriptor)
    .action(async (options: PolicyOptions & OfficerOptions & RekeyFlags) =>
      withPki(options, io, ({ office }) => rekey(options, office, io)),
    );
  verb(
    "doubt <version>",
    "a policy should not have been: what was captured under it is looked at again; two officers sign",
  )
    .option("--since <time>", "the suspected moment (ISO 8601); since it came into force when left out", moment)
    .requiredOption("--officer <place...>", "two officers who agree: key folders, or card:LABEL")
    .option("--module <file>", "PKCS#11 module of their cards", OPENSC)
    .option("--pin-fd <n>", "descriptor that gives a card's PIN", descriptor)
    .action(async (version: string, options: DoubtFlags) => doubt(Number(version), options, io));
  verb("show", "what stands, and what waits for signatures").action(async (options: PolicyOptions) =>
    withPki(options, io, async ({ updates }) => {
      const standing = await updates.repository.standing();
      const pending = await updates.repository.pending().catch(() => null);
      if (options.json) io.json({ standing, pending });
      for (const [role, { version, expires }] of Object.entries(standing))
        io.print(`${role.padEnd(9)} ${version}  until ${expires}`);
      if (pending) show(pending, io);
    }),
  );
  verb("propose <file>", "put a new policy, or another file under its name, before the officers")
    .option("--as <name>", "its name", POLICY_TARGET)
    .action(async (file: string, options: PolicyOptions & { as: string }) =>
      withPki(options, io, async ({ updates }) => {
        const content = await readFile(resolve(file));
        // What no booth could read is not put before the officers.
        if (options.as === HOT_LIST_TARGET) decodeHotList(content);
        if (options.as === POLICY_TARGET) assertPolicy(readJson(content));
        const before = await updates.repository.target(options.as);
        const draft = await updates.repository.draft({ [options.as]: content }, updates.online.lists);
        const changes = differences(before && readJson(before), readJson(content)).map(
          ({ path, before: old, after }) => `${path}: ${old ?? "-"} -> ${after ?? "-"}`,
        );
        if (options.json) io.json({ ...draft, changes });
        for (const change of changes) io.print(change);
        show(draft, io);
      }),
    );
  verb("sign", "sign what waits, as one officer")
    .requiredOption("--officer <place>", "the officer's key folder, or card:LABEL")
    .requiredOption("--hash <hex>", "what was shown to the officer")
    .option("--module <file>", "PKCS#11 module of the card", OPENSC)
    .option("--pin-fd <n>", "descriptor that gives the card's PIN", descriptor)
    .action(async (options: PolicyOptions & OfficerOptions & { officer: string; hash: string }) =>
      withPki(options, io, async ({ updates, office }) => {
        const { openOfficer } = await import("../staff/officer-keys.ts");
        const key = await openOfficer(options.officer, options, io.random);
        const revoked = key.chain[0] && office.isRevoked(key.chain[0], io.clock.now());
        if (revoked) throw new KabinaError("certificate/revoked", { subject: key.chain[0]!.commonName ?? "" });
        const draft = await updates.repository.signDraft(key, options.hash).finally(() => key.close());
        const by = key.chain[0]?.commonName ?? key.keyId;
        const at = io.clock.now().toISOString();
        office.register.note(() =>
          office.register.addEvent({
            at,
            by,
            kind: "policy.signed",
            subject: draft.hash,
            data: { version: draft.version },
          }),
        );
        if (options.json) io.json(draft);
        show(draft, io);
      }),
    );
  policy
    .command("sign-file <file>")
    .description("sign what the console gave to sign, on the officer's own machine; the console takes the signature")
    .requiredOption("--officer <place>", "the officer's key folder, or card:LABEL")
    .requiredOption("--hash <hex>", "what the console showed to the officer")
    .requiredOption("--out <file>", "where the signature goes")
    .option("--module <file>", "PKCS#11 module of the card", OPENSC)
    .option("--pin-fd <n>", "descriptor that gives the card's PIN", descriptor)
    .option("--json", "print one JSON document")
    .action(async (file: string, options: OfficerOptions & SignFileOptions) => {
      const bytes = await readFile(resolve(file));
      const hash = createHash("sha256").update(bytes).digest("hex");
      if (hash !== options.hash.trim().toLowerCase()) throw new KabinaError("updates/draft-changed", {});
      const { openOfficer } = await import("../staff/officer-keys.ts");
      const officer = await openOfficer(options.officer, options, io.random);
      try {
        const signature = Buffer.from(await officer.sign(bytes)).toString("hex");
        const signed = { keyId: officer.keyId, hash, signature };
        await writeFileDurably(resolve(options.out), `${JSON.stringify(signed)}\n`);
        if (options.json) io.json(signed);
        io.print(`${options.out}: signed with key ${officer.keyId}`);
      } finally {
        await officer.close();
      }
    });
  verb("publish", "make what enough officers signed the standing policy").action(async (options: PolicyOptions) =>
    withPki(options, io, async ({ updates, office }) => {
      const { version, hash } = await updates.repository.pending();
      await updates.repository.publish(updates.online);
      await updates.refresh();
      const at = io.clock.now().toISOString();
      office.register.note(() =>
        office.register.addEvent({ at, by: "server", kind: "policy.published", subject: hash, data: { version } }),
      );
      if (options.json) io.json({ version, hash });
      io.print(`version ${version} stands`);
    }),
  );
  verb("box", "copy the repository for a courier to carry to a booth without a link")
    .requiredOption("--out <dir>", "where to")
    .action(async (options: PolicyOptions & { out: string }) =>
      withPki(options, io, async ({ updates }) => {
        await updates.refresh();
        const from = join(resolve(options.data), "authority", "updates");
        for (const part of ["metadata", "targets"])
          await cp(join(from, part), join(resolve(options.out), part), { recursive: true });
        if (options.json) io.json({ box: resolve(options.out) });
        io.print(`${resolve(options.out)}: at the booth, kabina policy take --from it`);
      }),
    );
  policy
    .command("take")
    .description("at a booth without a link: take what a courier brought")
    .requiredOption("--from <dir>", "the courier's folder")
    .option("--data <dir>", "the data folder", "data")
    .option("--json", "print one JSON document")
    .action(async (options: { from: string; data: string; json?: true }) => {
      const folder = join(resolve(options.data), "booth");
      const client = new UpdateClient(join(folder, "updates"));
      await client.begin(await readFile(join(folder, "trust", "updates-root.json")));
      const source = folderSource(resolve(options.from));
      // First who there is: an authority that has followed another has a list of its own.
      const told = (await client.update(source, [AUTHORITIES_TARGET])).get(AUTHORITIES_TARGET);
      const known = await readTrust(join(folder, "trust"));
      const certificates = told ? Certificate.fromPem(Buffer.from(told).toString("utf8")) : [];
      const trust = followTrust(known, certificates, io.clock.now());
      const lists = listNames(trust).map(([, name]) => `lists/${name}`);
      const found = await client.update(source, [POLICY_TARGET, HOT_LIST_TARGET, SLIP_ISSUERS_TARGET, ...lists]);
      const taken = { version: (await client.version("targets")) ?? null, files: [...found.keys()] };
      if (options.json) io.json(taken);
      io.print(`took version ${taken.version}: ${taken.files.map((name) => basename(name)).join(", ")}`);
    });
}

interface RekeyFlags {
  readonly signer: readonly string[];
  readonly officer?: readonly string[];
  readonly threshold: number;
  readonly online?: true;
  readonly rehearse?: true;
}

async function rekey(
  options: PolicyOptions & OfficerOptions & RekeyFlags,
  office: Pki["office"],
  io: CliIo,
): Promise<void> {
  const [{ openOfficer }, { rotateRoles }] = await Promise.all([
    import("../staff/officer-keys.ts"),
    import("./role-rotation.ts"),
  ]);
  const opened: Officer[] = [];
  const open = async (places: readonly string[]) => {
    const found: Officer[] = [];
    // One after the other: each may ask for a PIN.
    for (const place of places) {
      const officer = await openOfficer(place, options, io.random);
      opened.push(officer);
      found.push(officer);
    }
    return found;
  };
  try {
    const signers = await open(options.signer);
    const officers = options.officer && { keys: await open(options.officer), threshold: options.threshold };
    const folder = join(resolve(options.data), "authority", "updates");
    const change = { officers, online: options.online === true, signers, rehearsal: options.rehearse === true };
    const done = await rotateRoles(change, { folder, store: office.store, clock: io.clock });
    if (!done.rehearsal) {
      const by = signers.map(({ chain: [leaf], keyId }) => leaf?.commonName ?? keyId).join("+");
      const data = {
        officers: officers?.keys.map(({ keyId }) => keyId).join(" ") ?? null,
        threshold: officers?.threshold ?? null,
        online: change.online,
      };
      const event = {
        at: io.clock.now().toISOString(),
        by,
        kind: "policy.rekeyed",
        subject: `root ${done.version}`,
        data,
      };
      office.register.note(() => office.register.addEvent(event));
    }
    if (options.json) io.json(done);
    for (const line of done.shown) io.print(`  ${line}`);
    io.print(done.rehearsal ? `root ${done.version} would stand` : `root ${done.version} stands`);
  } finally {
    for (const officer of opened) await officer.close();
  }
}

function show({ version, hash, signedBy, threshold }: Draft, io: CliIo): void {
  io.print(`waits: version ${version}, ${signedBy.length} of ${threshold} have signed`);
  io.print(`hash ${hash}`);
}

interface DoubtFlags extends PolicyOptions, CardPlace {
  readonly since?: Date;
  readonly officer: readonly string[];
}

/** Two officers sign that a policy should not have been; a running server finds what was captured under it within seconds. */
async function doubt(version: number, options: DoubtFlags, io: CliIo): Promise<void> {
  const [{ doubtPolicy, policyOfVersion }, { knowledgeOf }, { agreedByTwo }] = await Promise.all([
    import("../security/policy-doubt.ts"),
    import("../pipeline/knowledge.ts"),
    import("../staff/two-officers.ts"),
  ]);
  await withPki(options, io, async ({ office }) => {
    const { register } = office;
    const known = knowledgeOf(register, join(resolve(options.data), "server"), io.clock);
    const tools = { register, known, clock: io.clock };
    const { hash } = await policyOfVersion(version, tools);
    const act = { act: "policy-doubt", subject: hash };
    const by = await agreedByTwo(options.officer, options, act, { office, clock: io.clock, random: io.random });
    const done = await doubtPolicy(version, options.since ?? null, by, tools);
    if (options.json) io.json({ by, ...done });
    io.print(
      `policy ${done.version} is doubted since ${done.since.toISOString()}; what must be looked at: kabina pki again`,
    );
  });
}

/** What the booths would not take, no officer is asked to sign. */
function assertPolicy(content: unknown): void {
  const faults = policyFaults(content);
  if (faults.length === 0) return;
  const fields = faults.map(({ path, kind, limit }) => `${path} ${kind}${limit === null ? "" : ` ${limit}`}`);
  throw new KabinaError("updates/policy-malformed", { fields: fields.join(", ").slice(0, 300) });
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (cause) {
    throw new KabinaError("updates/not-json", {}, { cause });
  }
}

async function withPki(options: PolicyOptions, io: CliIo, task: (pki: Pki) => Promise<void>): Promise<void> {
  const { openPki } = await import("./pki.ts");
  const { CREDENTIALS_DIRECTORY: credentialsDirectory } = process.env;
  const data = resolve(options.data);
  const pki = await openPki(data, { passphraseFile: options.passphraseFile, credentialsDirectory }, io);
  if (!pki) throw new KabinaError("authority/absent", { path: data });
  try {
    await task(pki);
  } finally {
    await pki.close();
  }
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 2 || number > 20) throw new InvalidArgumentError("2 to 20 officers");
  return number;
}
