/**
 * Flags that Node gets before the helper's script. Young objects in at most 1 MiB per half: the helper mostly waits, and
 * left alone they grow to 48 MB in the first hundred calls and never shrink. `npm run bench` shows the price in the loop gap.
 */
export const NODE_FLAGS = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=1"];
