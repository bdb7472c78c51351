/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a socket. The kernel tells, by sock_diag, the peer of a unix socket; whoever
 * holds that could send, receive or close. All others are the world's: a network's peer may
 * be anywhere, and to an address anybody may connect.
 */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mp/io.h>

#include "stuck/look.h"

struct answer {
	bool found, listens;
	unsigned long peer; /* 0: none */
};

static struct answer
read_answer(const char *buffer, size_t size)
{
	const struct nlmsghdr *header = (const void *)buffer;
	struct answer answer = {0};

	if (!NLMSG_OK(header, size) || header->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return answer;
	const struct unix_diag_msg *message = NLMSG_DATA(header);
	const struct rtattr *attribute = (const void *)(message + 1);
	int left = (int)(header->nlmsg_len - NLMSG_LENGTH(sizeof(*message)));
	answer.found = true;
	answer.listens = message->udiag_state == 10; /* TCP_LISTEN */
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if (attribute->rta_type == UNIX_DIAG_PEER)
			answer.peer = *(const uint32_t *)RTA_DATA(attribute);
	return answer;
}

static struct answer
ask(unsigned long inode)
{
	struct {
		struct nlmsghdr header;
		struct unix_diag_req request;
	} question = {
	    .header = {.nlmsg_len = sizeof(question),
		.nlmsg_type = SOCK_DIAG_BY_FAMILY,
		.nlmsg_flags = NLM_F_REQUEST},
	    .request = {.sdiag_family = AF_UNIX,
		.udiag_states = ~0u,
		.udiag_ino = (uint32_t)inode,
		.udiag_show = UDIAG_SHOW_PEER,
		.udiag_cookie = {~0u, ~0u}},
	};
	_Alignas(struct nlmsghdr) char buffer[4096];
	struct answer answer = {0};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0)
		return answer;
	if (send(fd, &question, sizeof(question), 0) == (ssize_t)sizeof(question)) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
		if (n > 0)
			answer = read_answer(buffer, (size_t)n);
	}
	mp_close(&fd);
	return answer;
}

static void
holders(struct stuck *s, struct stuck_task *task, struct stuck_way *way, unsigned long peer)
{
	for (size_t i = 0; i < s->process_count; i++) {
		struct stuck_process *p = &s->processes[i];
		stuck_fds_read(p);
		if (p->fds_hidden && stuck_may_hide(s, p, task->process, true))
			way->unseen = true;
		for (size_t j = 0; j < p->fd_count; j++)
			if (p->fds[j].kind == 's' && p->fds[j].inode == peer)
				stuck_way_by(way, p->pid, 0);
	}
	if (!way->count) /* on its way through another socket, or hidden */
		way->unseen = true;
}

/* Add the way of a task that waits for a socket of its process. */
void
stuck_socket(struct stuck *s, struct stuck_task *task, const struct stuck_fd *fd, int what)
{
	struct answer answer = ask(fd->inode);
	bool named = !answer.peer;
	struct stuck_way *way = stuck_way(task,
	    answer.found && (!named || s->closed) ? STUCK_ANY : STUCK_OUTSIDE, "socket",
	    !answer.found	  ? "a socket"
	    : answer.listens	  ? "a socket that nobody connects to"
	    : named		  ? "a socket without a peer"
	    : what == STUCK_WRITE ? "a socket that is full"
				  : "a socket that is empty");

	snprintf(way->object, sizeof(way->object), "socket:[%lu]", fd->inode);
	way->one = what == STUCK_WRITE ? "reads it" : "writes to it";
	way->many = what == STUCK_WRITE ? "read it" : "write to it";
	if (answer.found && !named)
		holders(s, task, way, answer.peer);
	else if (answer.found && s->closed)
		stuck_way_by_tree(s, way);
}
