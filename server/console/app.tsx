import { useSession } from "./link/session.ts";
import { ReviewPage } from "./review-page.tsx";
import { SignInPage } from "./sign-in/sign-in-page.tsx";

/** The console: nobody, or one operator at work. */
export function App() {
  const { state, signIn, signOut, expired } = useSession();
  return state.kind === "in" ? (
    <ReviewPage session={state.session} onSignOut={signOut} onExpired={expired} />
  ) : (
    <SignInPage
      busy={state.kind === "asking"}
      ended={state.kind === "out" && state.ended}
      refusal={state.kind === "out" ? state.refusal : null}
      onToken={signIn}
    />
  );
}
