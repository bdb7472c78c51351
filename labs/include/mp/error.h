/* SPDX-License-Identifier: MIT */
#ifndef MP_ERROR_H
#define MP_ERROR_H
/*
 * What a call says when it cannot do what it was asked.
 *
 * Every call that can fail returns int: 0 or a count when it worked, negative when not.
 * -1 to -4999 is -errno: the kernel said no. Below -5000 the library said no, and each
 * code stands for one Python exception. The table below is the only place where codes
 * live: the enum, the names, the sentences and docs/errors.md are made from it.
 *
 * Invariants: a failed call leaves nothing behind, and its out-parameters untouched.
 *
 * Example:
 *	#include <mp/error.h>
 *	#include <stdio.h>
 *	int
 *	main(void)
 *	{
 *		int error = MP_TIMEOUT;
 *		printf("%s (%s): %s\n", mp_error_name(error), mp_error_python(error),
 *		    mp_error_text(error));
 *		return 0;
 *	}
 */

#define MP_MUST_CHECK __attribute__((warn_unused_result))

/* X(code, number, Python's exception, sentence) */
#define MP_ERRORS(X)                                                                               \
	X(MP_TIMEOUT, -5001, "multiprocessing.TimeoutError", "the time was up first")              \
	X(MP_CLOSED, -5002, "ValueError", "this object is closed")                                 \
	X(MP_BUSY, -5003, "ValueError", "it cannot be closed while its process runs: join first")  \
	X(MP_STARTED, -5004, "AssertionError", "a process starts once, and is set up before that") \
	X(MP_NOT_STARTED, -5005, "AssertionError", "this process has not been started")            \
	X(MP_NOT_PARENT, -5006, "AssertionError", "only the process that made it may do that")     \
	X(MP_DAEMONIC, -5007, "AssertionError", "a daemonic process may not have children")        \
	X(MP_PIDFILE_LOCKED, -5008, "lockfile.AlreadyLocked",                                      \
	    "another daemon runs: it holds the lock on the pidfile")                               \
	X(MP_INVALID, -5009, "ValueError", "an argument has a value that cannot be meant")         \
	X(MP_EOF, -5010, "EOFError", "the other end is closed, and no further message will come")  \
	X(MP_TRUNCATED, -5011, "OSError", "the other end was closed in the middle of a message")   \
	X(MP_TOO_LONG, -5012, "OSError", "the message is longer than was allowed")                 \
	X(MP_TOO_SHORT, -5013, "multiprocessing.BufferTooShort",                                   \
	    "the buffer is shorter than the message")                                              \
	X(MP_BAD_LENGTH, -5014, "OSError", "a message announces a length that cannot be meant")    \
	X(MP_WRITE_ONLY, -5015, "OSError", "this connection is write-only")                        \
	X(MP_READ_ONLY, -5016, "OSError", "this connection is read-only")                          \
	X(MP_HANDLE_CLOSED, -5017, "OSError", "this connection is closed")                         \
	X(MP_NO_DESCRIPTOR, -5018, "RuntimeError",                                                 \
	    "what came was not one byte with one descriptor")                                      \
	X(MP_NOT_PICKLABLE, -5020, "TypeError", "it means nothing in another process")             \
	X(MP_UNPICKLING, -5021, "pickle.UnpicklingError", "these bytes are no pickle to be read")  \
	X(MP_TOO_DEEP, -5022, "RecursionError", "values are nested too deeply")                    \
	X(MP_KIND, -5023, "TypeError", "the value is of another kind")                             \
	X(MP_UNHASHABLE, -5024, "TypeError", "what can change cannot be a key")                    \
	X(MP_OVERFLOW, -5025, "OverflowError", "the number is too big")                            \
	X(MP_TOO_LARGE, -5026, "ValueError", "the text would be too long")                         \
	X(MP_NO_INDEX, -5027, "IndexError", "the index is out of range")                           \
	X(MP_NO_KEY, -5028, "KeyError", "there is no such key")                                    \
	X(MP_METHOD_SET, -5030, "RuntimeError", "the start method is settled already")             \
	X(MP_NO_GUARD, -5031, "RuntimeError",                                                      \
	    "main must call mp_init first: a spawned child begins in main, too")                   \
	X(MP_NOT_REGISTERED, -5032, "_pickle.PicklingError",                                       \
	    "a function that goes to another program must be registered: MP_REGISTER")             \
	X(MP_TIMEOUT_EXPIRED, -5033, "subprocess.TimeoutExpired",                                  \
	    "the program was not done in time")                                                    \
	X(MP_CALL_FAILED, -5034, "subprocess.CalledProcessError",                                  \
	    "the program ended with an exit code other than 0")                                    \
	X(MP_NOT_SPAWNING, -5035, "RuntimeError",                                                  \
	    "it can only be shared between processes through inheritance")                         \
	X(MP_OWNER_DIED, -5040, "RuntimeError",                                                    \
	    "it is yours, but its owner died: what it guards may be half done")                    \
	X(MP_NOT_OWNER, -5041, "AssertionError", "only the thread that acquired it may do that")   \
	X(MP_OVER_RELEASED, -5042, "ValueError", "it was released more often than acquired")       \
	X(MP_BROKEN_BARRIER, -5050, "threading.BrokenBarrierError",                                \
	    "the barrier is broken: somebody will not come")                                       \
	X(MP_NO_ROOM, -5060, "ValueError", "the text is longer than the room its element has")     \
	X(MP_DAMAGED, -5061, "RuntimeError", "this shared memory does not hold what it should")    \
	X(MP_FULL, -5070, "queue.Full", "the queue has as many messages as it may have")           \
	X(MP_EMPTY, -5071, "queue.Empty", "there is no message in the queue")                      \
	X(MP_NOT_CLOSED, -5072, "AssertionError",                                                  \
	    "the queue must be closed before its thread is joined")                                \
	X(MP_SENDER_DIED, -5073, "OSError",                                                        \
	    "the process that was sending this message died in the middle of it")                  \
	X(MP_TOO_MANY_DONE, -5074, "ValueError",                                                   \
	    "task_done was called more often than there were tasks")                               \
	X(MP_TASK_LOST, -5075, "RuntimeError",                                                     \
	    "a process ended with tasks that it had not done: they are lost")                      \
	X(MP_WORKER_DIED, -5080, "billiard.WorkerLostError", "the worker died in this task")       \
	X(MP_POOL_BROKEN, -5081, "concurrent.futures.BrokenProcessPool",                           \
	    "the pool is broken: its workers cannot begin")                                        \
	X(MP_POOL_CLOSED, -5082, "ValueError", "the pool takes no more tasks")                     \
	X(MP_POOL_RUNNING, -5083, "ValueError",                                                    \
	    "the pool still runs: close or terminate it first")                                    \
	X(MP_NOT_READY, -5084, "ValueError", "the result is not ready yet")                        \
	X(MP_STOP, -5085, "StopIteration", "there are no more results")                            \
	X(MP_TASK_FAILED, -5087, "Exception", "the task failed")                                   \
	X(MP_TERMINATED, -5088, "concurrent.futures.CancelledError",                               \
	    "the pool was terminated before the task was done")                                    \
	X(MP_NOT_ENCODED, -5089, "multiprocessing.pool.MaybeEncodingError",                        \
	    "what the task returned cannot be pickled")

enum mp_error {
#define X(code, number, python, sentence) code = number,
	MP_ERRORS(X)
#undef X
};

/*
 * Say what an error means, in one sentence without a full stop.
 *
 * Returns a static string, never NULL; for -errno the kernel's words
 * Safe    between threads yes
 */
const char *mp_error_text(int error);

/*
 * Name an error as it is written in C: "MP_TIMEOUT", "EAGAIN".
 *
 * Returns a static string, never NULL
 */
const char *mp_error_name(int error);

/*
 * Name the Python exception that stands where this error stands.
 *
 * Returns a static string, never NULL; the subclass of OSError for -errno
 */
const char *mp_error_python(int error);

#endif
