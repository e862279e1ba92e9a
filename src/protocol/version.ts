declare const LOOPD_VERSION: string | undefined;

/** Version of this build, from package.json; `0.0.0-source` where the code runs without having been bundled. */
export const VERSION: string = typeof LOOPD_VERSION === "string" ? LOOPD_VERSION : "0.0.0-source";
