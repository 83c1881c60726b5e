import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { dataGroupName, dataGroupOfTag, type PassportFiles } from "../lds/file.ts";
import { readInput } from "../proof/trust-files.ts";
import { equalBytes } from "../tlv/der.ts";

/**
 * Data groups from files; which one each is, its first byte says. Throws `mrtd/no-data-group` for a file that is none, `mrtd/data-group-twice` where two
 * files are one: the second could hide what is wrong with the first.
 */
export async function readDataGroups(paths: readonly string[]): Promise<PassportFiles> {
  const files: PassportFiles = {};
  for (const path of paths) {
    const bytes = await readInput(path);
    const number = dataGroupOfTag(bytes[0] ?? 0);
    if (number === undefined) throw new KabinaError("mrtd/no-data-group", { path });
    const name = dataGroupName(number);
    const before = files[name];
    if (before !== undefined && !equalBytes(before, bytes))
      throw new KabinaError("mrtd/data-group-twice", { path, dataGroup: name });
    files[name] = bytes;
  }
  return files;
}
