/** From now on node processes that this one starts understand TypeScript. */
export function allowTypescriptChildren(): void;
