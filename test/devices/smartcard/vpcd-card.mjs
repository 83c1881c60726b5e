/**
 * A trivial card for the virtual reader: answers every SELECT with 9000, READ BINARY with as many bytes as it asks, and for INS 0xEE
 * it leaves the reader in the middle of the command, for INS 0xEF it never answers. Arguments: host port.
 */
import { connect } from "node:net";

const [host, port] = process.argv.slice(2);
const ATR = Buffer.from("3b80800101", "hex");
const socket = connect(Number(port), host).setNoDelay(true);
let pending = Buffer.alloc(0);

const send = (bytes) => {
  const frame = Buffer.alloc(2 + bytes.length);
  frame.writeUInt16BE(bytes.length);
  frame.set(bytes, 2);
  socket.write(frame);
};

const answer = (apdu) => {
  const ins = apdu[1];
  if (ins === 0xa4) return Buffer.from("9000", "hex");
  if (ins === 0xee) return socket.destroy();
  if (ins === 0xef) return undefined;
  if (ins === 0xb0) {
    const expected = apdu.length === 7 ? apdu.readUInt16BE(5) || 65536 : apdu[4] || 256;
    return Buffer.concat([Buffer.alloc(expected, 0x5a), Buffer.from("9000", "hex")]);
  }
  return Buffer.from("6d00", "hex");
};

socket.on("data", (chunk) => {
  pending = Buffer.concat([pending, chunk]);
  while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE()) {
    const body = pending.subarray(2, 2 + pending.readUInt16BE());
    pending = pending.subarray(2 + body.length);
    if (body.length === 1) {
      if (body[0] === 4) send(ATR);
      continue;
    }
    const response = answer(body);
    if (Buffer.isBuffer(response)) send(response);
  }
});
socket.on("error", () => process.exit(1));
socket.on("close", () => process.exit(0));
// stdin's end is the wish that the card leaves.
process.stdin.on("end", () => socket.destroy()).resume();
