import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { dataGroupName, dataGroupOfTag, type PassportFiles } from "../lds/file.ts";
import { readInput } from "../proof/trust-files.ts";

/** Data groups from files; which one each is, its first byte says. Throws `mrtd/file-malformed` for a file that is none. */
export async function readDataGroups(paths: readonly string[]): Promise<PassportFiles> {
  const files: PassportFiles = {};
  for (const path of paths) {
    const bytes = await readInput(path);
    const number = dataGroupOfTag(bytes[0] ?? 0);
    if (number === undefined) throw new KabinaError("mrtd/file-malformed", { file: path, problem: "tag" });
    files[dataGroupName(number)] = bytes;
  }
  return files;
}
