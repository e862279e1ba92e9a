import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    // Real programs on a display: `npm run test:apps`.
    exclude: [...configDefaults.exclude, ...(process.env["LOOPD_APPS"] === "1" ? [] : ["test/ax-helper/atspi/**"])],
    // Hang guards, not expectations: a slow machine passes, a hang fails.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // A loaded machine may upset one run; a test that passes only at the second try is named in the output.
    retry: process.env["LOOPD_CI"] === "1" ? 1 : 0,
    pool: "forks",
  },
});
