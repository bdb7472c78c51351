/* SPDX-License-Identifier: MIT */
/*
 * The object, and who is who: made, named, counted, freed; this process and its parent.
 *
 * A running child has one reference more than its owners hold: the family's (see start).
 * So an owner may give up a handle at any time, and the child is still reaped.
 *
 * Handout: labs/01-process/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/process.h>

#include "object.h"

//{
static struct mp_process main_process = {
    .identity = "",
    .references = 1,
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .pidfd = -1,
};
struct mp_process mp__parent = {
    .references = 1,
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .pidfd = -1,
};
struct mp_process *mp__current = &main_process;
atomic_uint mp__made;

/* "Process-" and the identity; the caller frees. */
static char *
default_name(const char *identity)
{
	char *name;

	return asprintf(&name, "Process-%s", identity) < 0 ? NULL : name;
}

/* The creator's and a number. Not by printf: each spawned child comes here, and would map its code. */
static char *
next_identity(void)
{
	unsigned number = atomic_fetch_add(&mp__made, 1) + 1;
	size_t mine = strlen(mp__current->identity);
	char digits[] = ":4294967295", *first = digits + sizeof(digits) - 1;

	do
		*--first = (char)('0' + number % 10);
	while (number /= 10);
	if (mine)
		*--first = ':';
	char *identity = malloc(mine + strlen(first) + 1);
	if (identity)
		strcpy(stpcpy(identity, mp__current->identity), first);
	return identity;
}

static void
destroy(struct mp_process *p)
{
	if (p->birth && p->birth->release)
		p->birth->release(p->arg);
	mp_close(&p->pidfd);
	pthread_mutex_destroy(&p->lock);
	free(p->identity);
	free(p->name);
	free(p);
}
//}

int
mp_process_new(struct mp_process **out, int (*target)(void *arg), void *arg,
    const struct mp_process_options *options)
{
	/*
	 * process.1: make the object; no process yet. Name, daemon flag and death signal
	 * come from the options, else from the creator (mp_current_process()).
	 */
	//{
	static const struct mp_process_options defaults;
	const struct mp_process_options *o = options ? options : &defaults;

	if (o->death_signal < MP_NO_SIGNAL || o->death_signal > SIGRTMAX)
		return MP_INVALID;
	struct mp_process *p = malloc(sizeof(*p));
	if (!p)
		return -ENOMEM;
	*p = (struct mp_process){
	    .target = target,
	    .arg = arg,
	    .creator = getpid(),
	    .daemon =
		o->daemon == MP_DAEMON_INHERIT ? mp__current->daemon : o->daemon == MP_DAEMON_YES,
	    .death_signal = o->death_signal == 0  ? mp__current->death_signal
			    : o->death_signal > 0 ? o->death_signal
						  : 0,
	    .references = 1,
	    .pidfd = -1,
	};
	pthread_mutex_init(&p->lock, NULL);
	p->identity = next_identity();
	if (p->identity)
		p->name = o->name ? strdup(o->name) : default_name(p->identity);
	if (!p->name) {
		destroy(p);
		return -ENOMEM;
	}
	*out = p;
	return 0;
	//}
}

struct mp_process *
mp_process_ref(struct mp_process *p)
{
	/* process.1: one more owner; several threads may do this at once. */
	//{
	atomic_fetch_add(&p->references, 1);
	return p;
	//}
}

void
mp_process_free(struct mp_process *p)
{
	/*
	 * process.1: one owner fewer; the last one frees the memory and the descriptor.
	 * A running child has one owner more, its family (see start), so it stays.
	 * p->birth->release, if there is one, gets p's arg first.
	 */
	//{
	if (p && atomic_fetch_sub(&p->references, 1) == 1)
		destroy(p);
	//}
}

const char *
mp_process_name(const struct mp_process *p)
{
	/* process.1: "Process-1", in its child "Process-1:1"; or what was given. */
	//{
	return p->name ? p->name : "MainProcess";
	//}
}

int
mp_process_set_name(struct mp_process *p, const char *name)
{
	/* process.1: keep a copy; the old name is kept when there is no memory. */
	//{
	char *copy = strdup(name);

	if (!copy)
		return -ENOMEM;
	free(p->name);
	p->name = copy;
	return 0;
	//}
}

bool
mp_process_daemon(const struct mp_process *p)
{
	/* process.1: the flag. */
	//{
	return p->daemon;
	//}
}

int
mp_process_set_daemon(struct mp_process *p, bool daemon)
{
	/* process.1: only before start. */
	//{
	pthread_mutex_lock(&p->lock);
	int error = p->state == UNBORN && p->creator ? 0 : MP_STARTED;
	if (!error)
		p->daemon = daemon;
	pthread_mutex_unlock(&p->lock);
	return error;
	//}
}

int
mp__process_death_signal(const struct mp_process *p)
{
	/* process.1: what new has settled; for stage 05. */
	//{
	return p->death_signal;
	//}
}

/* Given: for stage 05. */
void
mp__process_otherwise(struct mp_process *p, const struct mp__birth *birth)
{
	p->birth = birth;
}

struct mp_process *
mp_current_process(void)
{
	/* process.6: the main process has an object, too. */
	//{
	return mp__current;
	//}
}

struct mp_process *
mp_parent_process(void)
{
	/* process.6: known by a pidfd made before the fork, so that it cannot be missed. */
	//{
	return mp__parent.pidfd < 0 ? NULL : &mp__parent;
	//}
}
