/* SPDX-License-Identifier: MIT */
#ifndef MP_H
#define MP_H
/* All of libmp: every header says in its first comment what it is for. */
#include <mp/connection.h>
#include <mp/context.h>
#include <mp/deadline.h>
#include <mp/descriptor.h>
#include <mp/error.h>
#include <mp/futex.h>
#include <mp/heap.h>
#include <mp/io.h>
#include <mp/items.h>
#include <mp/line.h>
#include <mp/lock.h>
#include <mp/opaque.h>
#include <mp/peek.h>
#include <mp/pickle.h>
#include <mp/proc.h>
#include <mp/process.h>
#include <mp/reap.h>
#include <mp/semaphore.h>
#include <mp/shareable_list.h>
#include <mp/sharedctypes.h>
#include <mp/shm.h>
#include <mp/spawn.h>
#include <mp/subprocess.h>
#include <mp/sync.h>
#include <mp/ticket.h>
#include <mp/todo.h>
#include <mp/tracker.h>
#include <mp/value.h>
#include <mp/wait.h>
#include <mp/writer.h>
#endif
