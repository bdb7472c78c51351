/* SPDX-License-Identifier: MIT */
#ifndef CHANNEL_PAGE_H
#define CHANNEL_PAGE_H
/* For those that look for the page on which the row writes its results: it is in the same
 * address space, so it can be found. */
#include <string.h>

#include "channel.h"
#include "right.h"

static struct channel *
channel_page(void)
{
	char line[512];
	unsigned long low = 0;
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps))
		if (strstr(line, "memfd:channel"))
			sscanf(line, "%lx", &low);
	if (maps)
		fclose(maps);
	if (!low)
		abort();
	return (struct channel *)low;
}

#endif
