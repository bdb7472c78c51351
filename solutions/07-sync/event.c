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

struct mp_event {
	//{
	_Atomic uint32_t *word; /* shared */
	atomic_int references;	/* in this process */
				//}
};

//{
/* A handle on the word at that place, or on a new one. */
static int
make(struct mp_event **out, const struct mp_value *place)
{
	struct mp_event *event = malloc(sizeof(*event));
	void *memory;

	if (!event)
		return -ENOMEM;
	int error = place ? mp__shared_receive(place, sizeof(uint32_t), &memory)
			  : mp__shared_new(&memory, sizeof(uint32_t));
	if (error) {
		free(event);
		return error;
	}
	*event = (struct mp_event){.word = memory, .references = 1};
	*out = event;
	return 0;
}
//}

int
mp_event_new(struct mp_event **out)
{
	/* sync.3: a word in shared memory. */
	//{
	int error = make(out, NULL);

	if (!error)
		mp__shared_note((*out)->word, MP__EVENT, sizeof(uint32_t), NULL);
	return error;
	//}
}

struct mp_event *
mp_event_ref(struct mp_event *event)
{
	/* sync.3: one more owner of the handle. */
	//{
	atomic_fetch_add(&event->references, 1);
	return event;
	//}
}

void
mp_event_free(struct mp_event *event)
{
	/* sync.3: the last one gives the word back. */
	//{
	if (!event || atomic_fetch_sub(&event->references, 1) > 1)
		return;
	mp__shared_free((void *)event->word);
	free(event);
	//}
}

bool
mp_event_is_set(const struct mp_event *event)
{
	/* sync.3: look. */
	//{
	return atomic_load(event->word) % 2;
	//}
}

void
mp_event_set(struct mp_event *event)
{
	/*
	 * sync.3: change the word and wake all. In a signal handler: no lock. And what if you
	 * are killed between the change and the wake?
	 */
	//{
	int error = errno;

	/* FUTEX_WAKE_OP: the kernel sets the lowest bit, then wakes, in one call. */
	if (!mp_event_is_set(event))
		syscall(SYS_futex, event->word, FUTEX_WAKE_OP, INT_MAX, NULL, event->word,
		    FUTEX_OP(FUTEX_OP_OR, 1, FUTEX_OP_CMP_LT, 0));
	errno = error;
	//}
}

void
mp_event_clear(struct mp_event *event)
{
	/* sync.3: only if it is set; the word still grows. */
	//{
	uint32_t word = atomic_load(event->word);

	while (word % 2 && !atomic_compare_exchange_weak(event->word, &word, word + 1))
		;
	//}
}

int
mp_event_wait(struct mp_event *event, double timeout)
{
	/* sync.3: sleep while the word is what it was. */
	//{
	uint32_t word = atomic_load(event->word);
	int error = 0;

	if (word % 2)
		return 0;
	if (!(timeout > 0))
		return MP_TIMEOUT;
	for (int64_t deadline = mp_deadline(timeout); !error;) {
		error = mp_futex_wait(event->word, word, deadline);
		if (atomic_load(event->word) != word)
			return 0;
	}
	return error;
	//}
}

static int
event_reduce(void *object, struct mp_value **state)
{
	/* sync.3: where the word lies. */
	//{
	const struct mp_event *event = object;

	return mp__shared_send((const void *)event->word, state);
	//}
}

static int
event_rebuild(const struct mp_value *state, void **object)
{
	/* sync.3: a handle on the same word. */
	//{
	return make((struct mp_event **)object, state);
	//}
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
