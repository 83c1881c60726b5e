/** One process of a kind per data folder: an abstract socket named after the folder, which the kernel frees when the process ends. */
import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { KabinaError } from "./errors/kabina-error.ts";

/** Two servers on one folder would write one audit log, two booths one journal: the second one must not begin. */
const refusals = {
  booth: (folder: string, cause: unknown) => new KabinaError("booth/already-running", { folder }, { cause }),
  server: (folder: string, cause: unknown) => new KabinaError("server/already-running", { folder }, { cause }),
  start: (folder: string, cause: unknown) => new KabinaError("process/already-running", { folder }, { cause }),
} as const;

/** Held until it is closed or the process ends. Throws `booth/already-running`, `server/already-running`, `process/already-running`. */
export async function claimFolder(folder: string, by: keyof typeof refusals): Promise<Server> {
  const name = createHash("sha256")
    .update(await realpath(folder))
    .digest("hex")
    .slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(refusals[by](folder, cause)));
    server.listen(`\0kabina-${by}-${name}`, () => {
      server.unref();
      resolve(server);
    });
  });
}
