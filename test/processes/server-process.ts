/** A server in a process of its own, for tests that kill it: `server-process.js FOLDER PORT [with-console]`. */
import { join } from "node:path";
import { KeyRing } from "../../crypto/keys/key-ring.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { startServer } from "../../server/main.ts";
import { readPlainIdentity } from "./plain-identity.ts";

const [folder = "", port = "0", withConsole] = process.argv.slice(2);
const { trust, key } = readPlainIdentity(join(folder, "identity.json"));
const server = await startServer({
  folder: join(folder, "server"),
  identity: {
    recipients: new KeyRing([key("server-recipient")]),
    keys: {
      tls: key("server-tls"),
      receipt: key("server-receipt"),
      recipient: key("server-recipient"),
      audit: key("server-audit"),
    },
    trust,
  },
  clock: systemClock,
  random: systemRandom,
  intake: { host: "127.0.0.1", port: Number(port) },
  ...(withConsole ? { console: { port: 0, files: folder } } : {}),
  log: (event, details) => process.stderr.write(`server: ${event} ${JSON.stringify(details)}\n`),
});
process.stdout.write(`${JSON.stringify({ port: server.intakePort, signIn: server.signInLink() })}\n`);
