/* SPDX-License-Identifier: MIT */
#ifndef MP_PICKLE_H
#define MP_PICKLE_H
/*
 * Values as bytes, in the format of Python's pickle, and back.
 *
 * dumps writes protocol 4, which every Python from 3.4 on loads. loads reads what Python's
 * protocols 2 to 5 write. A value that occurs in several places is written once: sharing
 * and cycles survive.
 *
 * Invariants: loads executes nothing that it reads, and trusts nothing: whatever the bytes
 * are, it needs memory and time in proportion to their number.
 *
 * Example:
 *	#include <mp.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_value *v = mp_list(mp_none(), mp_str("x")), *again = NULL;
 *		void *data;
 *		size_t size;
 *		if (mp_pickle_dumps(v, &data, &size, NULL) || mp_pickle_loads(data, size, &again))
 *			return 1;
 *		int equal = mp_value_equal(v, again);
 *		free(data), mp_value_free(v), mp_value_free(again);
 *		return equal != 1;
 *	}
 */
#include <mp/value.h>

struct mp_connection;

/* Which part cannot be pickled, and why: printf("args%s: %s", why.path, why.text). */
struct mp_pickle_error {
	int error;
	char path[160]; /* "[2]['lock']"; "" is the whole; when too long, its end after "..." */
	char text[160]; /* "cannot pickle 'Lock' object: ..." */
};

/*
 * Make a pickle of a value.
 *
 * Owns    *data is malloc'd, the caller's; why, which may be NULL, is filled on failure
 * Returns 0, or
 *   MP_NOT_PICKLABLE  there is an object in it whose class has no reduce  TypeError
 *   MP_TOO_DEEP       lists in lists, more than 2,000 deep                RecursionError
 *   -EINVAL           v is NULL: a builder has failed
 *   -ENOMEM           or what the reduce of a class returned
 * Safe    between threads yes
 * Python  pickle.dumps(v, 4)
 * Tasks   pickle.4 pickle.6
 */
int mp_pickle_dumps(
    const struct mp_value *v, void **data, size_t *size, struct mp_pickle_error *why) MP_MUST_CHECK;

/*
 * Make the value that a pickle says. What follows its end is ignored.
 *
 * Owns    *out is the caller's
 * Returns 0, or
 *   MP_UNPICKLING  no pickle, or cut short; of protocol 0 or 1; with   UnpicklingError
 *                  what needs an agreement (persistent ids, extension
 *                  codes, buffers outside); or made to exhaust us
 *   MP_UNHASHABLE  a key that cannot be one                            TypeError
 *   MP_TOO_DEEP    a key nested more than 2,000 deep                   RecursionError
 *   -ENOMEM        or what the rebuild of a class returned
 * Safe    between threads yes
 * Python  pickle.loads(data)
 * Tasks   pickle.5 pickle.6 pickle.7
 */
int mp_pickle_loads(const void *data, size_t size, struct mp_value **out) MP_MUST_CHECK;

/*
 * Send a value as one message; receive one.
 *
 * Blocks  as mp_connection_send_bytes and mp_connection_recv_bytes do
 * Owns    v stays the caller's, *out is the caller's
 * Returns 0, or an error of those, or of dumps or loads: after an error of dumps nothing has
 *         been sent, after one of loads the message is gone, and the next can be received
 * Python  Connection.send, Connection.recv
 * Tasks   pickle.6
 */
int mp_connection_send(struct mp_connection *c, const struct mp_value *v) MP_MUST_CHECK;
int mp_connection_recv(struct mp_connection *c, struct mp_value **out) MP_MUST_CHECK;

#endif
