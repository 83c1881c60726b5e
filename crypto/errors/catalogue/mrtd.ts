import { errorTexts } from "./entry.ts";

export const mrtdErrors = errorTexts({});
