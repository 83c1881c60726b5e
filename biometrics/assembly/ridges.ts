// The passes over whole pictures and cell grids from which minutiae are read, in AssemblyScript with SIMD. biometrics/finger/ holds the
// same in plain TypeScript; tests hold one against the other. Build: node biometrics/assembly/build.mjs
export { filter, halve, pairRows } from "./ridges/enhancing";
export { energies } from "./ridges/energy";
export { normalise } from "./ridges/normalise";
export { powers, profiles } from "./ridges/period";
export { endsAndForks, repair } from "./ridges/skeleton";
export { smooth, tensor } from "./ridges/tensor";
export { ridgeBits, ridgeBytes, thin } from "./ridges/thinning";
