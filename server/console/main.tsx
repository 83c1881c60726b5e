// Before anything that makes a schema.
import "../../crypto/schemas-without-eval.ts";
import { createRoot } from "react-dom/client";
import "../../design/fonts.css";
import "../../design/tokens.css";
import "./style/console.css";
import "./style/case.css";
import "./style/security.css";
import "./style/policy.css";
import { App } from "./app.tsx";
import { applyTheme, keptTheme } from "./frame/theme.ts";
import "./texts/i18n.ts";

applyTheme(keptTheme());
const root = document.getElementById("console");
if (root === null) throw new Error("index.html has no #console");
createRoot(root).render(<App />);
