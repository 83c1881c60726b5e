import { createRoot } from "react-dom/client";
import "../../design/fonts.css";
import "../../design/tokens.css";
import "./style/kiosk.css";
import "./style/verdict.css";
import { App } from "./app.tsx";
import { FaultBoundary } from "./frame/fault-boundary.tsx";
import { StatusPage } from "./status/status-page.tsx";
import "./texts/i18n.ts";

const root = document.getElementById("screen");
if (root === null) throw new Error("index.html has no #screen");
const page = location.pathname.replace(/\/$/, "") === "/status" ? <StatusPage /> : <App />;
createRoot(root).render(<FaultBoundary>{page}</FaultBoundary>);
