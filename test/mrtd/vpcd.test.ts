/** The card's side of vpcd without pcscd: if this fails, the virtual passport hangs in the reader or stays in it when it should leave. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { serveVpcd } from "../../mrtd/virtual/vpcd.ts";
import { hex, unhex } from "./shared-data.ts";

const chip = { atr: unhex("3b80"), process: (apdu: Uint8Array) => Uint8Array.of(...apdu, 0x90, 0x00), reset: () => {} };

async function reader() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const card = once(server, "connection").then(([socket]) => socket as Socket);
  return { port, card, close: () => server.close() };
}

/** What the card answers, until so many bytes are there. */
async function take(socket: Socket, length: number): Promise<string> {
  let got = Buffer.alloc(0);
  while (got.length < length) got = Buffer.concat([got, (await once(socket, "data"))[0] as Buffer]);
  return hex(got);
}

describe("vpcd", () => {
  it("answers in frames, however the reader cuts them, and leaves when told", async () => {
    const { port, card, close } = await reader();
    const leaving = new AbortController();
    const served = serveVpcd({ host: "127.0.0.1", port, passport: chip, signal: leaving.signal });
    const socket = await card;
    socket.write(unhex("000104"));
    expect(await take(socket, 4)).toBe("00023b80");
    socket.write(unhex("0001010001020005"));
    for (const byte of unhex("00a4040c02")) socket.write(Uint8Array.of(byte));
    expect(await take(socket, 9)).toBe("000700a4040c029000");
    socket.write(unhex("00040102030400040506"));
    socket.write(unhex("0708"));
    expect(await take(socket, 16)).toBe("00060102030490000006050607089000");
    leaving.abort();
    await served;
    close();
  });

  it("says that there is no reader, that the reader is gone; an abort before the connection ends it", async () => {
    const signal = new AbortController().signal;
    const { port, card, close } = await reader();
    const served = serveVpcd({ host: "127.0.0.1", port, passport: chip, signal });
    (await card).destroy();
    await expect(served).rejects.toMatchObject({ code: "card/reader-gone" });
    close();
    await expect(serveVpcd({ host: "127.0.0.1", port, passport: chip, signal })).rejects.toMatchObject({
      code: "card/reader-absent",
    });
    await serveVpcd({ host: "127.0.0.1", port, passport: chip, signal: AbortSignal.abort() });
    const early = new AbortController();
    const connecting = serveVpcd({ host: "127.0.0.1", port, passport: chip, signal: early.signal });
    early.abort();
    await connecting;
  });
});
