/** A conversation with one card: plain or under secure messaging, with the transport quirks of ISO/IEC 7816-3 and -4 taken care of. */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { SecureMessaging } from "../messaging/secure-messaging.ts";
import { concat } from "../tlv/write.ts";
import { type CommandApdu, decodeResponse, encodeCommand, maxResponseLength, type ResponseApdu } from "./apdu.ts";
import type { CardChannel } from "./channel.ts";
import { status } from "./status.ts";

/** Most GET RESPONSE rounds for one command; a card that always says "more" is not believed. */
const maxGetResponse = 300;

export class CardSession {
  readonly #channel: CardChannel;
  readonly #signal: AbortSignal | undefined;
  /** Set once access control has succeeded; every command goes through it then. */
  secure: SecureMessaging | undefined;
  /** The session that an unprotected answer has ended, by the norm. */
  #ended: SecureMessaging | undefined;
  /** APDUs sent so far. */
  apdus = 0;

  constructor(channel: CardChannel, signal?: AbortSignal) {
    this.#channel = channel;
    this.#signal = signal;
  }

  get atr(): Uint8Array {
    return this.#channel.atr;
  }

  /**
   * Sends a command and opens its response. Throws `card/response-malformed`, `mrtd/secure-messaging-broken`, and whatever the channel
   * rejects with. A chip that answers a protected command without protection has ended the session: its (error) status is returned,
   * `secure` is dropped, and data without protection is refused.
   */
  async send(command: CommandApdu): Promise<ResponseApdu> {
    const { secure } = this;
    if (secure === undefined) return this.#exchange(command);
    const response = await this.#exchange(secure.protect(command));
    if (response.data.length === 0 && response.status !== status.ok) {
      this.secure = undefined;
      this.#ended = secure;
      return response;
    }
    return secure.open(response);
  }

  /**
   * Tries the session that the last answer ended, once: Java cards whose applet throws lose the protection of that one answer and go on
   * counting. Nothing is believed that does not verify.
   */
  goOn(): void {
    this.#ended?.passOver();
    this.secure = this.#ended;
    this.#ended = undefined;
  }

  async #exchange(command: CommandApdu): Promise<ResponseApdu> {
    let response = await this.#transmit(command);
    // 6Cxx: the card wants exactly this Le (7816-3 §12.2.1); it has not carried the command out.
    if (response.status >> 8 === 0x6c)
      response = await this.#transmit({ ...command, le: response.status & 0xff || 256 });
    // 61xx: there is more to fetch (7816-4 §5.3.4).
    let data = response.data;
    for (let round = 0; response.status >> 8 === 0x61; round++) {
      if (round >= maxGetResponse) throw new KabinaError("card/response-malformed", { length: data.length });
      response = await this.#transmit({ cla: 0, ins: 0xc0, p1: 0, p2: 0, le: response.status & 0xff || 256 });
      data = concat(data, response.data);
      if (data.length > maxResponseLength) throw new KabinaError("card/response-malformed", { length: data.length });
    }
    return { data, status: response.status };
  }

  async #transmit(command: CommandApdu): Promise<ResponseApdu> {
    this.#signal?.throwIfAborted();
    this.apdus++;
    return decodeResponse(await this.#channel.transmit(encodeCommand(command), this.#signal));
  }
}
