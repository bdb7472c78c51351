/* SPDX-License-Identifier: MIT */
/* Claims a task that is not written, with a name that does not end. */
#include "channel-page.h"

HARM
{
	struct channel *page = channel_page();

	memset(page->todo, 't', sizeof(page->todo));
	memset(page->descriptor, 'd', sizeof(page->descriptor));
	_exit(0);
}
