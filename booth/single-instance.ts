/** One booth process per data folder: an abstract socket named after the folder, which the kernel frees when the process ends. */
import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { KabinaError } from "../crypto/errors/kabina-error.ts";

/** Throws `booth/already-running`. */
export async function claimFolder(folder: string): Promise<Server> {
  const name = createHash("sha256")
    .update(await realpath(folder))
    .digest("hex")
    .slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(new KabinaError("booth/already-running", { folder }, { cause })));
    server.listen(`\0kabina-booth-${name}`, () => {
      server.unref();
      resolve(server);
    });
  });
}
