/** The floors of the house (docs/ARCHITECTURE.md). Type imports count. */
const only = (name, from, to, comment) => ({ name, severity: "error", comment, from: { path: from }, to });
const inside = (paths) => ({
  pathNot: paths,
  dependencyTypesNot: ["core", "npm", "npm-dev", "npm-optional", "npm-no-pkg"],
});
const builtin =
  "^(node:)?(fs|path|os|net|http|https|child_process|crypto|process|timers|stream|events|url|util|worker_threads|module|dns|tls|zlib|readline|tty|v8|vm|perf_hooks|buffer)(/|$)";

module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolved",
      severity: "error",
      from: { pathNot: "^test/fakes/raycast" },
      to: { couldNotResolve: true, pathNot: "^(vitest|bun)" },
    },

    only("protocol-alone", "^src/protocol/", inside(["^src/protocol/"]), "Floor 0 imports no room."),
    only(
      "protocol-packages",
      "^src/protocol/",
      {
        dependencyTypes: ["core", "npm", "npm-dev", "npm-optional"],
        pathNot: ["^net$", "^node:net$", "node_modules/zod/"],
      },
      "zod and node:net only.",
    ),
    only("agent-below", "^src/agent/", inside(["^src/(agent|protocol)/"]), "Floor 1 sees the protocol only."),
    only(
      "agent-no-world",
      "^src/agent/",
      { path: builtin },
      "The loop never touches the world: clock, files, network and chance are ports.",
    ),
    only(
      "ax-helper-below",
      "^src/ax-helper/",
      inside(["^src/(ax-helper|protocol)/"]),
      "Floor 1 sees the protocol only.",
    ),
    only("launchd-below", "^launchd/", inside(["^launchd/", "^src/protocol/"]), "Floor 1 sees the protocol only."),
    only(
      "tools-below",
      "^src/tools/(?!raycast-)",
      inside(["^src/(tools|protocol|ax-helper)/", "^src/agent/ports\\.ts$"]),
      "Tools see the loop's ports only.",
    ),
    only(
      "daemon-below",
      "^helper-daemon/",
      inside(["^helper-daemon/", "^src/(protocol|agent|ax-helper|tools)/", "^launchd/"]),
      "The helper sees no face.",
    ),
    only(
      "commands-below",
      "^src/commands/",
      inside(["^src/(commands|protocol)/", "^src/agent/replay\\.ts$"]),
      "Faces see the protocol only.",
    ),
    only("replay-for-cli", "^src/commands/(?!cli/)", { path: "^src/agent/" }, "Only the command line replays."),
    only(
      "entries-above",
      "^src/([^/]+\\.tsx|tools/raycast-[^/]+)$",
      inside(["^src/commands/"]),
      "Raycast entries re-export commands.",
    ),
    only(
      "nobody-imports-main",
      "^(src|launchd|helper-daemon)/",
      { path: "^helper-daemon/main\\.ts$" },
      "The composition root is imported by nobody.",
    ),
    only(
      "present-is-pure",
      "^src/commands/present/",
      { path: [builtin, "node_modules/(@raycast|react)/"] },
      "Presenters decide; they touch nothing.",
    ),
    only(
      "cli-without-raycast",
      "^src/commands/cli/",
      { path: ["node_modules/@raycast/", "node_modules/react/", "^src/commands/[^/]+\\.tsx$"] },
      "The command line knows no Raycast.",
    ),

    only(
      "raycast-in-commands",
      "^(src/(?!commands/|[^/]+\\.tsx)|helper-daemon|launchd)",
      { path: "node_modules/(@raycast/|react/)" },
      "Only faces know Raycast.",
    ),
    only(
      "sqlite-in-store",
      "^(src|launchd|helper-daemon/(?!store/))",
      { path: "node_modules/better-sqlite3/" },
      "SQLite in one folder.",
    ),
    only(
      "models-in-endpoints",
      "^(src|launchd|helper-daemon/(?!endpoints/))",
      { path: "node_modules/(@anthropic-ai/sdk|openai)/" },
      "Model SDKs in one folder.",
    ),
    only(
      "mcp-in-mcp",
      "^(src/(?!tools/mcp/)|launchd|helper-daemon)",
      { path: "node_modules/@modelcontextprotocol/" },
      "MCP in one folder.",
    ),
    only(
      "dbus-in-atspi",
      "^(src/(?!ax-helper/backends/atspi/)|launchd|helper-daemon)",
      { path: "node_modules/dbus-native/" },
      "D-Bus in one folder.",
    ),
    only(
      "cron-in-routines",
      "^(src|launchd|helper-daemon/(?!routines/))",
      { path: "node_modules/(node-schedule|croner)/" },
      "Cron in one folder.",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
      mainFields: ["module", "main", "types"],
      conditionNames: ["import", "node", "default", "types"],
      exportsFields: ["exports"],
    },
  },
};
