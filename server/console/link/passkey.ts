/** Passkeys in the browser: the server gives the question, the authenticator answers, the server judges. */
import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import { z } from "zod";
import { Session } from "../../review/api.ts";
import { ask, Refusal } from "./api.ts";

const Options = z.looseObject({ challenge: z.string() });
type AuthenticationOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"];
type RegistrationOptions = Parameters<typeof startRegistration>[0]["optionsJSON"];

/** Signs in with a passkey. Throws `Refusal`; `console/cancelled` when the person took it back. */
export async function signInWithPasskey(texts: { cancelled: string; cancelledNext: string }): Promise<Session> {
  const optionsJSON = await ask(Options, "/api/passkey/sign-in/options", "POST");
  const answer = await startAuthentication({ optionsJSON: optionsJSON as unknown as AuthenticationOptions }).catch(
    () => {
      throw new Refusal("console/cancelled", texts.cancelled, texts.cancelledNext);
    },
  );
  return ask(Session, "/api/passkey/sign-in", "POST", answer);
}

/** Adds a passkey to whoever is signed in. */
export async function addPasskey(texts: { cancelled: string; cancelledNext: string }): Promise<void> {
  const optionsJSON = await ask(Options, "/api/passkey/options", "POST");
  const answer = await startRegistration({ optionsJSON: optionsJSON as unknown as RegistrationOptions }).catch(() => {
    throw new Refusal("console/cancelled", texts.cancelled, texts.cancelledNext);
  });
  await ask(z.undefined(), "/api/passkey", "POST", answer);
}
