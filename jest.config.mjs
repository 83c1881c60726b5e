/** @type {import("jest").Config} */
const config = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
    ],
  },
  setupFilesAfterEnv: ["<rootDir>/test/once-more.mjs"],
  testTimeout: 30_000,
  // Most tests wait for processes more than they compute; with one worker, which is the default on two cores, the suite takes twice as long.
  maxWorkers: 2,
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/data/"],
};

export default config;
