// loopd itself. `LOOPD_BENCH_NODE_OPTIONS=--cpu-prof` (and the like) reaches the helper alone.
import { serveLane } from "../lane-process.ts";
import { startLoopd } from "../loopd-loop.ts";

const { LOOPD_BENCH_NODE_OPTIONS: options = "" } = process.env;
serveLane((setup) => startLoopd(setup, options === "" ? {} : { NODE_OPTIONS: options }));
