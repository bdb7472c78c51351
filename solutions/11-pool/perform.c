/* SPDX-License-Identifier: MIT */
/*
 * One task, in the worker: find the function, unpack what it is called with, call it, pack what
 * it says.
 *
 * A chunk ends with its first item that fails, as CPython's does: the answer is then the error
 * and its text. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mp/bytes.h>
#include <mp/internal.h>
#include <mp/pickle.h>

#include "desk.h"

//{
static _Thread_local char text[512];

/* Errors have words of their own, or those of the table. */
static void
fail(struct performance *done, int error)
{
	const char *why = mp__task_text(error);

	done->error = error;
	done->data = strdup(why);
	done->size = done->data ? strlen(why) : 0;
}

static int
call_one(mp_task *f, struct mp_value *args, struct mp_value **result)
{
	*result = NULL;
	int error = args ? f(args, result) : -ENOMEM;

	if (error < 0) {
		mp_value_free(*result);
		return error;
	}
	if (!*result)
		*result = mp_none();
	return *result ? 0 : -ENOMEM;
}

static int
call_all(mp_task *f, bool tuples, struct mp_value *items, struct mp_value *results)
{
	struct mp_value *args = NULL, *result;
	int error = 0;

	for (size_t i = 0; i < mp_value_len(items) && !error; i++) {
		struct mp_value *item = mp_value_at(items, i);
		if (!tuples)
			args = item = mp__tuple_again(args, mp_value_ref(item));
		error = call_one(f, item, &result);
		if (!error)
			error = mp_list_append(results, result);
	}
	mp_value_free(args);
	return error;
}

static int
encode(struct mp_value *results, struct performance *done)
{
	struct mp_pickle_error why;
	int error = mp_pickle_dumps(results, &done->data, &done->size, &why);

	if (!error)
		return 0;
	snprintf(text, sizeof(text), "the result%s cannot be pickled: %s", why.path, why.text);
	return MP_NOT_ENCODED;
}

static void
perform_values(mp_task *f, bool tuples, const char *data, size_t size, struct performance *done)
{
	mp__brief_begin(size);
	struct mp_value *items = NULL, *results = mp_list();
	int error = results ? mp_pickle_loads(data, size, &items) : -ENOMEM;

	if (!error)
		error = call_all(f, tuples, items, results);
	if (!error)
		error = encode(results, done);
	if (error)
		fail(done, error);
	mp_value_free(items);
	mp_value_free(results);
	mp__brief_end();
}

static void
perform_bytes(mp_bytes_task *f, char *memory, const char *data, struct performance *done)
{
	struct piece piece;

	memcpy(&piece, data, sizeof(piece));
	int error = f(memory + piece.in, memory + piece.out, piece.n);
	if (error < 0)
		fail(done, error);
}
//}

void
mp__task_text_clear(void)
{
	/* pool.5: a new task has no words yet. */
	//{
	text[0] = '\0';
	//}
}

const char *
mp__task_text(int error)
{
	/* pool.5: what mp_task_fail was told, or else the error's own words. */
	//{
	return *text ? text : mp_error_text(error);
	//}
}

int
mp_task_fail(const char *format, ...)
{
	/* pool.5: keep the words until the task has returned. */
	//{
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	return MP_TASK_FAILED;
	//}
}

void
mp__pool_perform(
    char *memory, const struct order *order, const char *rest, struct performance *done)
{
	/* pool.1: by address, or by the name that stands before the rest. */
	//{
	void (*function)(void) = (void (*)(void))(uintptr_t)order->function;
	const char *data = rest + order->name;

	mp__task_text_clear();
	if (!function && !(function = mp__task_named(rest)))
		fail(done, MP_NOT_REGISTERED);
	else if (order->kind == BYTES)
		perform_bytes((mp_bytes_task *)function, memory, data, done);
	else
		perform_values((mp_task *)function, order->kind == TUPLES, data,
		    order->size - order->name, done);
	//}
}
