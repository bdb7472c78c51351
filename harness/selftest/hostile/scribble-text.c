/* SPDX-License-Identifier: MIT */
/* Fills every text on the page of the results, with no end. */
#include "channel-page.h"

HARM
{
	struct channel *page = channel_page();

	memset(page->file, 'f', sizeof(page->file));
	memset(page->asked, 'a', sizeof(page->asked));
	memset(page->expected, 'e', sizeof(page->expected));
	memset(page->seen, 's', sizeof(page->seen));
	memset(page->step, 't', sizeof(page->step));
	memset(page->descriptor, 'd', sizeof(page->descriptor));
	page->descriptors = -1;
	page->line = -7;
	page->failed = 1;
}
