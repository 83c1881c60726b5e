/** The version of this software, as it goes into every record: the package's own. */
import { readFileSync } from "node:fs";

const file = new URL(import.meta.url.endsWith(".ts") ? "../package.json" : "../../package.json", import.meta.url);

export const VERSION: string = (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
