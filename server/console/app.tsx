import type { Role } from "../staff/roles.ts";
import { useSession } from "./link/session.ts";
import { EmptyPage } from "./network/empty-page.tsx";
import { NetworkPage } from "./network/network-page.tsx";
import { ReviewPage } from "./review-page.tsx";
import { SecurityPage } from "./security/security-page.tsx";
import { AddPasskeyPage } from "./sign-in/add-passkey-page.tsx";
import { SignInPage } from "./sign-in/sign-in-page.tsx";

/** The console: nobody, a new person with a code, an officer or an auditor in the security room, an operator at work, or a manager. */
export function App() {
  const { state, signIn, passkey, signOut, expired } = useSession();
  if (state.kind === "in") {
    const { operator } = state.session;
    const has = (...wanted: Role[]) => wanted.some((role) => operator.roles.includes(role));
    if (operator.roles.length === 0) return <AddPasskeyPage name={operator.name} onDone={signOut} />;
    const page = { session: state.session, onSignOut: signOut, onExpired: expired };
    if (has("security-officer", "auditor")) return <SecurityPage {...page} />;
    if (has("operator", "supervisor")) return <ReviewPage {...page} />;
    if (has("manager")) return <NetworkPage {...page} />;
    return <EmptyPage name={operator.name} onSignOut={signOut} />;
  }
  return (
    <SignInPage
      busy={state.kind === "asking"}
      ended={state.kind === "out" && state.ended}
      refusal={state.kind === "out" ? state.refusal : null}
      onToken={signIn}
      onPasskey={passkey}
    />
  );
}
