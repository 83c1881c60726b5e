/** One process of a kind per data folder: an abstract socket named after the folder, which the kernel frees when the process ends. */
import { createHash } from "node:crypto";
import { access, constants, realpath } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { KabinaError } from "./errors/kabina-error.ts";

/** Two servers on one folder would write one audit log, two booths one journal: the second one must not begin. */
const refusals = {
  booth: (details: Holder, cause: unknown) => new KabinaError("booth/already-running", { ...details }, { cause }),
  server: (details: Holder, cause: unknown) => new KabinaError("server/already-running", { ...details }, { cause }),
  rotation: ({ pid }: Holder, cause: unknown) => new KabinaError("rotation/under-way", { pid }, { cause }),
  start: (details: Holder, cause: unknown) => new KabinaError("process/already-running", { ...details }, { cause }),
} as const;

interface Holder {
  readonly folder: string;
  /** Whom to stop. */
  readonly pid: number | string;
}

/** Milliseconds in which whoever holds a folder says which process they are. */
const WHO_MS = 500;

/**
 * A folder that is there can be read and written by this process; one that is missing is for whoever needs it to say.
 * Throws the system's own error, which names the path.
 */
export async function checkFolder(folder: string): Promise<void> {
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/** Held until it is closed or the process ends. Throws `booth/already-running`, `server/already-running`, `process/already-running`, `rotation/under-way`. */
export async function claimFolder(folder: string, by: keyof typeof refusals): Promise<Server> {
  const name = createHash("sha256")
    .update(await realpath(folder))
    .digest("hex")
    .slice(0, 32);
  const address = `\0kabina-${by}-${name}`;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(String(process.pid));
  });
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      void holderOf(address).then((pid) => reject(refusals[by]({ folder, pid }, cause)));
    });
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** The process that holds an address, as it says; "?" when it says nothing. */
function holderOf(address: string): Promise<number | string> {
  return new Promise((resolve) => {
    const socket = connect(address);
    let said = "";
    socket.setTimeout(WHO_MS, () => socket.destroy());
    socket.on("data", (bytes) => {
      said += bytes;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(/^\d{1,10}$/.test(said) ? Number(said) : "?"));
  });
}
