/**
 * A virtual passport for the virtual reader, in a process of its own (the private daemon's reader may be in another network
 * namespace). Runs the TypeScript sources. Arguments: host port folder [profile [fault]]. Leaves when its standard input ends.
 */
import { register } from "node:module";

register(new URL("../typescript-children.mjs", import.meta.url));
const { systemClock: clock, systemRandom: random } = await import("../../crypto/system-environment.ts");
const { loadPassport, remakePassport } = await import("../../mrtd/synthetic/passport.ts");
const { withChipFault, withDocumentFault } = await import("../../mrtd/virtual/fault.ts");
const { VirtualPassport } = await import("../../mrtd/virtual/passport.ts");
const { chipProfile } = await import("../../mrtd/virtual/profile.ts");
const { serveVpcd } = await import("../../mrtd/virtual/vpcd.ts");

const [host, port, folder, profile = "as-is", fault] = process.argv.slice(2);
const document = await loadPassport(folder);
const { features, ...behaviour } = chipProfile(profile);
const data = withDocumentFault(features ? remakePassport(document, features, { clock, random }) : document, fault, {
  clock,
  random,
});
const chip = new VirtualPassport({ data, random, ...behaviour });
const leaving = new AbortController();
process.stdin.on("end", () => leaving.abort()).resume();
const ending = serveVpcd({ host, port: Number(port), passport: withChipFault(chip, fault), signal: leaving.signal });
await ending.catch((error) => {
  if (error.code !== "card/reader-gone") throw error;
});
// Standard input would keep the process alive after the chip has dropped out of the reader.
process.exit(0);
