// Kills a real helper at random, 120 times unless LOOPD_CRASH_KILLS says otherwise, and counts what was lost or repeated.
process.env.LOOPD_CRASH_KILLS ??= "120";
process.argv.splice(2, Infinity, "test/crash");
await import("./test.mjs");
