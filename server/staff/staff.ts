/**
 * The people who work at the server, and what they sign in with: passkeys, certificates on cards, and one-time codes. A code that an
 * officer hands to a new person lets them add a passkey and nothing else. The people of a demonstration get codes for whole sessions
 * instead, which only the server's owner can read; each use makes the next one.
 */
import { createHash } from "node:crypto";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PersonRecord } from "../register/records.ts";
import type { Register } from "../register/register.ts";
import { STAFF_DOUBTED } from "../register/register.ts";
import type { Role } from "./roles.ts";

export interface StaffTools {
  readonly register: Register;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Makes a demonstration person's next code known to the server's owner. */
  readonly publish: (person: string, code: string) => Promise<void>;
}

/** Who has signed in, with what, and whether only to add a passkey. */
export interface SignedIn {
  readonly person: PersonRecord;
  readonly credential: string;
  readonly kind: "one-time" | "passkey" | "certificate";
  readonly onlyToEnrol: boolean;
}

export const staffLimits = {
  /** Bytes of randomness in a one-time code: guessing one is hopeless at any speed. */
  codeBytes: 24,
  /** Milliseconds that a code for a new person holds. */
  invitationMs: 24 * 60 * 60_000,
} as const;

const demonstration: readonly { id: string; name: string; roles: readonly Role[] }[] = [
  { id: "operator-1", name: "Demonstration operator", roles: ["operator"] },
  { id: "supervisor-1", name: "Demonstration supervisor", roles: ["supervisor"] },
  { id: "officer-1", name: "Demonstration officer 1", roles: ["security-officer"] },
  { id: "officer-2", name: "Demonstration officer 2", roles: ["security-officer"] },
  { id: "manager-1", name: "Demonstration manager", roles: ["manager"] },
  { id: "auditor-1", name: "Demonstration auditor", roles: ["auditor"] },
];

export class Staff {
  readonly #tools: StaffTools;
  readonly #codes = new Map<string, string>();

  constructor(tools: StaffTools) {
    this.#tools = tools;
  }

  /** An installation without any person gets those of a demonstration; each of these who is still active gets a code. */
  async start(): Promise<void> {
    const { register } = this.#tools;
    if (register.persons().length === 0)
      register.change(() => {
        for (const person of demonstration) this.#set({ ...person, state: "active", demonstration: true }, "server");
      });
    for (const person of register.persons())
      if (person.demonstration && person.state === "active") await this.#renewCode(person.id);
  }

  /** The code of a demonstration person; undefined for everyone else. */
  code(person: string): string | undefined {
    return this.#codes.get(person);
  }

  /** The person when they may work; undefined when they are unknown or disabled. Asked at every request: being disabled ends an open session. */
  active(id: string): PersonRecord | undefined {
    const person = this.#tools.register.person(id);
    return person?.state === "active" ? person : undefined;
  }

  /** Whether the person may work and what they signed in with still lets them in: not taken back, not ended. A code is used up and is not asked for again. */
  stands({ person, credential, kind }: SignedIn): boolean {
    const { register, clock } = this.#tools;
    if (!this.active(person.id)) return false;
    if (kind === "passkey") return register.credential(credential)?.person === person.id;
    if (kind === "one-time") return true;
    const record = register.certificateOf(credential);
    return record === undefined || (record.revokedAt === null && record.notAfter > clock.now().toISOString());
  }

  /** Signs in with a one-time code, which is then used up. Throws `review/token-wrong`. */
  async useCode(code: string): Promise<SignedIn> {
    const { register, clock } = this.#tools;
    const id = digest(code);
    const credential = register.credential(id);
    const person = credential?.kind === "one-time" ? this.active(credential.person) : undefined;
    const { until } = JSON.parse(credential?.content ?? "{}") as { until?: string };
    const late = until !== undefined && until < clock.now().toISOString();
    // Removing it is using it: of two at once only one removes it.
    if (!person || late || !register.note(() => register.removeCredential(id)))
      throw new KabinaError("review/token-wrong");
    if (person.demonstration) await this.#renewCode(person.id);
    this.note(person.id, "staff.signed-in", person.id, { with: "one-time" });
    return { person, credential: id, kind: "one-time", onlyToEnrol: !person.demonstration };
  }

  /** Adds a person, or changes one. Returns the code with which a new one adds a passkey. */
  add(person: Omit<PersonRecord, "state" | "demonstration">, by: string): string {
    return this.#tools.register.change(() => {
      this.#set({ ...person, state: "active", demonstration: false }, by);
      return this.#invite(person.id);
    });
  }

  /** A code that lets its holder in once, to add a passkey. */
  #invite(person: string): string {
    const { register, clock, random } = this.#tools;
    const code = Buffer.from(random(staffLimits.codeBytes)).toString("base64url");
    const now = clock.now();
    const content = JSON.stringify({ until: new Date(now.getTime() + staffLimits.invitationMs).toISOString() });
    register.addCredential({ id: digest(code), person, kind: "one-time", content, addedAt: now.toISOString() });
    return code;
  }

  /** A person has lost what they sign in with: every way in is taken back, and a code, good once, lets them add a new passkey. Throws `person/unknown`. */
  renew(id: string, by: string): string {
    const { register, clock } = this.#tools;
    const person = this.active(id);
    if (!person || person.demonstration) throw new KabinaError("person/unknown", { person: id });
    const at = clock.now().toISOString();
    return register.change(() => {
      const lost = register.credentialsOf(id);
      for (const credential of lost) register.removeCredential(credential.id);
      register.addEvent({ at, by, kind: "staff.renewed", subject: id, data: { removed: lost.length } });
      return this.#invite(id);
    });
  }

  /** Takes every way in from a person, now. `since`: from when what they did is doubted. Throws `person/unknown`. */
  disable(id: string, by: string, since: Date | null = null): void {
    const { register, clock } = this.#tools;
    const person = register.person(id);
    if (!person) throw new KabinaError("person/unknown", { person: id });
    register.change(() => {
      for (const credential of register.credentialsOf(id)) register.removeCredential(credential.id);
      this.#set({ ...person, state: "disabled" }, by);
      if (since === null) return;
      const at = clock.now().toISOString();
      register.addEvent({ at, by, kind: STAFF_DOUBTED, subject: id, data: { since: since.toISOString() } });
    });
    this.#codes.delete(id);
  }

  note(by: string, kind: string, subject: string, data: Record<string, string | number | null>): void {
    const { register, clock } = this.#tools;
    register.note(() => register.addEvent({ at: clock.now().toISOString(), by, kind, subject, data }));
  }

  #set(person: PersonRecord, by: string): void {
    const { register, clock } = this.#tools;
    register.setPerson(person);
    const data = { roles: person.roles.join(" "), state: person.state };
    register.addEvent({ at: clock.now().toISOString(), by, kind: "staff.changed", subject: person.id, data });
  }

  async #renewCode(person: string): Promise<void> {
    const { register, clock, random, publish } = this.#tools;
    const code = Buffer.from(random(staffLimits.codeBytes)).toString("base64url");
    await publish(person, code);
    const addedAt = clock.now().toISOString();
    register.note(() => {
      for (const old of register.credentialsOf(person)) if (old.kind === "one-time") register.removeCredential(old.id);
      register.addCredential({ id: digest(code), person, kind: "one-time", content: "{}", addedAt });
    });
    this.#codes.set(person, code);
  }
}

const digest = (code: string): string => createHash("sha256").update(code).digest("hex");
