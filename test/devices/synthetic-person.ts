/** A small synthetic person for the device tests: pictures and prints that are only shapes, and a true passport. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import type { MrzAccessKey } from "../../mrtd/access/access-key.ts";
import { makePassport, writePassport } from "../../mrtd/synthetic/passport.ts";
import { joined, picture } from "./pictures.ts";

export interface SmallPerson {
  readonly folder: string;
  readonly key: MrzAccessKey;
  /** As in DG2. */
  readonly portrait: Uint8Array;
}

export async function makeSmallPerson(): Promise<SmallPerson> {
  const folder = mkdtempSync(join(tmpdir(), "kabina-person-"));
  for (const name of ["face", "fingers"]) mkdirSync(join(folder, name));
  const live = await Promise.all(Array.from({ length: 10 }, (_, number) => picture(number, 640, 480)));
  writeFileSync(join(folder, "face", "live.mjpeg"), joined(...live));
  const grey = { width: 40, height: 50, channels: 3 as const, background: { r: 90, g: 90, b: 90 } };
  for (const finger of ["right-index", "left-index"]) {
    await sharp({ create: grey })
      .greyscale()
      .png()
      .toFile(join(folder, "fingers", `${finger}_1.png`));
  }
  const ink = { aspect: 3, strokes: [[{ x: 0.1, y: 0.5, t: 0 }]] };
  writeFileSync(join(folder, "signature.json"), JSON.stringify(ink));
  const noise = { type: "gaussian" as const, mean: 128, sigma: 30 };
  const portrait = new Uint8Array(
    await sharp({ create: { width: 600, height: 800, channels: 3, background: "#888", noise } })
      .jpeg({ quality: 80 })
      .toBuffer(),
  );
  const passport = makePassport({
    mrz: {
      format: "TD3",
      documentCode: "P",
      issuer: "UTO",
      documentNumber: "L898902C3",
      nationality: "UTO",
      dateOfBirth: "740812",
      sex: "F",
      dateOfExpiry: "320415",
      primaryIdentifier: "ERIKSSON",
      secondaryIdentifier: "ANNA MARIA",
    },
    portrait,
    clock: systemClock,
    random: systemRandom,
  });
  await writePassport(join(folder, "passport"), passport);
  return { folder, key: passport.access.mrz, portrait };
}
