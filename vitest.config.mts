import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    // Hang guards, not expectations: a slow machine passes, a hang fails.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: "forks",
  },
});
