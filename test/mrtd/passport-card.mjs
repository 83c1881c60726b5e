/**
 * A virtual passport for the virtual reader, in a process of its own (the private daemon's reader may be in another network
 * namespace). Runs the TypeScript sources. Arguments: host port folder [profile [fault]]. Leaves when its standard input ends.
 */
import { register } from "node:module";

register(new URL("../typescript-children.mjs", import.meta.url));
const { systemRandom } = await import("../../crypto/system-environment.ts");
const { loadPassport } = await import("../../mrtd/synthetic/passport.ts");
const { withChipFault, withDocumentFault } = await import("../../mrtd/virtual/fault.ts");
const { VirtualPassport } = await import("../../mrtd/virtual/passport.ts");
const { profiles } = await import("../../mrtd/virtual/profile.ts");
const { serveVpcd } = await import("../../mrtd/virtual/vpcd.ts");

const [host, port, folder, profile = "standard", fault] = process.argv.slice(2);
const data = withDocumentFault(await loadPassport(folder), fault);
const chip = new VirtualPassport({ data, random: systemRandom, ...profiles[profile] });
const leaving = new AbortController();
process.stdin.on("end", () => leaving.abort()).resume();
const ending = serveVpcd({ host, port: Number(port), passport: withChipFault(chip, fault), signal: leaving.signal });
await ending.catch((error) => {
  if (error.code !== "card/reader-gone") throw error;
});
