// Makes the golden traces in test/fixtures/traces again, from real journeys. Look at what differs before you keep it.
process.env.LOOPD_TRACES = "1";
process.argv.splice(2, Infinity, "test/golden/make.test.ts", ...process.argv.slice(2));
await import("./test.mjs");
