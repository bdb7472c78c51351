/* SPDX-License-Identifier: MIT */
#ifndef MP_SYNC_H
#define MP_SYNC_H
/*
 * To wait for something to become true: Condition, Event, Barrier. Each has its own header.
 *
 * Example:
 *	#include <mp/sync.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_event *event;
 *		if (mp_event_new(&event))
 *			return 1;
 *		mp_event_set(event);
 *		int set = mp_event_is_set(event);
 *		mp_event_free(event);
 *		return !set;
 *	}
 */
#include <mp/barrier.h>
#include <mp/condition.h>
#include <mp/event.h>

#endif
