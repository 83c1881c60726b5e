/** Passkeys (WebAuthn) of the staff: adding one to one's own account, and signing in with it. */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { z } from "zod";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PersonRecord } from "../register/records.ts";
import type { Register } from "../register/register.ts";
import type { SignedIn, Staff } from "./staff.ts";

const limits = {
  /** Milliseconds that a challenge waits for its answer. */
  challengeMs: 2 * 60_000,
  /** Challenges that wait at once: the oldest goes first. */
  challenges: 1000,
  passkeysOfOne: 10,
} as const;

/** What a browser sends; its inside is checked by the library. */
export const PasskeyAnswer = z.object({
  id: z.string().max(1400),
  rawId: z.string().max(1400),
  type: z.literal("public-key"),
  response: z.record(z.string(), z.unknown()),
  clientExtensionResults: z.record(z.string(), z.unknown()),
  authenticatorAttachment: z.string().max(40).optional(),
});

const Kept = z.object({ publicKey: z.base64url(), counter: z.number(), transports: z.array(z.string()) });

/** Where the console is open: `http://localhost:8081`. The name without the port is what a passkey is bound to. */
export interface Origin {
  readonly origin: string;
  readonly host: string;
}

export class Passkeys {
  readonly #register: Register;
  readonly #staff: Staff;
  readonly #clock: Clock;
  readonly #challenges = new Map<string, { readonly person: string | null; readonly untilMs: number }>();

  constructor(register: Register, staff: Staff, clock: Clock) {
    this.#register = register;
    this.#staff = staff;
    this.#clock = clock;
  }

  /** What the browser needs to make a passkey for a person. Throws `person/too-many-passkeys`, `person/passkey-host`. */
  async registrationOptions(person: PersonRecord, at: Origin) {
    const known = this.#register.credentialsOf(person.id).filter(({ kind }) => kind === "passkey");
    if (known.length >= limits.passkeysOfOne)
      throw new KabinaError("person/too-many-passkeys", { limit: limits.passkeysOfOne });
    const options = await generateRegistrationOptions({
      rpName: "Kabina",
      rpID: nameOf(at),
      userName: person.id,
      userDisplayName: person.name,
      userID: new Uint8Array(Buffer.from(person.id)),
      attestationType: "none",
      excludeCredentials: known.map(({ id }) => ({ id })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    this.#remember(options.challenge, person.id);
    return options;
  }

  /** Throws `person/passkey-refused`. */
  async register(person: PersonRecord, answer: z.infer<typeof PasskeyAnswer>, at: Origin): Promise<void> {
    const response = answer as unknown as RegistrationResponseJSON;
    const verified = await verifyRegistrationResponse({
      response,
      expectedChallenge: (challenge) => this.#take(challenge, person.id),
      expectedOrigin: at.origin,
      expectedRPID: nameOf(at),
      requireUserVerification: true,
    }).catch((cause: unknown) => {
      throw new KabinaError("person/passkey-refused", {}, { cause });
    });
    if (!verified.verified || this.#register.credential(verified.registrationInfo.credential.id))
      throw new KabinaError("person/passkey-refused");
    const { id, publicKey, counter, transports } = verified.registrationInfo.credential;
    const kept = { publicKey: Buffer.from(publicKey).toString("base64url"), counter, transports: transports ?? [] };
    const addedAt = this.#clock.now().toISOString();
    this.#register.change(() => {
      this.#register.addCredential({ id, person: person.id, kind: "passkey", content: JSON.stringify(kept), addedAt });
      const data = { credential: id.slice(0, 64) };
      this.#register.addEvent({ at: addedAt, by: person.id, kind: "staff.passkey-added", subject: person.id, data });
    });
  }

  /** Names nobody: which people have passkeys is not told. */
  async signInOptions(at: Origin) {
    const options = await generateAuthenticationOptions({ rpID: nameOf(at), userVerification: "required" });
    this.#remember(options.challenge, null);
    return options;
  }

  /** Throws `person/passkey-refused`; a counter that went back is a copied key, and an event besides. */
  async signIn(answer: z.infer<typeof PasskeyAnswer>, at: Origin): Promise<SignedIn> {
    const credential = this.#register.credential(answer.id);
    const person = credential?.kind === "passkey" ? this.#staff.active(credential.person) : undefined;
    if (!credential || !person) throw new KabinaError("person/passkey-refused");
    const { publicKey, counter } = Kept.parse(JSON.parse(credential.content));
    const verified = await verifyAuthenticationResponse({
      response: answer as unknown as AuthenticationResponseJSON,
      expectedChallenge: (challenge) => this.#take(challenge, null),
      expectedOrigin: at.origin,
      expectedRPID: nameOf(at),
      requireUserVerification: true,
      credential: { id: credential.id, publicKey: new Uint8Array(Buffer.from(publicKey, "base64url")), counter },
    }).catch((cause: unknown) => {
      if (cause instanceof Error && /counter/.test(cause.message))
        this.#staff.note("server", "staff.passkey-copied", person.id, { credential: credential.id.slice(0, 64) });
      throw new KabinaError("person/passkey-refused", {}, { cause });
    });
    if (!verified.verified) throw new KabinaError("person/passkey-refused");
    const usedAt = this.#clock.now().toISOString();
    const kept = { ...JSON.parse(credential.content), counter: verified.authenticationInfo.newCounter };
    this.#register.note(() => this.#register.useCredential(credential.id, usedAt, JSON.stringify(kept)));
    this.#staff.note(person.id, "staff.signed-in", person.id, { with: "passkey" });
    return { person, credential: credential.id, kind: "passkey", onlyToEnrol: false };
  }

  #remember(challenge: string, person: string | null): void {
    const oldest = this.#challenges.size >= limits.challenges ? this.#challenges.keys().next().value : undefined;
    if (oldest !== undefined) this.#challenges.delete(oldest);
    this.#challenges.set(challenge, { person, untilMs: this.#clock.monotonic() + limits.challengeMs });
  }

  /** A challenge is good once, for whom it was made. */
  #take(challenge: string, person: string | null): boolean {
    const known = this.#challenges.get(challenge);
    this.#challenges.delete(challenge);
    return known !== undefined && known.person === person && this.#clock.monotonic() <= known.untilMs;
  }
}

/** Browsers bind passkeys to names, never to addresses. */
function nameOf({ host }: Origin): string {
  const name = host.replace(/:\d+$/, "");
  if (/^[\d.]+$|^\[/.test(name)) throw new KabinaError("person/passkey-host", { host: name });
  return name;
}
