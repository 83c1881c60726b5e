/**
 * Who may do what on the console's API: one table, which `docs/roles.md` prints and a test walks with every role and with none. What
 * is not in it is refused to everyone.
 */
export const roles = ["operator", "supervisor", "security-officer", "manager", "trainer", "auditor"] as const;
export type Role = (typeof roles)[number];

export interface Permission {
  readonly method: "GET" | "POST" | "DELETE";
  /** With `:name` for a part that varies. */
  readonly path: string;
  /** `anyone`: without a session; `signed-in`: with any, also one that may only add a passkey. */
  readonly who: "anyone" | "signed-in" | readonly Role[];
}

const desk = ["operator", "supervisor"] as const;
const officer = ["security-officer"] as const;
const watch = ["security-officer", "auditor"] as const;

export const permissions: readonly Permission[] = [
  { method: "POST", path: "/api/session", who: "anyone" },
  { method: "POST", path: "/api/session/certificate", who: "anyone" },
  { method: "POST", path: "/api/passkey/sign-in/options", who: "anyone" },
  { method: "POST", path: "/api/passkey/sign-in", who: "anyone" },
  { method: "GET", path: "/api/session", who: "signed-in" },
  { method: "DELETE", path: "/api/session", who: "signed-in" },
  { method: "POST", path: "/api/passkey/options", who: "signed-in" },
  { method: "POST", path: "/api/passkey", who: "signed-in" },
  { method: "GET", path: "/api/queue", who: desk },
  { method: "GET", path: "/api/search", who: desk },
  { method: "GET", path: "/api/events", who: desk },
  { method: "GET", path: "/api/cases/:caseId", who: desk },
  { method: "GET", path: "/api/cases/:caseId/images/:image", who: desk },
  { method: "POST", path: "/api/cases/:caseId/decision", who: desk },
  { method: "POST", path: "/api/cases/:caseId/decision/undo", who: desk },
  { method: "POST", path: "/api/cases/:caseId/fresh-finger", who: desk },
  { method: "GET", path: "/api/cases/:caseId/erasure", who: desk },
  { method: "GET", path: "/api/look-again", who: desk },
  { method: "POST", path: "/api/look-again/:caseId", who: ["supervisor"] },
  { method: "GET", path: "/api/network", who: ["manager"] },
  { method: "GET", path: "/api/network/csv", who: ["manager"] },
  { method: "GET", path: "/api/security", who: watch },
  { method: "GET", path: "/api/security/certificates", who: watch },
  { method: "GET", path: "/api/security/certificates/csv", who: watch },
  { method: "GET", path: "/api/security/certificates/:serial", who: watch },
  { method: "GET", path: "/api/security/certificates/:serial/file", who: watch },
  { method: "GET", path: "/api/security/audit", who: watch },
  { method: "GET", path: "/api/security/audit/:index/proof", who: watch },
  { method: "GET", path: "/api/security/policy", who: watch },
  { method: "GET", path: "/api/security/policy/draft/bytes", who: watch },
  { method: "POST", path: "/api/security/policy/draft", who: officer },
  { method: "POST", path: "/api/security/policy/draft/signature", who: officer },
  { method: "POST", path: "/api/security/policy/draft/withdraw", who: officer },
  { method: "GET", path: "/api/security/look-again", who: watch },
  { method: "POST", path: "/api/security/look-again/:caseId/done", who: officer },
  { method: "POST", path: "/api/security/requests/:id/approve", who: officer },
  { method: "POST", path: "/api/security/requests/:id/refuse", who: officer },
  { method: "POST", path: "/api/security/certificates/:serial/revoke", who: officer },
  { method: "POST", path: "/api/security/booths/:booth/tamper/seen", who: officer },
  { method: "POST", path: "/api/security/drills", who: officer },
  { method: "GET", path: "/api/security/proposals/csv", who: watch },
  { method: "GET", path: "/api/security/proposals/:id/file", who: officer },
  { method: "POST", path: "/api/security/proposals", who: officer },
  { method: "POST", path: "/api/security/proposals/:id/approve", who: officer },
  { method: "POST", path: "/api/security/proposals/:id/refuse", who: officer },
];

export type Verdict = "allowed" | "sign-in" | "refused" | "unknown";

/** `held`: the roles of whoever asks; null without a session. */
export function judge(method: string, path: string, held: readonly Role[] | null): Verdict {
  const found = permissions.find((permission) => permission.method === method && fits(permission.path, path));
  if (found?.who === "anyone") return "allowed";
  // Whether a route is there is told only to whoever is signed in.
  if (held === null) return "sign-in";
  if (!found) return "unknown";
  if (found.who === "signed-in") return "allowed";
  return found.who.some((role) => held.includes(role)) ? "allowed" : "refused";
}

function fits(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  return (
    wanted.length === given.length &&
    wanted.every((part, at) => (part.startsWith(":") ? given[at] !== "" : part === given[at]))
  );
}
