// Loaded into a helper by a test: the time since the machine was started, with what the test says that it has slept.
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

const { uptime } = os;
os.uptime = () => uptime() + Number(readFileSync(process.env.LOOPD_TEST_SLEPT, "utf8"));
syncBuiltinESMExports();
