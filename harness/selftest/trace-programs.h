/* SPDX-License-Identifier: MIT */
#ifndef TRACE_PROGRAMS_H
#define TRACE_PROGRAMS_H
/* The function that the program "fault" crashes in. */
void trace_program_crash(volatile int *where);
#endif
