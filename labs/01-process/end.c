/* SPDX-License-Identifier: MIT */
/*
 * The end of a child: waited for, fetched once, asked for, hastened.
 *
 * The status is in the kernel until somebody fetches it, and then nowhere: so it is fetched
 * under the object's lock, by whichever call comes first, and kept.
 *
 * Handout: labs/01-process/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/process.h>
#include <mp/todo.h>

#include "object.h"

int
mp_process_join(struct mp_process *p, double timeout)
{
	/*
	 * process.3: wait for the sentinel until the deadline, then fetch the status. Not
	 * the other way round: a wait for the status cannot be given a deadline.
	 */
	mp_todo("process.3");
}

int
mp_process_sentinel(struct mp_process *p)
{
	/* process.3: the descriptor that is ready exactly when the process is dead. */
	mp_todo("process.3");
}

int
mp_process_death(struct mp_process *p, struct mp_death *death)
{
	/*
	 * process.4: fetch the status if there is one to fetch; keep it for the next who asks. If
	 * p->birth has a fetch, the child is another's, and that asks for us.
	 */
	mp_todo("process.4");
}

int
mp_process_exitcode(struct mp_process *p, int *code)
{
	/* process.4: N when it left with N, -S when signal S ended it. */
	mp_todo("process.4");
}

int
mp_process_is_alive(struct mp_process *p)
{
	/* process.4: this process does; a child until it is reaped; its own parent, too. */
	mp_todo("process.4");
}

int
mp_process_terminate(struct mp_process *p)
{
	/* process.5: ask it to end: it may refuse. */
	mp_todo("process.5");
}

int
mp_process_kill(struct mp_process *p)
{
	/* process.5: end it: it cannot refuse. */
	mp_todo("process.5");
}

int
mp_process_interrupt(struct mp_process *p)
{
	/* process.5: as Ctrl-C does. */
	mp_todo("process.5");
}

int
mp_process_close(struct mp_process *p)
{
	/* process.5: give the descriptor back; refused while the process runs. */
	mp_todo("process.5");
}
