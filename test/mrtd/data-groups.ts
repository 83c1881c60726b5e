/** One file of each kind that no synthetic passport carries, small and always the same bytes. */
import type { RecordedPicture } from "../../biometrics/records/recorded-picture.ts";
import { composeDetails } from "../../mrtd/lds/details.ts";
import { composeDisplayedImages } from "../../mrtd/lds/displayed-images.ts";
import { composeDg13, composeFeatures } from "../../mrtd/lds/features.ts";
import { composeDg4, type IrisImage } from "../../mrtd/lds/irises.ts";
import { composeAtrInfo, composeDir } from "../../mrtd/lds/master-file.ts";
import { composeDg16, type PersonToNotify } from "../../mrtd/lds/persons.ts";
import { composeDg3 } from "../../mrtd/lds/prints.ts";
import { portrait } from "./fixture.ts";

const unhex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

export const nonce = unhex("00112233445566778899aabbccddeeff");

const print = (position: number): RecordedPicture => ({
  position,
  impressionType: 0,
  quality: 70,
  width: 4,
  height: 3,
  ppi: 500,
  depth: 8,
  coding: "raw",
  data: Uint8Array.from({ length: 12 }, (_, i) => i * position),
});
/** Right and left index finger. */
export const prints = [print(2), print(7)];

export const irises: readonly IrisImage[] = [
  { eye: "right", coding: "jpeg2000", width: 640, height: 480, quality: 88, data: unhex("ff4fff51aa") },
  { eye: "left", coding: "jpeg2000", width: 640, height: 480, data: unhex("ff4fff51bbcc") },
];

export const persons: readonly PersonToNotify[] = [
  { dateRecorded: "20260601", name: "ЭРИКССОН<<АННА", telephone: "+4912345", address: "Zenith<Main<1" },
  { dateRecorded: "20260602", name: "SMITH<<CHARLES<R", telephone: "19525551212", address: "123<MAPLE<RD<ANYTOWN" },
];

export const aid = unhex("a0000002471001");
export const features = [unhex("800401020304"), unhex("3003020105")];

export const dataGroupFiles: Readonly<Record<string, Uint8Array>> = {
  "DG3-19794": composeDg3(prints, "19794", nonce),
  "DG3-39794": composeDg3(prints, "39794", nonce),
  "DG3-none": composeDg3([], "19794", nonce),
  "DG4-19794": composeDg4(irises, "19794", nonce),
  "DG4-39794": composeDg4(irises, "39794", nonce),
  "DG4-none": composeDg4([], "39794", nonce),
  DG5: composeDisplayedImages("DG5", [portrait(40)]),
  DG7: composeDisplayedImages("DG7", [portrait(40), portrait(30)]),
  DG8: composeFeatures("DG8", features),
  DG9: composeFeatures("DG9", features.slice(1)),
  DG10: composeFeatures("DG10", []),
  DG11: composeDetails("DG11", {
    fullName: "Эрикссон<<Анна<Мария",
    otherNames: ["Ericsson<<Anna", "Smith<<Anna"],
    personalNumber: "ZE184226B",
    fullDateOfBirth: "19740812",
    placeOfBirth: "Zenith<UTO",
    address: "Main<1",
    telephone: "+491",
    profession: "Surveyor",
    title: "Dr",
    personalSummary: "-",
    proofOfCitizenship: portrait(20),
    otherDocumentNumbers: "A1<B2",
    custody: "-",
  }),
  DG12: composeDetails("DG12", {
    issuingAuthority: "Utopia Passport Office",
    dateOfIssue: "20260601",
    otherPersons: ["SMITH<<BRENDA", "SMITH<<TOM"],
    endorsements: "none",
    taxOrExitRequirements: "none",
    imageOfFront: portrait(20),
    imageOfRear: portrait(25),
    personalizationTime: "20260601120000",
    personalizationSystem: "KB1",
  }),
  DG13: composeDg13(unhex("0102030405")),
  DG16: composeDg16(persons),
  "EF.DIR": composeDir([{ aid, label: "Passport" }, { aid: unhex("a0000002472001") }]),
  "EF.ATR-INFO": composeAtrInfo({ extendedLength: true, mostCommand: 1000, mostResponse: 65_535 }),
};
