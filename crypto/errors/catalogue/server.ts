import { errorTexts } from "./entry.ts";

export const serverErrors = errorTexts({});
