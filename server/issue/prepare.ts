/** From an accepted case to a sealed order for its document. */
import { openFaceDetector } from "../../biometrics/face/detector.ts";
import { chipPortrait, cutPortrait, encodeForChip } from "../../biometrics/face/portrait.ts";
import { decodeGrey, decodeImage } from "../../biometrics/image/codec.ts";
import { pictureOfGrey, type RecordedPicture, recoded } from "../../biometrics/records/recorded-picture.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Enrolment, FingerPosition, MrzFields } from "../../crypto/package/enrolment.ts";
import { randomUuid } from "../../crypto/uuid.ts";
import { composeNewDocument } from "../../mrtd/issue/new-document.ts";
import { type Order, sealOrder } from "../../mrtd/issue/order.ts";
import { parseDg1 } from "../../mrtd/lds/dg1.ts";
import type { MrzData } from "../../mrtd/mrz/mrz.ts";
import { transliterate } from "../../mrtd/mrz/transliterate.ts";
import type { ServerKeys } from "../keys.ts";
import { readEnrolment } from "../pipeline/pipeline.ts";
import type { CaseRecord } from "../store/cases.ts";
import type { Store } from "../store/store.ts";

export interface PrepareRequest {
  readonly caseId: string;
  /** What the office gives the new document. `expires`: YYYY-MM-DD. */
  readonly documentNumber: string;
  readonly expires: string;
  /** Default `P` and the holder's nationality. */
  readonly documentCode?: string;
  readonly issuer?: string;
  /** The whole names, where the old document had no room for them or they have changed; any letters of the norm's tables. */
  readonly surname?: string;
  readonly givenNames?: string;
  readonly encoding: Order["encoding"];
  /** The certificate of whoever makes the document. */
  readonly maker: Certificate;
}

export interface PrepareTools {
  readonly store: Store;
  readonly keys: Pick<ServerKeys, "receipt" | "recipient">;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export interface PreparedOrder {
  readonly orderId: string;
  readonly sealed: Uint8Array;
  readonly files: Readonly<Record<string, number>>;
  readonly prints: readonly FingerPosition[];
  /** To be called in the commit that notes the order: what pick-up compares the finished document with. */
  readonly keep: () => void;
}

/** ISO/IEC 19794-4 table 5. */
export const fingerNumbers: Readonly<Record<FingerPosition, number>> = {
  "right-thumb": 1,
  "right-index": 2,
  "right-middle": 3,
  "right-ring": 4,
  "left-thumb": 6,
  "left-index": 7,
  "left-middle": 8,
  "left-ring": 9,
};
/** A document carries two prints (9303-10 §4.7.3); the enrolment's first two that there are. */
const mostPrints = 2;
const printPpi = 500;

/**
 * Prepares and seals. Throws `review/case-unknown`, `issue/case-not-accepted`, `issue/names-cut`, `issue/portrait-unusable`,
 * `mrtd/mrz-field`, and what reading the parts throws.
 */
export async function prepareOrder(request: PrepareRequest, tools: PrepareTools): Promise<PreparedOrder> {
  const { store, keys, clock, random } = tools;
  const record = store.cases.find(request.caseId);
  if (!record) throw new KabinaError("review/case-unknown", { case: request.caseId });
  if (record.state !== "accepted") {
    throw new KabinaError("issue/case-not-accepted", { case: request.caseId, state: record.state });
  }
  const enrolment = readEnrolment((await store.parts.read(record, "enrolment")).bytes);
  if (!enrolment) throw new KabinaError("issue/enrolment-unreadable", { case: request.caseId });
  const { prints, positions } = await printsOf(enrolment, record, store);
  const document = composeNewDocument({
    mrz: await mrzOf(enrolment, request, record, store),
    portrait: await portraitOf((await store.parts.read(record, "portrait")).bytes),
    prints,
    encoding: request.encoding,
    hash: "sha256",
    random,
  });
  const orderId = randomUuid(random);
  const { caseId, encoding, maker } = request;
  const sealed = await sealOrder(
    { orderId, caseId, encoding, document },
    // The server keeps a copy that it can open itself: at pick-up the finished document is compared with it.
    { key: keys.receipt, recipients: [maker, keys.recipient.chain[0]!], at: clock.now(), random },
  );
  const files = Object.fromEntries(Object.entries(document.files).map(([name, bytes]) => [name, bytes.length]));
  const { DG1, DG2, DG3 } = document.files;
  const ordered = { DG1: DG1!, DG2: DG2!, DG3: DG3! };
  const keep = await store.orders.prepare(record, orderId, clock.now().toISOString(), ordered);
  return { orderId, sealed, files, prints: positions, keep };
}

/** The holder's data: the old chip's, where one was read, else the typed or scanned zone's. */
async function mrzOf(
  enrolment: Enrolment,
  request: PrepareRequest,
  record: CaseRecord,
  store: Store,
): Promise<MrzData> {
  const { chip, mrz } = enrolment.document;
  const fields: MrzFields = chip?.fields ?? mrz.fields;
  const issuer = request.issuer ?? fields.nationality;
  if (chip && request.surname === undefined && request.givenNames === undefined) {
    const { namesTruncated } = parseDg1((await store.parts.read(record, "chip-dg1")).bytes);
    if (namesTruncated) throw new KabinaError("issue/names-cut", { surname: fields.surname });
  }
  return {
    format: "TD3",
    documentCode: request.documentCode ?? "P",
    issuer,
    documentNumber: request.documentNumber,
    nationality: fields.nationality,
    dateOfBirth: mrzDate(fields.dateOfBirth),
    sex: fields.sex,
    dateOfExpiry: mrzDate(request.expires),
    primaryIdentifier: transliterate(request.surname ?? fields.surname, issuer),
    secondaryIdentifier: transliterate(request.givenNames ?? fields.givenNames, issuer),
  };
}

/** `1974-08-12` or `1974-XX-XX` as the MRZ has it. */
const mrzDate = (date: string): string => date.slice(2).replaceAll("-", "").replaceAll("X", "<");

async function portraitOf(still: Uint8Array) {
  const image = await decodeImage(still);
  const detector = await openFaceDetector();
  try {
    const [face] = (await detector.assess(image)).observation.faces;
    if (face === undefined) throw new KabinaError("issue/portrait-unusable");
    const portrait = cutPortrait(image, face, chipPortrait.height);
    const { width, height } = portrait.image;
    return { data: await encodeForChip(portrait.image, "jpeg"), width, height };
  } finally {
    await detector.close();
  }
}

async function printsOf(enrolment: Enrolment, record: CaseRecord, store: Store) {
  const kept = enrolment.fingers.filter(({ part }) => part !== null).slice(0, mostPrints);
  const prints: RecordedPicture[] = [];
  for (const { position, part, tries, kept: index } of kept) {
    const image = await decodeGrey((await store.parts.read(record, part!)).bytes, { ppi: printPpi });
    const quality = index === null ? undefined : tries[index]?.quality;
    const picture = {
      ...pictureOfGrey(image),
      position: fingerNumbers[position],
      quality: quality && Math.round(quality),
    };
    prints.push(await recoded(picture, "wsq"));
  }
  return { prints, positions: kept.map(({ position }) => position) };
}
