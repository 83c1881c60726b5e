// Before anything that makes a schema.
import "../../crypto/schemas-without-eval.ts";
import { createRoot } from "react-dom/client";
import "../../design/fonts.css";
import "../../design/tokens.css";
// In this order: later pages refine what earlier ones set.
import "./style/kiosk.css";
import "./style/shell.css";
import "./style/buttons.css";
import "./style/page.css";
import "./style/notes.css";
import "./style/dialogs.css";
import "./style/waiting.css";
import "./style/welcome.css";
import "./style/consent.css";
import "./style/fields.css";
import "./style/zone.css";
import "./style/chip.css";
import "./style/confirm.css";
import "./style/face.css";
import "./style/candidates.css";
import "./style/fingers.css";
import "./style/cards.css";
import "./style/signature.css";
import "./style/review.css";
import "./style/seal.css";
import "./style/receipt.css";
import "./style/wiped.css";
import "./style/verdict.css";
import { App } from "./app.tsx";
import { FaultBoundary } from "./frame/fault-boundary.tsx";
import { StatusPage } from "./status/status-page.tsx";
import "./texts/i18n.ts";

const root = document.getElementById("screen");
if (root === null) throw new Error("index.html has no #screen");
const page = location.pathname.replace(/\/$/, "") === "/status" ? <StatusPage /> : <App />;
createRoot(root).render(<FaultBoundary>{page}</FaultBoundary>);
