/* SPDX-License-Identifier: MIT */
/* Writes that the row is done, and guesses the proof. */
#include "channel-page.h"

HARM
{
	struct channel *page = channel_page();

	memset(page->proof, 0x5a, sizeof(page->proof));
	page->failed = 0;
	page->checks = 100;
	page->state = CHANNEL_DONE;
	_exit(0);
}
