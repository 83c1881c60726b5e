import { useCallback, useEffect, useState } from "react";
import { z } from "zod";
import { Session } from "../../review/api.ts";
import { useTexts } from "../texts/use-texts.ts";
import { ask, asRefusal, NOT_SIGNED_IN, type Refusal, setCsrf } from "./api.ts";
import { signInWithPasskey } from "./passkey.ts";

export type SessionState =
  | { kind: "asking" }
  | { kind: "out"; refusal: Refusal | null; ended: boolean }
  | { kind: "in"; session: Session };

/** The sign-in link is `…/#token=…`; the token is taken out of the address before anything else happens. */
function tokenOfAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token !== null) history.replaceState(null, "", location.pathname);
  return token;
}

/** Who is signed in, and how to come and go. */
export function useSession() {
  const [state, setState] = useState<SessionState>({ kind: "asking" });
  const enter = useCallback((session: Session) => {
    setCsrf(session.csrf);
    setState({ kind: "in", session });
  }, []);
  const signIn = useCallback(
    async (token: string) => {
      try {
        enter(await ask(Session, "/api/session", "POST", { token }));
      } catch (error) {
        setState({ kind: "out", refusal: asRefusal(error), ended: false });
      }
    },
    [enter],
  );
  const { t } = useTexts();
  const passkey = useCallback(async () => {
    try {
      enter(await signInWithPasskey({ cancelled: t("signIn.cancelled"), cancelledNext: t("signIn.cancelledNext") }));
    } catch (error) {
      setState({ kind: "out", refusal: asRefusal(error), ended: false });
    }
  }, [enter, t]);
  const signOut = useCallback(async () => {
    await ask(z.undefined(), "/api/session", "DELETE").catch(() => undefined);
    setState({ kind: "out", refusal: null, ended: false });
  }, []);
  /** The server no longer knows the session. */
  const expired = useCallback(() => setState({ kind: "out", refusal: null, ended: true }), []);

  useEffect(() => {
    const token = tokenOfAddress();
    const start = async () => {
      if (token !== null) return signIn(token);
      try {
        enter(await ask(Session, "/api/session"));
      } catch (error) {
        const refusal = asRefusal(error);
        setState({ kind: "out", refusal: refusal.code === NOT_SIGNED_IN ? null : refusal, ended: false });
      }
    };
    void start();
  }, [enter, signIn]);
  return { state, signIn, passkey, signOut, expired };
}
