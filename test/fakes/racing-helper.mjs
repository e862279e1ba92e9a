import { createHub } from "../../helper-daemon/hub.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { tick } from "../../helper-daemon/routines/tick.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";

/**
 * One of several helpers on the same database, which only ticks: the lock of the home would keep all but one from it.
 * Arguments: database, folder to work in, the time that it ticks at, how often. Waits for a line before it begins.
 */
const [database = "", person = "", at = "0", times = "0"] = process.argv.slice(2);
const store = openStore(database, createStamp("race"));
const world = {
  ...{ store, hub: createHub(store.log), boot: "race", person, now: () => Number(at) },
  turns: { wake: () => {}, cancel: () => ({ turns: [] }) },
  notify: () => {},
  logins: () => Promise.resolve([]),
  effective: () =>
    Promise.resolve({
      ...{ endpoint: "none", model: "m", takesImages: false, dialect: "anthropic" },
      ...{ endpointTrust: "local", overrides: {}, provenance: {} },
    }),
};
process.stdout.write("ready\n");
await new Promise((begin) => process.stdin.once("data", begin));
let begun = 0;
for (let i = 0; i < Number(times); i += 1) {
  try {
    begun += (await tick(world, { absences: [], happened: new Map(), also: [] })).begun.length;
  } catch (thrown) {
    // Busy: the next tick makes up for it, as the scheduler does.
    if (thrown.code !== "store-busy") throw thrown;
  }
}
process.stdout.write(`${begun}\n`);
process.exit(0);
