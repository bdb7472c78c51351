/* SPDX-License-Identifier: MIT */
/* Wipes the page of the results. */
#include "channel-page.h"

HARM
{
	memset(channel_page(), 0, sizeof(struct channel));
}
