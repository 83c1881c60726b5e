import { errorTexts } from "./entry.ts";

export const cryptoErrors = errorTexts({});
