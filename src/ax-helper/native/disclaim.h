/*
 * macOS asks the process that is responsible for another whether it may use Accessibility, and whoever is started
 * inherits that. So that only loopd-screen holds the grant, and not whatever started it nor what that starts besides,
 * it replaces itself once by itself, responsible for itself.
 */
#ifndef LOOPD_DISCLAIM_H
#define LOOPD_DISCLAIM_H

/* What became of it: `self` (responsible for itself), `unavailable` (macOS has no such call) or `failed`. */
const char *disclaim(int count, char *const arguments[], char *const environment[]);

#endif
