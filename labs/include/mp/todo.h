/* SPDX-License-Identifier: MIT */
#ifndef MP_TODO_H
#define MP_TODO_H
/*
 * The place of work that is not done yet.
 *
 * mp_todo("process.3") stands where you will write. It does not return, so a function of
 * any type compiles with nothing else in it. The harness reports the row as `todo`, which
 * is not a failure; outside the harness the process says which task is missing, and leaves.
 *
 * Example:
 *	#include <mp/todo.h>
 *	static int
 *	answer(int question)
 *	{
 *		return question == 6 ? 42 : (mp_todo("example.1"), 0);
 *	}
 *	int
 *	main(void)
 *	{
 *		return answer(6) != 42;
 *	}
 */

/* The exit status of a process that came upon a task not written yet. */
#define MP_TODO_STATUS 70

_Noreturn void mp_todo(const char *task);

/* Called first by mp_todo, with the task; the harness sets it. NULL at the start. */
extern void (*mp__on_todo)(const char *task);

#endif
