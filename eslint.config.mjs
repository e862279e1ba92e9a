import raycast from "@raycast/eslint-config";
import { defineConfig, globalIgnores } from "eslint/config";

const isLinted = ["**/*.{ts,tsx,mjs}"];

export default defineConfig([
  globalIgnores(["dist/", "assets/", "node_modules/", "bench/peers/node_modules/", "raycast-env.d.ts"]),
  ...raycast.flat(),
  {
    files: isLinted,
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "max-lines": ["error", { max: 250 }],
      "no-console": "error",
    },
  },
  {
    files: ["test/**", "bench/**", "scripts/**"],
    rules: { "max-lines": ["error", { max: 400 }], "no-console": "off" },
  },
  { files: ["src/commands/cli/*.mjs"], rules: { "no-console": "off" } },
]);
