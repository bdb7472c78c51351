/* SPDX-License-Identifier: MIT */
/* Writes over the page of the results, to its last byte. */
#include "channel-page.h"

HARM
{
	memset(channel_page(), 0xff, sizeof(struct channel));
}
