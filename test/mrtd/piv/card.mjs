/** A virtual PIV card for the virtual reader, in a process of its own. Arguments: host port folder [pulled]. Leaves when its standard input ends. */
import { register } from "node:module";

register(new URL("../../typescript-children.mjs", import.meta.url));
const { systemRandom } = await import("../../../crypto/system-environment.ts");
const { VirtualPivCard } = await import("../../../mrtd/virtual/piv/card.ts");
const { loadPivFolder } = await import("../../../mrtd/virtual/piv/folder.ts");
const { serveVpcd } = await import("../../../mrtd/virtual/vpcd.ts");

const [host, port, folder, pulled] = process.argv.slice(2);
const card = new VirtualPivCard(await loadPivFolder(folder, systemRandom));
const signs = 0x87;
const passport = {
  atr: card.atr,
  // Somebody pulls it out while it signs.
  process: (apdu) => (pulled === "pulled" && apdu[1] === signs ? null : card.process(apdu)),
  reset: () => card.reset(),
};
const leaving = new AbortController();
process.stdin.on("end", () => leaving.abort()).resume();
const onInserted = () => process.stdout.write("inserted\n");
await serveVpcd({ host, port: Number(port), passport, signal: leaving.signal, onInserted }).catch((error) => {
  if (error.code !== "card/reader-gone") throw error;
});
// Standard input would keep the process alive after the card has left the reader.
process.exit(0);
