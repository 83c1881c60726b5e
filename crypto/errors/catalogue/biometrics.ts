import { errorTexts } from "./entry.ts";

export const biometricsErrors = errorTexts({});
