import { errorTexts } from "./entry.ts";

export const devicesErrors = errorTexts({});
