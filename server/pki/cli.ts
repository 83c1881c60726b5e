/** `kabina pki …`: the security officer's verbs, beside a running server or without one. */
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type IssuerKind, issuerKinds } from "../../crypto/authority/authority.ts";
import { type RevocationReason, revocationReasons } from "../../crypto/certificate/revocation-builder.ts";
import type { CliIo } from "../../crypto/cli-io.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyPurpose } from "../../crypto/keys/key.ts";
import { descriptor, OPENSC } from "../../crypto/pkcs11/cli.ts";
import { type SuiteId, suiteIds } from "../../crypto/suites/names.ts";
import type { CertificateRecord, RegisterIssuer } from "../register/records.ts";
import type { CardPlace } from "../staff/officer-keys.ts";
import { moment } from "./cli-moment.ts";
import type { CertificateOffice } from "./office.ts";
import { oneAtATime } from "./one-rotation.ts";
import type { Rotated, RotatingKind } from "./rotation.ts";
import type { CertificateStatusDesk } from "./status.ts";
import { registerSuccession } from "./succession-cli.ts";

interface OfficeOptions {
  readonly data: string;
  readonly passphraseFile?: string;
  readonly json?: true;
}

const day = 24 * 60 * 60_000; // ms
const issuers: readonly RegisterIssuer[] = [...issuerKinds, "root"];

export function register(program: Command, io: CliIo): void {
  const pki = program.command("pki").description("the authority: certificates, requests, revocation");
  const common = (parent: Command, name: string, description: string): Command =>
    parent
      .command(name)
      .description(description)
      .option("--data <dir>", "the data folder", "data")
      .option("--passphrase-file <file>", "passphrase of the issuing authorities' keys (0600)")
      .option("--json", "print one JSON document");
  const verb = (name: string, description: string): Command => common(pki, name, description);

  verb("list", "certificates, newest first")
    .option("--text <part>", "part of a name, serial number or fingerprint")
    .addOption(new Option("--issuer <kind>", "of one authority").choices(issuers))
    .option("--revoked", "only revoked ones")
    .action(async (options: OfficeOptions & { text?: string; issuer?: RegisterIssuer; revoked?: true }) =>
      withOffice(options, io, (office) => {
        const { text, issuer, revoked } = options;
        const found = office.register.search({ text, issuer, revoked });
        if (options.json) io.json({ certificates: found.map(shown) });
        for (const record of found) io.print(line(record, io.clock.now()));
      }),
    );
  verb("show <serial-or-name>", "a certificate or a request, and its life so far").action(
    async (what: string, options: OfficeOptions) =>
      withOffice(options, io, (office) => {
        const { register: book } = office;
        const one = book.certificate(what.toLowerCase());
        const records = one ? [one] : book.certificatesNamed(what);
        const request = book.request(what);
        if (records.length === 0 && !request) throw new KabinaError("certificate/unknown", { serial: what });
        const subjects = [...records.map(({ serial }) => serial), ...(request ? [request.id] : [])];
        const life = subjects.flatMap((subject) => book.eventsOf(subject)).sort((a, b) => a.sequence - b.sequence);
        if (options.json)
          io.json({ certificates: records.map(shown), request: request && { ...request, der: undefined }, life });
        for (const record of records) io.print(line(record, io.clock.now()));
        for (const { at, by, kind, data } of life) io.print(`  ${at}  ${kind}  by ${by}  ${JSON.stringify(data)}`);
      }),
  );
  verb("requests", "who waits to be certified; compare the fingerprint with the booth's screen").action(
    async (options: OfficeOptions) =>
      withOffice(options, io, (office) => {
        const waiting = office.register.waiting();
        if (options.json) io.json({ requests: waiting.map(({ der, ...request }) => request) });
        for (const { id, name, issuer, keyId, askedAt, address } of waiting)
          io.print(`${id}  ${issuer} ${name}  asked ${askedAt} from ${address}\n  key ${grouped(keyId)}`);
        if (waiting.length === 0) io.print("nobody waits");
      }),
  );
  verb("approve <request>", "certify a key that waits, after comparing its fingerprint")
    .requiredOption("--fingerprint <digits>", "the digits on the booth's own screen, 16 at least")
    .option("--office <id>", "the office that the booth belongs to")
    .action(async (id: string, options: OfficeOptions & { fingerprint: string; office?: string }) =>
      withOffice(options, io, async (office) => {
        const [leaf] = await office.approve(id, whoAmI(), options.fingerprint, options.office ?? null);
        if (options.json) io.json({ serial: leaf!.serialHex, sha256: leaf!.sha256 });
        io.print(`issued ${leaf!.serialHex} for ${leaf!.commonName}, until ${leaf!.notAfter.toISOString()}`);
      }),
    );
  verb("refuse <request>", "refuse a key that waits").action(async (id: string, options: OfficeOptions) =>
    withOffice(options, io, async (office) => {
      await office.refuse(id, whoAmI());
      if (options.json) io.json({ refused: id });
      io.print(`refused ${id}`);
    }),
  );
  verb("revoke <serial-or-name>", "take a certificate back, or every one that a booth holds")
    .addOption(new Option("--reason <why>", "why").choices(Object.keys(revocationReasons)).default("unspecified"))
    .option("--since <time>", "from when nothing it signed is believed (ISO 8601)", moment)
    .addOption(
      new Option("--issuer <kind>", "which kind of holder the name is of").choices(issuerKinds).default("booths"),
    )
    .option(
      "--officer <place...>",
      "two officers who agree, for an authority's or the server's: key folders, or card:LABEL",
    )
    .option("--module <file>", "PKCS#11 module of their cards", OPENSC)
    .option("--pin-fd <n>", "descriptor that gives a card's PIN", descriptor)
    .action(async (what: string, options: OfficeOptions & RevokeFlags) =>
      withOffice(options, io, async (office) => {
        const { agreedByTwo, hurtsMany } = await import("../staff/two-officers.ts");
        const one = office.register.certificate(what.toLowerCase());
        const serials = one ? [one.serial] : office.holding(what, options.issuer).map(({ serial }) => serial);
        if (serials.length === 0) throw new KabinaError("certificate/unknown", { serial: what });
        const tools = { office, clock: io.clock, random: io.random };
        const act = { act: "revocation", subject: serials.join(" ") };
        const by = serials.some((serial) => hurtsMany(office.register.certificate(serial)!))
          ? await agreedByTwo(options.officer ?? [], options, act, tools)
          : whoAmI();
        const revoked = office.revoke(serials, by, options.reason, options.since ?? null);
        if (options.json) io.json({ revoked });
        for (const serial of revoked) io.print(`revoked ${serial}`);
      }),
    );
  verb("drill", "a booth was stolen: revoke it, see that every point refuses it, list what it sealed since; timed")
    .requiredOption("--booth <id>", "which booth")
    .option("--since <time>", "the suspected moment (ISO 8601); now when left out", moment)
    .action(async (options: OfficeOptions & { booth: string; since?: Date }) =>
      withOffice(options, io, async (office, status) => {
        const [{ runDrill }, { openDatabase }] = await Promise.all([
          import("../security/drill.ts"),
          import("../store/database.ts"),
        ]);
        const store = openDatabase(join(resolve(options.data), "server", "kabina.sqlite"));
        try {
          const tools = { office, status, store, clock: io.clock };
          const drill = await runDrill(options.booth, options.since ?? io.clock.now(), whoAmI(), tools);
          if (options.json) io.json(drill);
          for (const { what, atMs } of drill.steps) io.print(`${String(atMs).padStart(7)} ms  ${what}`);
          for (const { packageId, sealedAt, suspect } of drill.packages)
            io.print(`${suspect ? "suspect" : "proved "}  ${packageId}  says it was sealed ${sealedAt}`);
          io.print(`done in ${drill.totalMs} ms. When the booth is back it asks with a new key: kabina pki requests`);
        } finally {
          store.close();
        }
      }),
    );
  verb(
    "again",
    "what must be looked at again because something behind it was taken back; and gaps in the booths' lines",
  )
    .option("--done <case>", "somebody has looked at this case")
    .action(async (options: OfficeOptions & { done?: string }) =>
      withOffice(options, io, async (office) => {
        const [{ Reexamination }, { knowledgeOf }, { openRecords }] = await Promise.all([
          import("../security/reexamination.ts"),
          import("../pipeline/knowledge.ts"),
          import("../store/store.ts"),
        ]);
        const folder = join(resolve(options.data), "server");
        const store = openRecords(join(folder, "kabina.sqlite"));
        try {
          const { register } = office;
          const known = knowledgeOf(register, folder, io.clock);
          const tools = { store, register, known, clock: io.clock, onChange: () => undefined };
          const reexamination = new Reexamination(tools);
          await reexamination.apply();
          if (options.done !== undefined) await reexamination.done(options.done, whoAmI());
          const listed = reexamination.list();
          if (options.json) io.json(listed);
          const open = listed.items.filter(({ closedAt }) => closedAt === null);
          for (const { caseId, packageId, booth, cause, subject, since, standing, claimedAt, state } of open) {
            io.print(`${caseId}  ${standing}  ${state}  package ${packageId} of ${booth}`);
            io.print(`  ${cause} ${subject} is doubted since ${since}; says it was sealed ${claimedAt}`);
          }
          for (const { booth, first, last } of listed.gaps)
            io.print(`${booth}: ${first === last ? `package ${first}` : `packages ${first} to ${last}`} not here`);
          if (open.length === 0) io.print("nothing to look at again");
        } finally {
          store.database.close();
        }
      }),
    );
  verb(
    "rotate [kind]",
    "replace a key of this server (receipt, recipient, audit, tls, at-rest, status, slips): rehearsed first, what the old one sealed still opens",
  )
    .option("--rehearse", "only show that it would work")
    .option("--due", "every key that is due by the schedule")
    .addOption(new Option("--suite <id>", "the suite that the recipient's key moves to").choices(suiteIds))
    .option("--server-passphrase-file <file>", "passphrase of the server's keys (0600)")
    .action(async (kind: string | undefined, options: RotateFlags) => rotate(kind, options, io));
  verb("keys", "which keys exist, where, until when, when each is to be replaced, and what would be lost with it")
    .option("--due <days>", "only what is to be replaced within so many days", wholeOrNone)
    .action(async (options: OfficeOptions & { due?: number }) => {
      const [{ readInventory }, { Register }, { registerFile }, { en }] = await Promise.all([
        import("./key-inventory.ts"),
        import("../register/register.ts"),
        import("./pki.ts"),
        import("../console/texts/en.ts"),
      ]);
      const data = resolve(options.data);
      const book = new Register(registerFile(data));
      try {
        const now = io.clock.now();
        const until = options.due === undefined ? null : new Date(now.getTime() + options.due * day).toISOString();
        const all = await readInventory(data, book, now);
        const keys = all.filter(({ dueAt }) => until === null || (dueAt !== null && dueAt <= until));
        const losses: Readonly<Record<string, string>> = en.security.loss;
        if (options.json) io.json({ keys: keys.map((key) => ({ ...key, loss: losses[key.purpose] ?? null })) });
        for (const key of keys) {
          const date = (at: string | null) => at?.slice(0, 10) ?? "-";
          const late = key.dueAt !== null && key.dueAt <= now.toISOString() ? "  DUE" : "";
          const where = key.holder === null ? key.place : `${key.place} ${key.holder}`;
          io.print(
            `${key.purpose.padEnd(18)} ${key.state.padEnd(7)} ${where.padEnd(20)} ${key.protection.padEnd(9)} ${key.keyId.slice(0, 16)}  until ${date(key.notAfter)}  replace by ${date(key.dueAt)}${late}`,
          );
          if (key.state === "current" && losses[key.purpose]) io.print(`    ${losses[key.purpose]}`);
        }
        if (keys.length === 0) io.print("none is due");
      } finally {
        book.close();
      }
    });
  verb("rekey [booths...]", "ask booths to take a new key; each does it by itself when it asks next")
    .option("--all", "every booth that holds a certificate")
    .addOption(new Option("--suite <id>", "the suite that the keys move to").choices(suiteIds))
    .action(async (named: readonly string[], options: OfficeOptions & { all?: true; suite?: SuiteId }) =>
      withOffice(options, io, (office) => {
        const booths = options.all ? office.boothsHolding() : named;
        if (booths.length === 0) throw new KabinaError("drill/nothing-held", { booth: "" });
        for (const booth of booths) office.askToRekey(booth, whoAmI(), options.suite ?? null);
        if (options.json) io.json({ asked: booths, suite: options.suite ?? null });
        io.print(`asked: ${booths.join(", ")}`);
      }),
    );
  registerCeremony(pki, io);
  registerSuccession(pki, {
    ...{ io, whole },
    verb: common,
    withOffice: (options, task) => withOffice(options, io, task),
  });
  verb("forecast", "what ends, and when")
    .option("--days <n>", "how far ahead", whole, 30)
    .action(async (options: OfficeOptions & { days: number }) =>
      withOffice(options, io, (office) => {
        const now = io.clock.now();
        const endsBefore = new Date(now.getTime() + options.days * day).toISOString();
        const ending = office.register
          .search({ endsBefore })
          .filter((record) => record.notAfter > now.toISOString())
          .sort((a, b) => (a.notAfter < b.notAfter ? -1 : 1));
        if (options.json) io.json({ days: options.days, ending: ending.map(shown) });
        for (const record of ending) io.print(line(record, now));
        if (ending.length === 0) io.print(`nothing ends within ${options.days} days`);
      }),
    );
}

function registerCeremony(pki: Command, io: CliIo): void {
  pki
    .command("ceremony")
    .description("make a root and the issuing authorities before witnesses; rehearse it first")
    .requiredOption("--root <dir>", "where the root's key goes; to be carried away")
    .requiredOption("--out <dir>", "where shares and transcript go; empty")
    .requiredOption("--witness <name...>", "who is there, two at least")
    .option("--data <dir>", "the data folder, whose authority/ must be empty", "data")
    .option("--shares <n>", "shares of the root's passphrase", whole, 3)
    .option("--quorum <m>", "how many of them open the root", whole, 2)
    .option("--rehearsal", "everything on keys that are destroyed at the end")
    .option("--json", "print one JSON document")
    .action(async (options: CeremonyFlags) => {
      const { holdCeremony } = await import("../../crypto/authority/ceremony.ts");
      const held = await holdCeremony(
        {
          root: resolve(options.root),
          authority: join(resolve(options.data), "authority"),
          out: resolve(options.out),
          witnesses: options.witness,
          shares: options.shares,
          quorum: options.quorum,
          rehearsal: options.rehearsal === true,
        },
        io,
      );
      if (options.json) io.json(held);
      io.print(`root ${held.root}${held.rehearsal ? " (rehearsal: destroyed again)" : ""}`);
      io.print(`transcript ${held.transcript}, signed by the root in ${held.transcript}.sig`);
      for (const share of held.shares) io.print(`share ${share}: give it to its keeper and remove it here`);
    });
}

interface RevokeFlags extends CardPlace {
  readonly reason: RevocationReason;
  readonly since?: Date;
  readonly issuer: IssuerKind;
  readonly officer?: readonly string[];
}

interface RotateFlags extends OfficeOptions {
  readonly rehearse?: true;
  readonly due?: true;
  readonly suite?: SuiteId;
  readonly serverPassphraseFile?: string;
}

async function rotate(kind: string | undefined, options: RotateFlags, io: CliIo): Promise<void> {
  const [rotation, { isBareKeyDue }, statuses, slips, { readSchedule }, { openServerKeys }, { rewrapRecords }] =
    await Promise.all([
      import("./rotation.ts"),
      import("./bare-rotation.ts"),
      import("./status-rotation.ts"),
      import("./slip-rotation.ts"),
      import("./schedule.ts"),
      import("../keys.ts"),
      import("./rewrap.ts"),
    ]);
  const { rotatingKinds, rotateKey, rehearseRotation, dueKinds } = rotation;
  const data = resolve(options.data);
  const allowed = [...Object.keys(rotatingKinds), STATUS, SLIPS, AT_REST];
  if (kind === undefined ? !options.due : !allowed.includes(kind))
    throw new KabinaError("rotation/kind", { kind: kind ?? "", allowed: allowed.join(", ") });
  const replace = async (office: CertificateOffice) => {
    const { CREDENTIALS_DIRECTORY: credentialsDirectory } = process.env;
    const places = { passphraseFile: options.serverPassphraseFile, credentialsDirectory };
    const rehearsal = options.rehearse === true;
    const tools = { data, office, clock: io.clock, random: io.random, suite: options.suite };
    const schedule = await readSchedule(join(data, "server"));
    const now = io.clock.now();
    const done: Rotated[] = [];
    const isDue = (purpose: KeyPurpose) => options.due && isBareKeyDue(purpose, office.store, now, schedule);
    if (kind === STATUS || (await isDue(statuses.STATUS_KEY)))
      done.push(await statuses.rotateStatus(whoAmI(), rehearsal, tools));
    if (kind === SLIPS || (await isDue(slips.SLIP_KEY))) done.push(await slips.rotateSlips(whoAmI(), rehearsal, tools));
    else if (options.due && !rehearsal) await slips.forgetEndedSlips(data, office.store, now);
    if (kind !== STATUS && kind !== SLIPS) {
      const store = await openServerKeys(join(data, "server"), places, io.random);
      if (kind === AT_REST) {
        const count = await rewrapRecords(data, store, io, rehearsal);
        if (options.json) io.json({ kind, rehearsal, records: count });
        return io.print(`${count} records ${rehearsal ? "would be" : "are"} under the current key`);
      }
      const kinds = options.due ? await dueKinds(store, now, schedule) : [kind as RotatingKind];
      const own = { ...tools, store };
      for (const one of kinds)
        done.push(rehearsal ? await rehearseRotation(one, own) : await rotateKey(one, whoAmI(), own));
    }
    if (options.json) io.json({ rotated: done });
    for (const { kind: what, before, after, shown } of done) {
      for (const line_ of shown) io.print(`  ${line_}`);
      io.print(
        options.rehearse
          ? `${what}: would be replaced`
          : `${what}: ${before.slice(0, 16)} is now ${after.slice(0, 16)}`,
      );
    }
    if (done.length === 0) io.print("nothing is due");
    else if (!options.rehearse) io.print("a running server takes it up within seconds");
  };
  await oneAtATime(data, () => withOffice(options, io, replace));
}

/** The key that records are wrapped for follows `recipient`; this brings the records after it. */
const AT_REST = "at-rest";
/** The key that answers questions about certificates: the authority's, not the server's. */
const STATUS = "status";
/** The key that signs slips lies with the authority's. */
const SLIPS = "slips";

interface CeremonyFlags {
  readonly root: string;
  readonly out: string;
  readonly witness: readonly string[];
  readonly data: string;
  readonly shares: number;
  readonly quorum: number;
  readonly rehearsal?: true;
  readonly json?: true;
}

async function withOffice(
  options: OfficeOptions,
  io: CliIo,
  task: (office: CertificateOffice, status: CertificateStatusDesk) => void | Promise<void>,
): Promise<void> {
  const { openPki } = await import("./pki.ts");
  const { CREDENTIALS_DIRECTORY: credentialsDirectory } = process.env;
  const data = resolve(options.data);
  const pki = await openPki(data, { passphraseFile: options.passphraseFile, credentialsDirectory }, io);
  if (!pki) throw new KabinaError("authority/absent", { path: data });
  try {
    await task(pki.office, pki.status);
  } finally {
    await pki.close();
  }
}

/** Who is on the register as having done it: whoever has the authority's passphrase, by the system's name for them. */
const whoAmI = (): string => `cli:${userInfo().username}`;

const shown = ({ der, ...record }: CertificateRecord) => record;

const grouped = (hex: string): string => hex.replace(/.{4}(?=.)/g, "$& ");

function line(record: CertificateRecord, now: Date): string {
  const state = record.revokedAt
    ? `revoked ${record.revokedAt} (${record.reason})`
    : record.notAfter < now.toISOString()
      ? `ended ${record.notAfter}`
      : `until ${record.notAfter} (${Math.floor((Date.parse(record.notAfter) - now.getTime()) / day)} days)`;
  return `${record.serial}  ${record.issuer.padEnd(8)} ${record.name}  ${state}`;
}

function wholeOrNone(text: string): number {
  return text === "0" ? 0 : whole(text);
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 36_500)
    throw new InvalidArgumentError("a whole number, 1 to 36500");
  return number;
}
