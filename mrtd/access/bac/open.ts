/** Opens a chip with BAC: two commands (9303-11 §4.3.3), then everything goes under secure messaging. */
import type { RandomBytes } from "../../../crypto/environment.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import { formatStatus } from "../../card/apdu.ts";
import { instruction } from "../../card/instruction.ts";
import type { CardSession } from "../../card/session.ts";
import { status } from "../../card/status.ts";
import type { MrzAccessKey } from "../access-key.ts";
import { BacTerminal, bacKeys, bacLength } from "./bac.ts";

/** Throws `mrtd/access-denied` when the chip does not accept the MRZ, `mrtd/access-failed` when it cannot do BAC at all. */
export async function openWithBac(session: CardSession, key: MrzAccessKey, random: RandomBytes): Promise<void> {
  const terminal = new BacTerminal(bacKeys(key), random);
  const challenge = await session.send({
    cla: 0,
    ins: instruction.getChallenge,
    p1: 0,
    p2: 0,
    le: bacLength.challenge,
  });
  if (challenge.status !== status.ok || challenge.data.length !== bacLength.challenge) {
    throw new KabinaError("mrtd/access-failed", {
      protocol: "BAC",
      step: "GET CHALLENGE",
      status: formatStatus(challenge.status),
    });
  }
  const answer = await session.send({
    cla: 0,
    ins: instruction.externalAuthenticate,
    p1: 0,
    p2: 0,
    data: terminal.cryptogram(challenge.data),
    le: bacLength.cryptogram,
  });
  if (answer.status !== status.ok) {
    throw new KabinaError("mrtd/access-denied", { protocol: "BAC", status: formatStatus(answer.status) });
  }
  session.secure = terminal.session(answer.data, challenge.data);
}
