import { useState } from "react";
import mark from "../../../design/mark.svg?no-inline";
import { RefusalNote } from "../frame/refusal-note.tsx";
import type { Refusal } from "../link/api.ts";
import { show } from "../texts/i18n.ts";
import { useTexts } from "../texts/use-texts.ts";

interface SignInPageProps {
  busy: boolean;
  ended: boolean;
  refusal: Refusal | null;
  onToken: (token: string) => void;
  onPasskey: () => void;
}

/** Before anyone is signed in: the token of the server's own sign-in link. */
export function SignInPage({ busy, ended, refusal, onToken, onPasskey }: SignInPageProps) {
  const { t, language } = useTexts();
  const [token, setToken] = useState("");
  return (
    <main className="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() !== "") onToken(token.trim());
        }}
      >
        <p className="brand">
          <img src={mark} alt="" />
          {t("brand")} · {t("console")}
        </p>
        <h1>{t("signIn.title")}</h1>
        <p className="soft">{ended ? t("signIn.ended") : t("signIn.lead")}</p>
        {refusal && <RefusalNote refusal={refusal} />}
        <button type="button" className="action" data-name="passkey" onClick={onPasskey}>
          {t("signIn.passkey")}
        </button>
        <p className="soft or">{t("signIn.or")}</p>
        <label>
          <span>{t("signIn.token")}</span>
          <input
            type="password"
            autoComplete="one-time-code"
            value={token}
            maxLength={128}
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        <button type="submit" className="action primary" disabled={busy || token.trim() === ""}>
          {busy ? t("signIn.busy") : t("signIn.go")}
        </button>
        <button
          type="button"
          className="action quiet"
          lang={language === "ru" ? "en" : "ru"}
          onClick={() => show(language === "ru" ? "en" : "ru")}
        >
          {t("otherLanguage")}
        </button>
      </form>
    </main>
  );
}
