declare module "launchd.plist" {
  /** Collects the keys of one job; each setter checks the type of its value only. */
  export default class LaunchdPropertyList {
    addString(key: string, value: string): this;
    setLabel(label: string): this;
    setProgramArgs(words: string[]): this;
    setEnvVar(variables: Record<string, string>): this;
    setRunAtLoad(runs: boolean): this;
    setKeepAlive(rule: { SuccessfulExit: boolean }): this;
    setThrottleInterval(seconds: number): this;
    setExitTimeOut(seconds: number): this;
    setUmask(mask: number): this;
    setProcessType(type: string): this;
    setLimitLoadToSessionType(type: string): this;
    setWorkingDir(path: string): this;
    setStdOutPath(path: string): this;
    setStdErrPath(path: string): this;
    setStartInterval(seconds: number): this;
    addCalendarInterval(fields: Record<string, number>): this;
    /** The XML of what was set. */
    build(): string;
  }
}

declare module "plist" {
  const plist: {
    /** What an XML property list says. Throws where it is none. */
    parse(text: string): unknown;
  };
  export default plist;
}
