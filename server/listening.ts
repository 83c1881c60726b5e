/** Opening and closing a listener's port. */
import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { KabinaError } from "../crypto/errors/kabina-error.ts";

/** Resolves to the port, which for port 0 is a free one. @throws KabinaError `server/port-taken` */
export function listen(server: HttpServer | HttpsServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const reason = (cause as NodeJS.ErrnoException).code ?? "";
      reject(new KabinaError("server/port-taken", { port, reason }, { cause }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Ends at once: whoever was in the middle of something goes on at the next start. */
export function closeListener(server: HttpServer | HttpsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
