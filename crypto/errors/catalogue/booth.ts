import { errorTexts } from "./entry.ts";

export const boothErrors = errorTexts({});
