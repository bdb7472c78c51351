/* SPDX-License-Identifier: MIT */
#ifndef GRAPH_WORDS_H
#define GRAPH_WORDS_H
/* The words that the views share: what is said of a process, and text made harmless. */
#include "graph/model.h"

enum tone {
	TONE_PLAIN,
	TONE_QUIET, /* as it should be */
	TONE_LOUD,  /* worth a look */
	TONE_BAD,   /* a fault */
};

enum subject { ABOUT_COMMAND, ABOUT_END, ABOUT_REAP, ABOUT_PARENT, ABOUT_STATE };

/* One thing to say of a process. */
struct fact {
	enum subject about;
	enum tone tone;
	char text[256];
};

enum { WORDS_FACTS = 16 };

/* All that is to say of a process, in the order of its life. Returns how many. */
size_t words_facts(const struct process *process, struct fact facts[WORDS_FACTS]);

/* "exit 3", "SIGSEGV", "still alive". */
void words_ending(const struct process *process, char *text, size_t size);
/* "ls -l", at most width characters of it. */
void words_command(const struct exec *exec, size_t width, char *text, size_t size);
/* "SIGTERM". */
const char *words_signal(int signal, char *room, size_t size);
/* The kill that ended it; NULL if none did. */
const struct kill *words_fatal(const struct process *process);
/* Who adopted it: "P", or "the system". */
const char *words_adopter(const struct adoption *adoption);

/*
 * Text with nothing in it that moves a cursor, ends a line or turns writing around: such
 * characters become a backslash and a letter or a number. At most width characters, then
 * an ellipsis. Always ends with a NUL; never cuts a character in two.
 */
void words_plain(const char *text, size_t width, char *out, size_t size);

#endif
