/* SPDX-License-Identifier: MIT */
/*
 * Event: a word that is odd while the flag is set, and grows with every change.
 *
 * Who waits remembers the word, and sleeps while it is the same: any other value means that
 * somebody has set it since. So a set and a clear together are not missed, as they would be
 * if the waiter looked at the flag alone.
 *
 * Handout: labs/07-sync/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mp/event.h>
#include <mp/futex.h>
#include <mp/internal.h>
#include <mp/todo.h>

struct mp_event {
	/* yours */
};

int
mp_event_new(struct mp_event **out)
{
	/* sync.3: a word in shared memory. */
	mp_todo("sync.3");
}

struct mp_event *
mp_event_ref(struct mp_event *event)
{
	/* sync.3: one more owner of the handle. */
	mp_todo("sync.3");
}

void
mp_event_free(struct mp_event *event)
{
	/* sync.3: the last one gives the word back. */
	mp_todo("sync.3");
}

bool
mp_event_is_set(const struct mp_event *event)
{
	/* sync.3: look. */
	mp_todo("sync.3");
}

void
mp_event_set(struct mp_event *event)
{
	/*
	 * sync.3: change the word and wake all. In a signal handler: no lock. And what if you
	 * are killed between the change and the wake?
	 */
	mp_todo("sync.3");
}

void
mp_event_clear(struct mp_event *event)
{
	/* sync.3: only if it is set; the word still grows. */
	mp_todo("sync.3");
}

int
mp_event_wait(struct mp_event *event, double timeout)
{
	/* sync.3: sleep while the word is what it was. */
	mp_todo("sync.3");
}

static int
event_reduce(void *object, struct mp_value **state)
{
	/* sync.3: where the word lies. */
	mp_todo("sync.3");
}

static int
event_rebuild(const struct mp_value *state, void **object)
{
	/* sync.3: a handle on the same word. */
	mp_todo("sync.3");
}

static void
event_ref(void *object)
{
	(void)mp_event_ref(object);
}

static void
event_unref(void *object)
{
	mp_event_free(object);
}

const struct mp_class mp_event_class = {
    "Event", event_reduce, event_rebuild, event_ref, event_unref};
MP_REGISTER_CLASS(mp_event_class);
