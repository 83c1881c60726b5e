import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The kiosk screen: `vite build booth/screen` writes `dist/screens/booth`, which the booth serves. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL("../../dist/screens/booth", import.meta.url)),
    emptyOutDir: true,
    // Every picture and font is a file of its own: the booth's content security policy allows no data: URLs for them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "chrome120",
    // Bytes are read from the booth's own disk: one file is simpler than many.
    chunkSizeWarningLimit: 900,
  },
});
