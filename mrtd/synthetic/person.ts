/**
 * A synthetic person: personal data, face, fingers, signature and passport, all from one seed and fitting each other. Nobody real
 * is in it; the state is Utopia (UTO), which issues nothing.
 */
import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type CaptureFiles,
  type FingerPosition,
  faceCaptures,
  fingerCaptures,
  passportPortrait,
  passportPrints,
  signatureCaptures,
} from "../../biometrics/synthetic/captures.ts";
import { seededRandom } from "../../biometrics/synthetic/random.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { composeDg3 } from "../lds/prints.ts";
import { composeMrz } from "../mrz/compose.ts";
import type { MrzData } from "../mrz/mrz.ts";
import { transliterate } from "../mrz/transliterate.ts";
import { passportFeatures } from "./features.ts";
import { birthplaces, givenNames, surnames } from "./names.ts";
import { makePassport, type PassportData, writePassport } from "./passport.ts";
import { seededBytes, utopia, utopiaTerminals } from "./utopia.ts";

/** Personal data as an application form has it. */
export interface PersonData {
  readonly seed: number;
  readonly surname: { readonly latin: string; readonly cyrillic: string };
  readonly givenNames: { readonly latin: string; readonly cyrillic: string };
  readonly sex: "F" | "M";
  /** YYYY-MM-DD. */
  readonly birthDate: string;
  readonly birthPlace: { readonly latin: string; readonly cyrillic: string };
  readonly nationality: "UTO";
  readonly document: {
    readonly number: string;
    readonly issuer: "UTO";
    /** YYYY-MM-DD. */
    readonly issued: string;
    readonly expires: string;
    /** Card access number, six digits. */
    readonly can: string;
  };
  readonly mrz: MrzData;
  /** The lines of the MRZ. */
  readonly mrzLines: readonly string[];
}

export interface PersonOptions {
  /** Default: from the seed. */
  readonly sex?: "F" | "M";
  /** Years on the reference date. Default: 18 … 78 from the seed. */
  readonly age?: number;
  /** Default `approach`. */
  readonly film?: "approach" | "hold" | "none";
  /** Default: both index fingers and both thumbs. */
  readonly fingers?: readonly FingerPosition[];
  /** Impressions of each finger. Default 4. */
  readonly impressions?: number;
}

export interface SyntheticPerson {
  readonly data: PersonData;
  /** Files of the person's folder, by their path in it; the passport has its own. */
  readonly files: CaptureFiles;
  readonly passport: PassportData;
}

/** The day for which synthetic people are made, so that a seed gives the same person on any day. */
export const referenceDate = "2026-01-01";
/** Fingers of a person's folder: both index fingers, and what is taken in their place. */
const fingers = ["right-index", "left-index", "right-thumb", "left-thumb"] as const;
/** What a passport carries (9303-10 §4.7.3), of those that the person has. */
const inPassport: readonly FingerPosition[] = ["right-index", "left-index"];
/** Years a passport is valid. */
const validYears = 10;

/** Personal data of a seed. */
export function personData(seed: number, options: PersonOptions = {}): PersonData {
  const random = seededRandom(seed, "person");
  const drawnSex = random.chance(0.5) ? "F" : "M";
  const drawnAge = 18 + random.index(61);
  const sex = options.sex ?? drawnSex;
  const age = options.age ?? drawnAge;
  const reference = new Date(`${referenceDate}T00:00:00Z`);
  const birth = dayBefore(reference, age * 365.2425 + 1 + random.index(364));
  const issued = dayBefore(reference, 30 + random.index(365 * 6));
  const expires = new Date(Date.UTC(issued.getUTCFullYear() + validYears, issued.getUTCMonth(), issued.getUTCDate()));
  const [masculine, feminine] = random.pick(surnames);
  const surname = sex === "F" ? feminine : masculine;
  const given = random.pick(givenNames[sex]);
  const place = random.pick(birthplaces);
  const number = `K${digits(random.index(100_000_000), 8)}`;
  const can = digits(random.index(1_000_000), 6);
  const both = (name: string) => ({ latin: transliterate(name, "RUS"), cyrillic: name.toUpperCase() });
  const mrz: MrzData = {
    format: "TD3",
    documentCode: "P",
    issuer: "UTO",
    documentNumber: number,
    nationality: "UTO",
    dateOfBirth: mrzDay(birth),
    sex,
    dateOfExpiry: mrzDay(expires),
    primaryIdentifier: both(surname).latin,
    secondaryIdentifier: both(given).latin,
  };
  return {
    seed,
    surname: both(surname),
    givenNames: both(given),
    sex,
    birthDate: isoDay(birth),
    birthPlace: both(place),
    nationality: "UTO",
    document: { number, issuer: "UTO", issued: isoDay(issued), expires: isoDay(expires), can },
    mrz,
    mrzLines: composeMrz(mrz),
  };
}

/** Years on the reference date. */
export const ageOf = ({ birthDate }: PersonData): number =>
  Math.floor((Date.parse(referenceDate) - Date.parse(birthDate)) / (365.2425 * 86_400_000));

/** Makes a person: data and captures. Some seconds of work, most of them for fingers and film. */
export async function makePerson(seed: number, options: PersonOptions = {}): Promise<SyntheticPerson> {
  const data = personData(seed, options);
  const age = ageOf(data);
  const portrait = await passportPortrait(seed, { sex: data.sex, age, years: 4 });
  const taken = options.fingers ?? fingers;
  const prints = await passportPrints(
    seed,
    inPassport.filter((position) => taken.includes(position)),
  );
  const issued = new Date(`${data.document.issued}T09:00:00Z`);
  const made = makePassport(
    {
      mrz: data.mrz,
      portrait,
      clock: { now: () => issued, monotonic: () => 0 },
      random: seededBytes(seed, "passport"),
      features: passportFeatures.full,
      dataGroups: { DG3: composeDg3(prints, "19794", seededBytes(seed, "passport without prints")(16)) },
      terminalTrust: utopiaTerminals().certificate,
    },
    utopia(),
  );
  const passport: PassportData = { ...made, access: { ...made.access, can: data.document.can } };
  const files: CaptureFiles = {
    "person.json": new TextEncoder().encode(`${JSON.stringify(data, null, 1)}\n`),
    ...(await faceCaptures(seed, { sex: data.sex, age, film: options.film ?? "approach" })),
    ...(await fingerCaptures(seed, taken, options.impressions ?? 4)),
    ...(await signatureCaptures(seed)),
  };
  return { data, files, passport };
}

/**
 * Writes a person's folder; it appears whole or not at all.
 * @throws `mrtd/person-exists` when there is something at that place already
 */
export async function writePerson(person: SyntheticPerson, directory: string): Promise<void> {
  const draft = `${directory}.part-${randomBytes(4).toString("hex")}`;
  try {
    for (const [name, bytes] of Object.entries(person.files)) {
      const path = join(draft, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    }
    await writePassport(join(draft, "passport"), person.passport);
    await rename(draft, directory);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR")
      throw new KabinaError("mrtd/person-exists", { directory }, { cause });
    throw cause;
  }
}

function dayBefore(date: Date, days: number): Date {
  return new Date(date.getTime() - Math.floor(days) * 86_400_000);
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function mrzDay(date: Date): string {
  return isoDay(date).replaceAll("-", "").slice(2);
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}
