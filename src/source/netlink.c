/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to the kernel over netlink, and to its clock. The rules kept here: only requests that
 * read are sent; the answer is handed on as the messages the kernel sent, and only they are looked
 * at; links and addresses are those of process 1's network namespace or nobody's.
 */
#include "source/netlink.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "gvnp/source.h"
#include "source/answers.h"
#include "source/host.h"

enum {
	PATIENCE =
		2000, /* milliseconds for one question; the kernel answers in far less than one */
	LARGEST = 256 * 1024,		  /* of one datagram: an attribute is at most 64 KiB */
	MOST = 8 * 1024 * 1024,		  /* of one answer */
	MOST_LOST_RACES = 4,		  /* of a list that changed while it was read */
	INTERRUPTED = GVNP_TOO_LARGE + 1, /* such a list; stays inside this file */
};

static const struct question {
	const char *name;
	int protocol;
	uint16_t type;
	bool is_dump;
	bool is_of_network; /* the answer is that of one network namespace */
} questions[] = {
	{ "links", NETLINK_ROUTE, RTM_GETLINK, true, true },
	{ "addresses", NETLINK_ROUTE, RTM_GETADDR, true, true },
	{ "audit-status", NETLINK_AUDIT, AUDIT_GET, false, false },
	{ "audit-rules", NETLINK_AUDIT, AUDIT_LIST_RULES, true, false },
};

static int64_t now(void)
{
	struct timespec time = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int send_question(int fd, const struct question *question)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg link; /* of which others need only the leading family */
		struct rtattr attribute;
		uint32_t mask;
	} request = { .header = { .nlmsg_type = question->type,
				  .nlmsg_flags = NLM_F_REQUEST,
				  .nlmsg_seq = 1 } };
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	request.header.nlmsg_len = sizeof request.header;
	if (question->protocol == NETLINK_ROUTE) {
		request.header.nlmsg_len = sizeof request;
		request.header.nlmsg_flags |= NLM_F_DUMP;
		request.attribute.rta_type = IFLA_EXT_MASK;
		request.attribute.rta_len = RTA_LENGTH(sizeof request.mask);
		request.mask = RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS;
		if (question->type == RTM_GETADDR)
			request.header.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg));
	}
	if (sendto(fd, &request, request.header.nlmsg_len, 0, (struct sockaddr *)&kernel,
		   sizeof kernel) < 0)
		return -errno;
	return 0;
}

/* One datagram of the kernel. Returns its size, 0 for one to pass over, or an error. */
static ssize_t receive(int fd, char *bytes, int64_t deadline)
{
	struct sockaddr_nl sender = { 0 };
	struct iovec vector = { bytes, LARGEST };
	struct msghdr message = { .msg_name = &sender,
				  .msg_namelen = sizeof sender,
				  .msg_iov = &vector,
				  .msg_iovlen = 1 };
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int64_t left = deadline - now();

	if (left <= 0 || poll(&ready, 1, (int)left) == 0)
		return -ETIMEDOUT;
	ssize_t size = recvmsg(fd, &message, MSG_DONTWAIT);

	if (size < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (message.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return sender.nl_pid ? 0 : size;
}

/* Looks at one message. Returns 0 to go on, 1 when the answer is whole, or an error. */
static int take(const struct question *question, const struct nlmsghdr *header,
		struct gvnp_buffer *out)
{
	int error = 0;

	if (header->nlmsg_seq != 1)
		return 0;
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		return INTERRUPTED;
	if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE) {
		if (header->nlmsg_len >= NLMSG_LENGTH(sizeof error))
			memcpy(&error, NLMSG_DATA(header), sizeof error);
		return error < 0 ? error : 1;
	}
	if (out->size + header->nlmsg_len > MOST)
		return GVNP_TOO_LARGE;
	gvnp_buffer_append(out, header, header->nlmsg_len);
	while (out->size % NLMSG_ALIGNTO)
		gvnp_buffer_append(out, "", 1);
	return question->is_dump ? 0 : 1;
}

static int ask_once(const struct question *question, struct gvnp_buffer *out)
{
	_cleanup_close_ int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, question->protocol);
	_cleanup_free_ char *bytes = gvnp_allocate(LARGEST);
	int64_t deadline = now() + PATIENCE;
	int error = fd < 0 ? -errno : send_question(fd, question);

	while (!error) {
		ssize_t size = receive(fd, bytes, deadline);
		unsigned left = size < 0 ? 0 : (unsigned)size;

		if (size < 0)
			return (int)size;
		for (struct nlmsghdr *header = (struct nlmsghdr *)(void *)bytes;
		     !error && NLMSG_OK(header, left); header = NLMSG_NEXT(header, left))
			error = take(question, header, out);
	}
	return error == 1 ? 0 : error;
}

static void ask(const struct question *question, struct gvnp_answers *answers, size_t i)
{
	_cleanup_buffer_ struct gvnp_buffer out = { 0 };
	int error = INTERRUPTED;

	for (int k = 0; error == INTERRUPTED && k < MOST_LOST_RACES; k++) {
		gvnp_buffer_clear(&out);
		error = ask_once(question, &out);
	}
	if (error == INTERRUPTED)
		gvnp_answers_fail_because(answers, i, EAGAIN,
					  "%s: the list kept changing while it was read",
					  question->name);
	else if (error == -EPERM && question->protocol == NETLINK_AUDIT)
		gvnp_answers_fail_because(answers, i, EPERM,
					  "%s: Operation not permitted: CAP_AUDIT_CONTROL is "
					  "needed (drop-in cap-audit-control.conf), outside of containers",
					  question->name);
	else if (error)
		gvnp_answers_fail(answers, i, question->name, error < 0 ? -error : error);
	else
		gvnp_answers_set_data(answers, i, gvnp_buffer_text(&out), out.size);
}

/* modes 0 asks and sets nothing. */
static void answer_time(struct gvnp_answers *answers, size_t i)
{
	struct timex time = { .modes = 0 };
	int state = adjtimex(&time);

	if (state < 0)
		gvnp_answers_fail(answers, i, "time-status", errno);
	else
		gvnp_answers_set_format(answers, i, "%d\n%d\n%ld\n%ld\n", state, time.status,
					time.maxerror, time.esterror);
}

bool gvnp_netlink_answer(const struct gvnp_host *host, struct gvnp_answers *answers, size_t i,
			 const char *name)
{
	if (!strcmp(name, "time-status") && host->is_live) {
		answer_time(answers, i);
		return true;
	}
	for (size_t k = 0; k < sizeof questions / sizeof *questions; k++) {
		if (strcmp(questions[k].name, name))
			continue;
		if (!host->is_live)
			gvnp_answers_fail_because(answers, i, GVNP_NOT_HOST_VIEW,
						  "%s: a directory has no kernel", name);
		else if (questions[k].is_of_network && !host->shares_network)
			gvnp_answers_fail_because(answers, i, GVNP_NOT_HOST_VIEW,
						  "%s: our network namespace is not that of "
						  "process 1",
						  name);
		else
			ask(&questions[k], answers, i);
		return true;
	}
	return false;
}
