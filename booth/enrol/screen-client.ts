/** A kiosk screen without a screen: what the browser does over the WebSocket, for headless runs. */
import { WebSocket } from "ws";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { BoothMessage, type ScreenEvent, type ScreenState } from "../api/messages.ts";

/** Milliseconds in which the booth must answer a hello. */
const HELLO_MS = 10_000;
/** Milliseconds to wait for the link to close. */
const CLOSE_MS = 2000;

export type Rejection = Extract<BoothMessage, { type: "rejected" }>;

export class ScreenClient {
  readonly #socket: WebSocket;
  readonly #listeners = new Set<() => void>();
  #state: ScreenState | undefined;
  #token: string | undefined;
  #inUse: Extract<BoothMessage, { type: "in-use" }> | undefined;
  #closed = false;
  /** Events that the booth did not take, in order. */
  readonly rejections: Rejection[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#message(BoothMessage.parse(JSON.parse(String(data)))));
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#closed = true;
      this.#tell();
    });
  }

  /**
   * Links to a booth and says hello.
   * @param url the booth's address, `http://127.0.0.1:8080/`
   * Rejects with `session/in-use` or `session/screen-gone` when another screen has it.
   */
  static async connect(url: string, options: { token?: string; takeOver?: boolean } = {}): Promise<ScreenClient> {
    const { origin, host } = new URL(url);
    const socket = new WebSocket(`ws://${host}/api/screen`, { origin });
    const client = new ScreenClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    socket.send(
      JSON.stringify({
        type: "hello",
        token: options.token ?? null,
        takeOver: options.takeOver ?? false,
        camera: false,
      }),
    );
    const answered = await client.#wait(() => client.#state !== undefined || client.#inUse !== undefined, HELLO_MS);
    if (client.#inUse !== undefined) {
      await client.close();
      throw new KabinaError(client.#inUse.code);
    }
    if (!answered || client.#state === undefined) throw new KabinaError("session/closed");
    return client;
  }

  get state(): ScreenState {
    if (this.#state === undefined) throw new KabinaError("session/closed");
    return this.#state;
  }

  get token(): string {
    return this.#token ?? "";
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(event: ScreenEvent): void {
    this.#socket.send(JSON.stringify(event));
  }

  /** Resolves with true when the test holds, with false when the time is up or the link is gone. */
  async until(test: (state: ScreenState) => boolean, milliseconds: number): Promise<boolean> {
    const holds = () => this.#state !== undefined && test(this.#state);
    await this.#wait(() => holds() || this.#closed, milliseconds);
    return holds();
  }

  /** Resolves when something has changed, or after so many milliseconds. */
  async change(milliseconds: number): Promise<void> {
    const before = this.#state?.sequence;
    await this.#wait(() => this.#state?.sequence !== before || this.#closed, milliseconds);
  }

  /** Lets the booth go; resolves when the link is closed. */
  async close(): Promise<void> {
    this.#socket.close();
    await this.#wait(() => this.#closed, CLOSE_MS);
  }

  #message(message: BoothMessage): void {
    if (message.type === "state") this.#state = message;
    else if (message.type === "granted") this.#token = message.token;
    else if (message.type === "in-use") this.#inUse = message;
    else this.rejections.push(message);
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #wait(test: () => boolean, milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (met: boolean) => {
        clearTimeout(timer);
        this.#listeners.delete(check);
        resolve(met);
      };
      const check = () => {
        if (test()) end(true);
      };
      const timer = setTimeout(() => end(test()), milliseconds);
      this.#listeners.add(check);
      check();
    });
  }
}
