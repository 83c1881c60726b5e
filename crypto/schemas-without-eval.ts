/**
 * Imported first by the screens: their content policy forbids making code out of text, and zod would try (and each page's console
 * would report a breach that is none).
 */
import { config } from "zod";

config({ jitless: true });
