/**
 * Members of staff whom the booth knows: the second person who looks at a finger that cannot be given. Each has a number and a
 * PIN; the file holds the PIN's scrypt hash only.
 *
 *     <data>/booth/staff.json   [{ staff, salt, hash }]
 */
import { scrypt, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

export const StaffNumber = z.string().regex(/^\d{3,12}$/);
export const StaffPin = z.string().regex(/^\d{6,12}$/);

const Member = z.strictObject({
  staff: StaffNumber,
  salt: z.base64url().max(64),
  hash: z.base64url().max(64),
});
const Roll = z.array(Member).max(1000);
type Member = z.infer<typeof Member>;

/** scrypt: about 50 ms and 16 MB for one guess. */
const COST = { N: 2 ** 14, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Wrong PINs in a row after which nobody is let in for a while. */
const WRONG_AT_MOST = 5;
const LOCKED_MS = 15 * 60_000;

export class StaffRoll {
  readonly #path: string;
  readonly #clock: Clock;
  #wrong = 0;
  #lockedUntil = 0;

  /** @param boothFolder `<data>/booth` */
  constructor(boothFolder: string, clock: Clock) {
    this.#path = join(boothFolder, "staff.json");
    this.#clock = clock;
  }

  /** Adds a member or gives them a new PIN. Throws `staff/malformed`. */
  async add(staff: string, pin: string, random: RandomBytes): Promise<void> {
    if (!StaffNumber.safeParse(staff).success || !StaffPin.safeParse(pin).success)
      throw new KabinaError("staff/malformed");
    const salt = random(SALT_BYTES);
    const member: Member = { staff, salt: text(salt), hash: text(await hashOf(pin, salt)) };
    const others = (await this.#members()).filter((other) => other.staff !== staff);
    await writeFileDurably(this.#path, `${JSON.stringify([...others, member], null, 2)}\n`, 0o600);
  }

  /** Resolves when number and PIN belong together. Throws `staff/unknown` (never which of the two is wrong), `staff/locked`. */
  async check(staff: string, pin: string): Promise<void> {
    const now = this.#clock.monotonic();
    if (now < this.#lockedUntil)
      throw new KabinaError("staff/locked", { minutes: Math.ceil((this.#lockedUntil - now) / 60_000) });
    const member = (await this.#members()).find((one) => one.staff === staff);
    // An unknown number takes as long as a wrong PIN.
    const salt = member === undefined ? Buffer.alloc(SALT_BYTES) : Buffer.from(member.salt, "base64url");
    const given = await hashOf(pin, salt);
    if (member !== undefined && timingSafeEqual(given, Buffer.from(member.hash, "base64url"))) {
      this.#wrong = 0;
      return;
    }
    this.#wrong += 1;
    if (this.#wrong >= WRONG_AT_MOST) {
      this.#wrong = 0;
      this.#lockedUntil = now + LOCKED_MS;
    }
    throw new KabinaError("staff/unknown");
  }

  /** Read each time: the roll may change while the booth runs. A damaged file knows nobody. */
  async #members(): Promise<readonly Member[]> {
    const file = await readFile(this.#path, "utf8").catch(() => "[]");
    try {
      return Roll.parse(JSON.parse(file));
    } catch {
      return [];
    }
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

function hashOf(pin: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(pin, salt, HASH_BYTES, COST, (error, hash) => (error === null ? resolve(hash) : reject(error))),
  );
}
