// node-schedule without its recurring half, in the bundle alone.

/** Stands in for cron-parser: that this throws is how node-schedule finds out that it was given a date. */
const PARSER =
  'exports.parseExpression = () => { throw new Error("loopd gives node-schedule dates, and nothing else"); };';

/** Stands in for cron-parser/lib/date, which has luxon in it: a date that node-schedule can tell from others. */
const DATE = `module.exports = class CronDate extends Date {
  constructor(at) {
    if (!(at instanceof Date)) throw new Error("loopd gives node-schedule dates, and nothing else");
    super(at);
  }
  toDate() {
    return new Date(this);
  }
};`;

/**
 * Plugin of esbuild. The helper only has node-schedule wake it at a date. cron-parser and luxon, which node-schedule needs
 * for rules and expressions, would take 8 MB of the helper's 80 for as long as there is a routine.
 */
export const alarmsOnly = {
  name: "alarms-only",
  setup(build) {
    build.onResolve({ filter: /^cron-parser(\/lib\/date)?$/ }, ({ path, importer }) =>
      /[\\/]node_modules[\\/]node-schedule[\\/]/.test(importer) ? { path, namespace: "alarms-only" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "alarms-only" }, ({ path }) => ({
      contents: path.endsWith("date") ? DATE : PARSER,
      loader: "js",
    }));
  },
};
