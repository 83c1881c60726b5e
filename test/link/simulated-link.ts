/**
 * A thin, slow, breaking link between a booth and a server: a TCP proxy that paces bytes, delays them, cuts connections, and
 * counts what was on the wire, TLS and all (TCP and IP headers are not counted).
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Bytes of a piece that the link carries at once: about one packet. */
const PIECE_BYTES = 1400;

export interface LinkOptions {
  readonly targetPort: number;
  /** Bytes per second in each direction. */
  readonly bytesPerSecond: number;
  /** Milliseconds there and back. */
  readonly roundTripMs: number;
}

export interface LinkConnection {
  /** Bytes put on the wire towards the server and towards the booth. */
  up: number;
  down: number;
  /**
   * Bytes of each flight, alternating between booth and server, the booth's first: what one side sent before it heard from the
   * other. Flight 0 needed one round trip before it (TCP's own), flight 2 another, and so on.
   */
  readonly flights: number[];
}

export class SimulatedLink {
  readonly connections: LinkConnection[] = [];
  readonly #options: LinkOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** When each direction has sent what it was given so far; the link is shared by all connections. */
  readonly #freeAt = { up: 0, down: 0 };

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (booth) => this.#carry(booth));
  }

  listen(): Promise<number> {
    return new Promise((resolve) =>
      this.#server.listen(0, "127.0.0.1", () => resolve((this.#server.address() as AddressInfo).port)),
    );
  }

  /** Bytes on the wire in both directions so far. */
  get bytes(): number {
    return this.connections.reduce((sum, { up, down }) => sum + up + down, 0);
  }

  /** Breaks every connection; what was under way is lost. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets.clear();
    this.#freeAt.up = this.#freeAt.down = 0;
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #carry(booth: Socket): void {
    const server = connect({ port: this.#options.targetPort, host: "127.0.0.1", noDelay: true });
    const connection: LinkConnection = { up: 0, down: 0, flights: [] };
    this.connections.push(connection);
    for (const socket of [booth, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        booth.destroy();
        server.destroy();
      });
    }
    // TCP's own handshake: the booth's first byte leaves one round trip after it asked to connect.
    const openAt = performance.now() + this.#options.roundTripMs;
    this.#direct("up", booth, server, connection, openAt);
    this.#direct("down", server, booth, connection, openAt);
  }

  #direct(way: "up" | "down", from: Socket, to: Socket, connection: LinkConnection, openAt: number): void {
    const { bytesPerSecond, roundTripMs } = this.#options;
    from.on("data", (chunk: Buffer) => {
      from.pause();
      let sentAt = 0;
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        const piece = chunk.subarray(at, at + PIECE_BYTES);
        const startAt = Math.max(openAt, performance.now(), this.#freeAt[way]);
        sentAt = startAt + (piece.length / bytesPerSecond) * 1000;
        this.#freeAt[way] = sentAt;
        later(startAt, () => !from.destroyed && count(connection, way, piece.length));
        later(sentAt + roundTripMs / 2, () => !to.destroyed && to.write(piece));
      }
      // The next bytes are taken when these have left: the link has no buffer worth the name.
      later(sentAt, () => from.resume());
    });
    from.on("end", () => later(this.#freeAt[way] + roundTripMs / 2, () => to.end()));
  }
}

function count(connection: LinkConnection, way: "up" | "down", bytes: number): void {
  connection[way] += bytes;
  const { flights } = connection;
  const mine = flights.length % 2 === 1 ? "up" : "down";
  if (flights.length === 0 || mine !== way) flights.push(bytes);
  else flights[flights.length - 1]! += bytes;
}

function later(at: number, act: () => void): void {
  setTimeout(act, Math.max(0, at - performance.now()));
}
