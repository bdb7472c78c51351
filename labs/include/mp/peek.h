/* SPDX-License-Identifier: MIT */
#ifndef MP_PEEK_H
#define MP_PEEK_H
/*
 * A look into the memory of another process.
 *
 * Isolation keeps processes from reaching each other by an address: the same address means
 * another place in each. It is not a secret kept from everybody. Who may debug a process (its
 * owner, as a rule; where the system is stricter, only an ancestor) may read its memory. That
 * is how debuggers work, and it is how this shows that a child has its own copy.
 *
 * Example:
 *	#include <mp/peek.h>
 *	#include <unistd.h>
 *	int
 *	main(void)
 *	{
 *		int answer = 42, seen = 0;
 *		int error = mp_peek(getpid(), &answer, &seen, sizeof(seen));
 *		return error ? 0 : seen != 42; // a system may forbid it
 *	}
 */
#include <mp/error.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Copy size bytes from an address of process pid. The process goes on meanwhile, so what
 * changes during the copy may be seen half changed.
 *
 * Returns 0, or (then the content of buffer is undefined)
 *   -ESRCH   there is no such process, or it is a zombie: it has no memory any more
 *   -EPERM   this process may not look into that one
 *   -EFAULT  the range is not all mapped there
 * Safe    between threads yes
 * Tasks   pipe.7
 */
int mp_peek(pid_t pid, const void *address, void *buffer, size_t size) MP_MUST_CHECK;

#endif
