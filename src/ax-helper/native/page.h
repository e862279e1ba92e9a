/* What a page tells of all its elements at once, so that most of them are read by one message and not by two. */
#ifndef LOOPD_PAGE_H
#define LOOPD_PAGE_H

#include "ax.h"

/*
 * Notes which elements of a page are pieces of text, `most` at most: their value may be asked for at first sight. A page that
 * holds much text is left alone, so that none of it crosses whole; so is one that cannot tell.
 */
void page_learn(AXUIElementRef page, int most);

#endif
