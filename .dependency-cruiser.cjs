/**
 * The import rule of docs/architecture.md: a room may import itself and the rooms that the table allows, and nothing
 * else of ours; no circles. `cli/` is the front door: it may see every room's `cli.ts` and the formats in crypto.
 */
const rooms = ["crypto", "biometrics", "mrtd", "devices", "booth", "server", "test", "cli"];
const room = (name) => `^${name}/`;

/** For each room, what it must not import: every other room, less what the table allows. */
const forbid = (name, allowed) => ({
  name: `${name}-imports`,
  comment: `${name}/ may import only ${["itself", ...allowed].join(", ")}`,
  severity: "error",
  from: { path: room(name) },
  to: { path: rooms.filter((other) => other !== name).map(room), pathNot: allowed },
});

module.exports = {
  forbidden: [
    forbid("crypto", []),
    forbid("biometrics", []),
    forbid("mrtd", ["^crypto/", "^biometrics/image/", "^biometrics/records/", "^biometrics/synthetic/"]),
    forbid("devices", ["^crypto/", "^mrtd/card/", "^mrtd/virtual/", "^mrtd/synthetic/passport\\.ts$"]),
    forbid("booth", ["^crypto/", "^biometrics/", "^mrtd/", "^devices/"]),
    forbid("server", ["^crypto/", "^biometrics/", "^mrtd/"]),
    forbid("cli", ["^(crypto|biometrics|mrtd|devices|booth|server)/cli\\.ts$", "^crypto/"]),
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no-test-imports", severity: "error", from: { pathNot: "^test/" }, to: { path: "^test/" } },
    {
      name: "vague-names",
      comment: "a file is named for its noun",
      severity: "error",
      from: {},
      to: { path: "(^|/)(utils?|helpers?|common|misc)(\\.[a-z]+$|/)", pathNot: "node_modules" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|data|node_modules)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
