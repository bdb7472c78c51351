/* SPDX-License-Identifier: MIT */
/*
 * Which calls stop: a seccomp filter that says "trace" for these and "allow" for the rest,
 * decided on arguments where only some uses matter. Loaded by the child just before exec;
 * everything it makes inherits it.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/prctl.h>

static const int always[] = {SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(kill), SCMP_SYS(tkill),
    SCMP_SYS(tgkill), SCMP_SYS(pidfd_send_signal), SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(socketpair),
    SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(close), SCMP_SYS(close_range),
    SCMP_SYS(setsid), SCMP_SYS(clone3), SCMP_SYS(creat), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
    SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2)};

static const struct {
	int call;
	struct scmp_arg_cmp when;
} sometimes[] = {
    {SCMP_SYS(fcntl), {1, SCMP_CMP_MASKED_EQ, 0xffffffff, F_DUPFD}},
    {SCMP_SYS(fcntl), {1, SCMP_CMP_MASKED_EQ, 0xffffffff, F_DUPFD_CLOEXEC}},
    {SCMP_SYS(prctl), {0, SCMP_CMP_MASKED_EQ, 0xffffffff, PR_SET_CHILD_SUBREAPER}},
    {SCMP_SYS(prctl), {0, SCMP_CMP_MASKED_EQ, 0xffffffff, PR_SET_PDEATHSIG}},
    {SCMP_SYS(open), {1, SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT}},
    {SCMP_SYS(openat), {2, SCMP_CMP_MASKED_EQ, O_CREAT, O_CREAT}},
    {SCMP_SYS(clone), {0, SCMP_CMP_MASKED_EQ, CLONE_FILES | CLONE_THREAD, CLONE_FILES}},
};

/* A libseccomp context, to be loaded and released by the caller; NULL if it cannot be made. */
void *
trace_filter_new(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int failed = filter ? 0 : -1;

	if (failed)
		return NULL;
	/* A 32-bit program runs unseen rather than not at all. */
	failed |= seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ALLOW);
	/* A binary tree: the calls that we do not want must not pay for those that we do. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_TRACE(1), always[i], 0);
	for (size_t i = 0; i < sizeof(sometimes) / sizeof(*sometimes); i++)
		failed |= seccomp_rule_add_array(
		    filter, SCMP_ACT_TRACE(1), sometimes[i].call, 1, &sometimes[i].when);
	if (!failed)
		return filter;
	seccomp_release(filter);
	return NULL;
}
