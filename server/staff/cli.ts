/** `kabina people …`: who works at this server. The first two officers are made here; everyone after them by two officers at the console. */
import { access, readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { descriptor, OPENSC } from "../../crypto/pkcs11/cli.ts";
import { moment } from "../pki/cli-moment.ts";
import type { Register } from "../register/register.ts";
import type { CardPlace } from "./officer-keys.ts";
import { type Role, roles } from "./roles.ts";
import type { Staff } from "./staff.ts";

interface StaffOptions {
  readonly data: string;
  readonly json?: true;
}

/** Officers that are made from the command line; with two there is dual control, and this way is closed. */
const firstOfficers = 2;

export function register(program: Command, io: CliIo): void {
  const staff = program.command("people").description("who works at this server");
  const verb = (name: string, description: string): Command =>
    staff
      .command(name)
      .description(description)
      .option("--data <dir>", "the data folder", "data")
      .option("--json", "print one JSON document");

  verb("list", "people, their roles, and what they sign in with").action(async (options: StaffOptions) =>
    withStaff(options, io, (book) => {
      const people = book.register.persons().map((person) => ({
        ...person,
        credentials: book.register
          .credentialsOf(person.id)
          .map(({ kind, addedAt, usedAt }) => ({ kind, addedAt, usedAt })),
      }));
      if (options.json) io.json({ people });
      for (const { id, name, roles: held, state, demonstration, credentials } of people)
        io.print(
          `${id}  ${name}  ${held.join(", ")}  ${state}${demonstration ? ", demonstration" : ""}  ${credentials.map(({ kind }) => kind).join(", ")}`,
        );
    }),
  );
  verb("add <id>", "add one of the first two security officers, or anyone before there are two")
    .requiredOption("--name <name>", "as shown to others")
    .addOption(new Option("--role <role...>", "what they do").choices(roles).makeOptionMandatory())
    .action(async (id: string, options: StaffOptions & { name: string; role: readonly Role[] }) =>
      withStaff(options, io, (book) => {
        if (!/^[a-z0-9-]{1,64}$/.test(id)) throw new KabinaError("person/unknown", { person: id });
        const officers = book.register
          .persons()
          .filter(
            ({ state, demonstration, roles: held }) =>
              state === "active" && !demonstration && held.includes("security-officer"),
          );
        if (officers.length >= firstOfficers) throw new KabinaError("person/two-officers");
        const code = book.staff.add({ id, name: options.name, roles: options.role }, by());
        if (options.json) io.json({ id, code });
        io.print(`${id}: open the console at http://localhost, sign in with this code, and add a passkey:`);
        io.print(code);
      }),
    );
  verb("disable <id>", "take every way in from a person, now")
    .option("--since <time>", "from when what they did is doubted: it is looked at again (ISO 8601)", moment)
    .action(async (id: string, options: StaffOptions & { since?: Date }) =>
      withStaff(options, io, (book) => {
        book.staff.disable(id, by(), options.since ?? null);
        if (options.json) io.json({ disabled: id });
        io.print(`${id} is out; open sessions end at their next request`);
      }),
    );
  verb("key <id>", "make a person a key of their own, certified by the authority for staff")
    .requiredOption("--out <dir>", "the key folder")
    .option("--replace", "take back every other certificate of theirs")
    .option("--officer <place...>", "two officers who agree, once there are two with keys: key folders, or card:LABEL")
    .option("--module <file>", "PKCS#11 module of their cards", OPENSC)
    .option("--pin-fd <n>", "descriptor that gives a card's PIN", descriptor)
    .action(async (id: string, options: StaffOptions & PersonKeyFlags) => {
      const [{ openPki }, { makeOfficerKey, takeBackOthers }, { agreedByTwo, personKeyNeedsTwo }] = await Promise.all([
        import("../pki/pki.ts"),
        import("./officer-keys.ts"),
        import("./two-officers.ts"),
      ]);
      const { CREDENTIALS_DIRECTORY: credentialsDirectory } = process.env;
      const pki = await openPki(resolve(options.data), { credentialsDirectory }, io);
      if (!pki) throw new KabinaError("authority/absent", { path: resolve(options.data) });
      try {
        if (!pki.office.register.person(id)) throw new KabinaError("person/unknown", { person: id });
        const tools = { office: pki.office, clock: io.clock, random: io.random };
        const who = personKeyNeedsTwo(pki.office)
          ? await agreedByTwo(options.officer ?? [], options, { act: "person-key", subject: id }, tools)
          : by();
        const at = io.clock.now().toISOString();
        const key = await makeOfficerKey(resolve(options.out), id, pki.office, who, io.random, at);
        const takenBack = options.replace ? await takeBackOthers(id, key, pki, who) : [];
        if (options.json) io.json({ id, keyId: key.keyId, certificate: key.chain[0]!.sha256, takenBack });
        io.print(`${options.out}: key ${key.keyId} of ${id}`);
        for (const serial of takenBack) io.print(`taken back: ${serial}`);
      } finally {
        await pki.close();
      }
    });
  verb(
    "card <id>",
    "certify the key on a person's card, which has signed a request; the certificate is then written to the card",
  )
    .requiredOption("--request <file>", "the request, signed by the card's key (kabina card request), PEM or DER")
    .requiredOption("--fingerprint <digits>", "of the key, as the card's holder shows it, 16 digits at least")
    .requiredOption("--out <file>", "where the certificate goes, DER (pkcs11-tool --write-object --type cert)")
    .option("--officer <place...>", "two officers who agree, once there are two with keys: key folders, or card:LABEL")
    .option("--module <file>", "PKCS#11 module of their cards", OPENSC)
    .option("--pin-fd <n>", "descriptor that gives a card's PIN", descriptor)
    .action(async (id: string, options: StaffOptions & CardFlags) => {
      const [{ openPki }, { certifyCard, expectCompared, readCardRequest }, { agreedByTwo, personKeyNeedsTwo }] =
        await Promise.all([import("../pki/pki.ts"), import("./officer-keys.ts"), import("./two-officers.ts")]);
      const { CREDENTIALS_DIRECTORY: credentialsDirectory } = process.env;
      const file = await readFile(resolve(options.request)).catch((cause: unknown) => {
        throw new KabinaError("person/card-key", {}, { cause });
      });
      const pki = await openPki(resolve(options.data), { credentialsDirectory }, io);
      if (!pki) throw new KabinaError("authority/absent", { path: resolve(options.data) });
      try {
        const { office } = pki;
        const request = await readCardRequest(file, id, office);
        expectCompared(request.keyId, options.fingerprint);
        const act = { act: "person-key", subject: `${id} ${request.keyId}` };
        const who = personKeyNeedsTwo(office)
          ? await agreedByTwo(options.officer ?? [], options, act, { office, clock: io.clock, random: io.random })
          : by();
        const leaf = await certifyCard(request, office, who, io.clock.now().toISOString());
        await writeFileDurably(resolve(options.out), leaf.der);
        if (options.json) io.json({ id, keyId: leaf.keyId, certificate: leaf.sha256 });
        io.print(`${options.out}: certificate of ${id} for key ${leaf.keyId}`);
      } finally {
        await pki.close();
      }
    });
  verb("end-demonstration", "disable everyone who signs in by link").action(async (options: StaffOptions) =>
    withStaff(options, io, (book) => {
      const out = book.register.persons().filter(({ demonstration, state }) => demonstration && state === "active");
      for (const { id } of out) book.staff.disable(id, by());
      if (options.json) io.json({ disabled: out.map(({ id }) => id) });
      io.print(`${out.length} people of the demonstration are out`);
    }),
  );
}

interface CardFlags extends CardPlace {
  readonly request: string;
  readonly fingerprint: string;
  readonly out: string;
  readonly officer?: readonly string[];
}

interface PersonKeyFlags extends CardPlace {
  readonly out: string;
  readonly replace?: true;
  readonly officer?: readonly string[];
}

const by = (): string => `cli:${userInfo().username}`;

async function withStaff(
  options: StaffOptions,
  io: CliIo,
  task: (book: { staff: Staff; register: Register }) => void,
): Promise<void> {
  const [{ Staff: Book }, { Register: RegisterBook }, { registerFile }] = await Promise.all([
    import("./staff.ts"),
    import("../register/register.ts"),
    import("../pki/pki.ts"),
  ]);
  const path = registerFile(resolve(options.data));
  await access(path).catch((cause: unknown) => {
    throw new KabinaError("server/not-started", { path }, { cause });
  });
  const register = new RegisterBook(path);
  try {
    task({ register, staff: new Book({ register, clock: io.clock, random: io.random, publish: async () => {} }) });
  } finally {
    register.close();
  }
}
