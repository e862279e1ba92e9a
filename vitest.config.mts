import { configDefaults, defineConfig } from "vitest/config";

const isCi = process.env["LOOPD_CI"] === "1";
/** These operate real programs on displays of their own: `npm run test:apps`, and in CI. */
const APPS = ["test/ax-helper/atspi/**/*.test.ts", "test/journeys/{demo-screen,two-applications}.test.ts"];
const withApps = process.env["LOOPD_APPS"] !== undefined || (isCi && process.platform === "linux");

export default defineConfig({
  test: {
    // Hang guards, not expectations: a slow machine passes, a hang fails.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // A loaded machine may upset one run; a test that passes only at the second try is named in the output.
    retry: isCi ? 1 : 0,
    pool: "forks",
    projects: [
      {
        extends: true,
        test: {
          name: "all",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: [...configDefaults.exclude, ...APPS],
          sequence: { groupOrder: 0 },
        },
      },
      // A desktop each is work enough for a small machine: one file at a time, and beside nothing else.
      ...(withApps
        ? [
            {
              extends: true as const,
              test: { name: "apps", include: APPS, fileParallelism: false, sequence: { groupOrder: 1 } },
            },
          ]
        : []),
    ],
  },
});
