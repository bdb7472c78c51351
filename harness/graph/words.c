/* SPDX-License-Identifier: MIT */
/*
 * What is said of a process, in the same words by every view.
 *
 * A fact is a short phrase and its tone; a view picks those it does not draw. Text that a
 * program chose (its arguments, the names it made) is made harmless here and nowhere else.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "graph/words.h"

/* --- harmless text ---------------------------------------------------------------------------- */

/* The length of the character at text (valid UTF-8), and its code point. */
static size_t
decode(const char *text, unsigned long *point)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t n = *byte < 0x80 ? 1 : *byte < 0xe0 ? 2 : *byte < 0xf0 ? 3 : 4;

	*point = n == 1 ? *byte : *byte & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((byte[i] & 0xc0) != 0x80) {
			*point = 0xfffd;
			return i;
		}
		*point = *point << 6 | (byte[i] & 0x3fu);
	}
	return n;
}

/* Controls, line separators, writing direction, invisible and non-characters. */
static bool
is_harmful(unsigned long c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xd800 && c < 0xe000) ||
	       (c >= 0xfff0 && c <= 0xffff) || c >= 0xe0000;
}

static int
escaped(unsigned long c, const char *bytes, size_t n, char room[16])
{
	if (!is_harmful(c))
		return snprintf(room, 16, "%.*s", (int)n, bytes);
	if (c == '\n' || c == '\t' || c == '\r')
		return snprintf(room, 16, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
	return snprintf(room, 16, c < 0x100 ? "\\x%02lx" : "\\u%04lx", c);
}

void
words_plain(const char *text, size_t width, char *out, size_t size)
{
	static const char ellipsis[] = "…";
	size_t used = 0, shown = 0, before = 0; /* before: where an ellipsis has room */

	while (*text) {
		unsigned long point;
		char room[16];
		size_t n = decode(text, &point);
		size_t more = (size_t)escaped(point, text, n, room);
		shown += more > n ? more : 1;
		if (shown > width || used + more + sizeof(ellipsis) > size) {
			memcpy(out + before, ellipsis, sizeof(ellipsis));
			return;
		}
		memcpy(out + used, room, more);
		used += more;
		if (shown < width)
			before = used;
		text += n;
	}
	out[used] = '\0';
}

/* --- phrases ---------------------------------------------------------------------------------- */

const char *
words_signal(int signal, char *room, size_t size)
{
	const char *name = sigabbrev_np(signal);

	if (name)
		snprintf(room, size, "SIG%s", name);
	else if (signal >= SIGRTMIN && signal <= SIGRTMAX)
		snprintf(room, size, "SIGRTMIN+%d", signal - SIGRTMIN);
	else
		snprintf(room, size, "signal %d", signal);
	return room;
}

const char *
words_adopter(const struct adoption *adoption)
{
	return adoption->to ? adoption->to->path : "the system";
}

void
words_command(const struct exec *exec, size_t width, char *text, size_t size)
{
	char joined[2 * MODEL_TEXT];
	size_t used = 0;

	joined[0] = '\0';
	for (size_t i = 0; i < exec->argc && used < sizeof(joined) - 1; i++) {
		const char *slash = i ? NULL : strrchr(exec->argv[0], '/');
		const char *word = slash && slash[1] ? slash + 1 : exec->argv[i];
		int n = snprintf(joined + used, sizeof(joined) - used, "%s%s", i ? " " : "",
		    *word ? word : "''");
		used += (size_t)n < sizeof(joined) - used ? (size_t)n : sizeof(joined) - used - 1;
	}
	/* A cut in the middle of a character decodes as harmless; see decode(). */
	words_plain(exec->argc ? joined : "(no arguments)", width, text, size);
}

void
words_ending(const struct process *process, char *text, size_t size)
{
	char room[32];

	if (process->ending == END_NONE)
		snprintf(text, size, "no end seen");
	else if (process->ending == END_EXIT)
		snprintf(text, size, "exit %d", process->code);
	else
		snprintf(text, size, "%s", words_signal(process->signal, room, sizeof(room)));
}

/* --- facts ------------------------------------------------------------------------------------ */

struct facts {
	struct fact *at;
	size_t n;
};

__attribute__((format(printf, 4, 5))) static void
say(struct facts *facts, enum subject about, enum tone tone, const char *format, ...)
{
	va_list arguments;

	if (facts->n == WORDS_FACTS)
		return;
	struct fact *fact = &facts->at[facts->n++];
	fact->about = about;
	fact->tone = tone;
	va_start(arguments, format);
	vsnprintf(fact->text, sizeof(fact->text), format, arguments);
	va_end(arguments);
}

/* Of many execs the first and the last are said. */
static void
say_commands(struct facts *facts, const struct process *process)
{
	enum { MOST = 4 };
	size_t n = 0;
	char text[128];

	for (const struct exec *exec = process->execs; exec; exec = exec->next, n++) {
		if (n >= MOST && exec->next)
			continue;
		words_command(exec, 36, text, sizeof(text));
		say(facts, ABOUT_COMMAND, TONE_PLAIN, "%s%s", n > MOST ? "… " : "", text);
	}
}

const struct kill *
words_fatal(const struct process *process)
{
	const struct kill *last = NULL;

	if (process->ending != END_SIGNAL)
		return NULL;
	for (const struct kill *k = process->received; k; k = k->next_received)
		if (k->signal == process->signal && !k->error)
			last = k;
	return last;
}

static void
say_signal(struct facts *facts, const struct process *process)
{
	const struct kill *kill = words_fatal(process);
	const struct fault *fault = process->last_fault;
	const char *core = process->core ? ", core dumped" : "";
	char signal[32];

	words_signal(process->signal, signal, sizeof(signal));
	if (kill && kill->from == process)
		say(facts, ABOUT_END, TONE_BAD, "%s by itself%s", signal, core);
	else if (kill)
		say(facts, ABOUT_END, TONE_BAD, "%s from %s%s", signal, kill->from->path, core);
	else if (fault && fault->signal == process->signal && fault->address < 4096)
		say(facts, ABOUT_END, TONE_BAD, "%s, a null pointer%s", signal, core);
	else
		say(facts, ABOUT_END, TONE_BAD, "%s%s", signal, core);
}

static void
say_end(struct facts *facts, const struct process *process)
{
	char text[64];

	words_ending(process, text, sizeof(text));
	if (process->ending == END_SIGNAL)
		say_signal(facts, process);
	else if (process->ending == END_EXIT && process->code == 0)
		say(facts, ABOUT_END, TONE_QUIET, "%s", text);
	else
		say(facts, ABOUT_END, TONE_LOUD, "%s", text);
	if (process->left)
		say(facts, ABOUT_STATE, TONE_BAD, "LEFT: alive when P had ended");
}

static void
say_reap(struct facts *facts, const struct process *process)
{
	const char *parent = process->parent->path;

	if (process->zombie)
		say(facts, ABOUT_REAP, TONE_BAD, "ZOMBIE: never reaped while %s lived", parent);
	if (process->reaping == REAP_IGNORED)
		say(facts, ABOUT_REAP, TONE_PLAIN, "reaped by nobody: %s ignores SIGCHLD", parent);
	else if (process->reaping && process->reaper == process->parent)
		say(facts, ABOUT_REAP, TONE_QUIET, "reaped by %s", parent);
	else if (process->reaping)
		say(facts, ABOUT_REAP, TONE_PLAIN, "reaped by %s", process->reaper->path);
}

static void
say_parent(struct facts *facts, const struct process *process)
{
	const struct adoption *adoption = process->last_adoption;

	if (process->orphan && adoption)
		say(facts, ABOUT_PARENT, TONE_LOUD, "orphan, adopted by %s",
		    words_adopter(adoption));
	else if (process->orphan)
		say(facts, ABOUT_PARENT, TONE_LOUD, "orphan: outlived %s", process->parent->path);
}

static void
say_state(struct facts *facts, const struct process *process)
{
	char signal[32];

	if (strcmp(process->how, "vfork") == 0 || strcmp(process->how, "clone") == 0)
		say(facts, ABOUT_STATE, TONE_QUIET, "by %s", process->how);
	if (process->session)
		say(facts, ABOUT_STATE, TONE_PLAIN, "leads a session");
	if (process->subreaper)
		say(facts, ABOUT_STATE, TONE_PLAIN, "adopts orphans");
	if (process->death_signal)
		say(facts, ABOUT_STATE, TONE_PLAIN, "%s when its parent dies",
		    words_signal(process->death_signal, signal, sizeof(signal)));
	if (process->stops)
		say(facts, ABOUT_STATE, TONE_PLAIN, "stopped %zu ×", process->stops);
}

/* Signals to what is not there: the worst mistake one can make with a pid. */
static void
say_lost_kills(struct facts *facts, const struct process *process)
{
	const struct kill *late = NULL;
	char signal[32];

	for (const struct kill *kill = process->sent; kill; kill = kill->next_sent)
		if (kill->after)
			late = kill;
	if (late)
		say(facts, ABOUT_STATE, TONE_BAD, "%s to %s after its reap",
		    late->signal ? words_signal(late->signal, signal, sizeof(signal)) : "kill 0",
		    late->after->path);
}

size_t
words_facts(const struct process *process, struct fact at[WORDS_FACTS])
{
	struct facts facts = {.at = at};

	say_commands(&facts, process);
	say_state(&facts, process);
	say_lost_kills(&facts, process);
	say_end(&facts, process);
	if (process->parent) {
		say_reap(&facts, process);
		say_parent(&facts, process);
	}
	return facts.n;
}
