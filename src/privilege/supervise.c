/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts the processes of a run and keeps its deadline. The rules kept here: the supervisor blocks
 * only in poll with a timeout, signals only children it started, leaves none behind, and says which
 * of them did not end well.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "gvnp/collector.h"
#include "gvnp/privilege.h"
#include "privilege/child.h"
#include "privilege/libvirt.h"
#include "privilege/outcome.h"
#include "privilege/reader.h"
#include "privilege/worker.h"
#include "source/answerer.h"
#include "source/live.h"

enum {
	OUTCOME_LIMIT = 1024 * 1024 * 1024,
	SAID_LIMIT = 64 * 1024, /* what children may write on standard error */
	/* The libvirt reader is killed this long after the worker has stopped waiting for it. */
	GRACE_MS = 50,
	LEAVE_MS = 100, /* how long the reader has to see that nobody asks any more */
	REAP_MS = 1000, /* how long a killed child may take to go away */
	PIPE_SIZE = 1024 * 1024,
};

enum { LIBVIRT, READER, WORKER, N_CHILDREN };

struct run {
	const struct gvnp_plan *plan;
	struct gvnp_child children[N_CHILDREN];
	int64_t deadline, libvirt_deadline, file_deadline;
	int outcome;   /* read end of the worker's pipe, -1 after its end */
	int said;      /* read end of the children's standard error */
	int signals;   /* signalfd */
	int interrupt; /* the signal that ends the run, or 0 */
	int refusal;   /* what plan->prepare() ended the run with, or 0 */
	bool is_late, is_libvirt_late;
	struct gvnp_buffer outcome_bytes, said_bytes;
	sigset_t old_mask;
	struct sigaction old_child_action;
};

/* What a child's function is told. */
struct job {
	const struct gvnp_plan *plan;
	int fd;
	struct gvnp_worker worker;
};

static int run_libvirt(void *data)
{
	const struct job *job = data;

	return gvnp_libvirt_run(job->plan);
}

static int run_reader(void *data)
{
	const struct job *job = data;
	_cleanup_(gvnp_source_freep) struct gvnp_source *source = gvnp_source_new_direct("/");

	int error = gvnp_reader_serve(
		job->fd, source, job->plan->declares ? job->plan->declares : gvnp_collect_declares);

	/* The worker may end, or stop waiting, before all is answered. */
	return error && error != -EPIPE && error != -ECONNRESET ? 1 : 0;
}

static int run_worker(void *data)
{
	const struct job *job = data;

	return gvnp_worker_run(job->plan, &job->worker);
}

static bool is_ignored(int number)
{
	struct sigaction action;

	return !sigaction(number, NULL, &action) && action.sa_handler == SIG_IGN;
}

static int take_signals(struct run *run)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGCHLD);
	sigaddset(&wanted, SIGTERM);
	if (!is_ignored(SIGINT))
		sigaddset(&wanted, SIGINT);
	/* Ignored SIGCHLD would reap behind our back. */
	sigaction(SIGCHLD, &standard, &run->old_child_action);
	sigprocmask(SIG_BLOCK, &wanted, &run->old_mask);
	run->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	return run->signals < 0 ? -errno : 0;
}

static void give_signals_back(struct run *run)
{
	struct signalfd_siginfo info;

	/* Eaten here, or it would be delivered once unblocked. */
	while (run->signals >= 0 && read(run->signals, &info, sizeof info) > 0)
		if (info.ssi_signo != SIGCHLD && !run->interrupt)
			run->interrupt = (int)info.ssi_signo;
	sigaction(SIGCHLD, &run->old_child_action, NULL);
	sigprocmask(SIG_SETMASK, &run->old_mask, NULL);
}

static int start_libvirt(struct run *run, int error, int *ret)
{
	struct job job = { .plan = run->plan };
	_cleanup_close_ int output = -1;
	int ends[2];

	if (run->plan->without_libvirt)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*ret = ends[0];
	output = ends[1];
	fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE); /* fewer switches; may be refused */
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	struct gvnp_start start = { .output = output,
				    .error = error,
				    .keep = { -1, -1 },
				    .run = run_libvirt,
				    .data = &job };
	return gvnp_child_start(&run->children[LIBVIRT], "the libvirt reader", &start);
}

static int start_reader(struct run *run, int error, int *ret)
{
	_cleanup_close_ int theirs = -1;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	*ret = ends[0];
	theirs = ends[1];
	struct job job = { .plan = run->plan, .fd = theirs };
	struct gvnp_start start = { .output = -1,
				    .error = error,
				    .keep = { theirs, -1 },
				    .run = run_reader,
				    .data = &job };
	return gvnp_child_start(&run->children[READER], "the reader", &start);
}

/* The worker's ends of the others are open here until the worker has them. */
static int start_worker(struct run *run, int error, int reader, int libvirt)
{
	_cleanup_close_ int output = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	run->outcome = ends[0];
	output = ends[1];
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	struct job job = {
		.plan = run->plan,
		.worker = { .live = { reader, libvirt, run->file_deadline,
				      run->libvirt_deadline } },
	};
	struct gvnp_start start = { .output = output,
				    .error = error,
				    .keep = { reader, libvirt },
				    .run = run_worker,
				    .data = &job };
	return gvnp_child_start(&run->children[WORKER], "the worker", &start);
}

static int start_all(struct run *run)
{
	_cleanup_close_ int reader = -1, libvirt = -1, error_end = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	run->said = ends[0];
	error_end = ends[1];
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	/* libvirt first: its loading overlaps with everything else. */
	int error = run->plan->root ? 0 : start_libvirt(run, error_end, &libvirt);
	if (!error && !run->plan->root)
		error = start_reader(run, error_end, &reader);
	if (!error && run->plan->prepare)
		run->refusal = run->plan->prepare(run->plan->data);
	if (!error && !run->refusal)
		error = start_worker(run, error_end, reader, libvirt);
	return error;
}

static void take_bytes(int *fd, struct gvnp_buffer *buffer, size_t limit)
{
	char bytes[64 * 1024];
	ssize_t size = read(*fd, bytes, sizeof bytes);

	if (size < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (size <= 0) {
		gvnp_closep(fd);
		*fd = -1;
	} else if (buffer->size + (size_t)size <= limit) {
		gvnp_buffer_append(buffer, bytes, (size_t)size);
	}
}

static void take_signal(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signals, &info, sizeof info) == sizeof info)
		if (info.ssi_signo != SIGCHLD)
			run->interrupt = (int)info.ssi_signo;
	for (size_t i = 0; i < N_CHILDREN; i++)
		gvnp_child_reap(&run->children[i]);
}

/* One wait of at most until `until`. */
static void step(struct run *run, int64_t until)
{
	struct pollfd polled[] = {
		{ .fd = run->outcome, .events = POLLIN },
		{ .fd = run->said, .events = POLLIN },
		{ .fd = run->signals, .events = POLLIN },
	};
	int64_t left = until - gvnp_live_now();

	if (poll(polled, 3, left < 0 ? 0 : left > 60000 ? 60000 : (int)left) <= 0)
		return;
	if (polled[0].revents)
		take_bytes(&run->outcome, &run->outcome_bytes, OUTCOME_LIMIT);
	if (polled[1].revents)
		take_bytes(&run->said, &run->said_bytes, SAID_LIMIT);
	if (polled[2].revents)
		take_signal(run);
}

static void keep_deadline(struct run *run)
{
	int64_t libvirt_end = run->libvirt_deadline + GRACE_MS;

	while (!run->interrupt && (run->children[WORKER].pid || run->outcome >= 0)) {
		int64_t now = gvnp_live_now();

		if (now >= run->deadline) {
			run->is_late = true;
			break;
		}
		if (run->children[LIBVIRT].pid && now >= libvirt_end && !run->is_libvirt_late) {
			gvnp_child_kill(&run->children[LIBVIRT]);
			run->is_libvirt_late = true;
		}
		bool is_waiting = run->children[LIBVIRT].pid && now < libvirt_end;
		step(run, is_waiting && libvirt_end < run->deadline ? libvirt_end : run->deadline);
	}
}

static void wait_for_child(struct run *run, const struct gvnp_child *child, int64_t until)
{
	while (child->pid && gvnp_live_now() < until) {
		step(run, until);
		take_signal(run);
	}
}

static void end_children(struct run *run)
{
	bool is_early = run->is_late || run->interrupt || run->children[WORKER].pid;

	/* So that how it ended is its own doing, not ours. */
	if (!is_early)
		wait_for_child(run, &run->children[READER], gvnp_live_now() + LEAVE_MS);
	if (run->children[LIBVIRT].pid && gvnp_live_now() >= run->libvirt_deadline)
		run->is_libvirt_late = true;
	for (size_t i = 0; i < N_CHILDREN; i++)
		gvnp_child_kill(&run->children[i]);
	int64_t until = gvnp_live_now() + REAP_MS;
	for (size_t i = 0; i < N_CHILDREN; i++)
		wait_for_child(run, &run->children[i], until);
	while (run->said >= 0 && run->said_bytes.size < SAID_LIMIT) {
		size_t size = run->said_bytes.size;

		take_bytes(&run->said, &run->said_bytes, SAID_LIMIT);
		if (run->said_bytes.size == size)
			break;
	}
}

/* True when the outcome cannot be whole. */
static bool explain(struct run *run, bool has_outcome, struct gvnp_buffer *messages)
{
	bool is_incomplete = false;

	gvnp_buffer_append(messages, run->said_bytes.data, run->said_bytes.size);
	if (run->interrupt)
		gvnp_buffer_append_format(messages, "gvnp-audit: interrupted by signal %d (%s)\n",
					  run->interrupt, sigdescr_np(run->interrupt));
	if (run->is_late)
		gvnp_buffer_append_text(messages, "gvnp-audit: the deadline passed before the "
						  "worker had finished; it was killed\n");
	if (run->is_libvirt_late)
		gvnp_buffer_append_text(messages,
					"gvnp-audit: libvirt did not answer within half of the "
					"deadline; its reader was killed\n");
	for (size_t i = 0; i < N_CHILDREN; i++) {
		if (run->children[i].pid)
			gvnp_buffer_append_format(messages,
						  "gvnp-audit: %s is stuck in the kernel and was "
						  "abandoned (process %d)\n",
						  run->children[i].name, (int)run->children[i].pid);
		is_incomplete |= gvnp_child_explain(&run->children[i], messages) && i != LIBVIRT;
	}
	if (!has_outcome && !run->interrupt && !run->is_late && !is_incomplete)
		gvnp_buffer_append_text(messages,
					"gvnp-audit: the worker ended without a result\n");
	return is_incomplete || !has_outcome || run->interrupt || run->is_late;
}

static void run_done(struct run *run)
{
	gvnp_closep(&run->outcome);
	gvnp_closep(&run->said);
	gvnp_closep(&run->signals);
	gvnp_buffer_done(&run->outcome_bytes);
	gvnp_buffer_done(&run->said_bytes);
}

int gvnp_supervise(const struct gvnp_plan *plan, struct gvnp_outcome *outcome)
{
	_cleanup_(run_done) struct run run = {
		.plan = plan, .outcome = -1, .said = -1, .signals = -1
	};
	_cleanup_buffer_ struct gvnp_buffer messages = { 0 };
	int64_t now = gvnp_live_now();
	int64_t time = plan->deadline_ms > 0 ? plan->deadline_ms : GVNP_DEADLINE_MS;

	run.deadline = now + time;
	run.libvirt_deadline = now + time / 2;
	run.file_deadline = now + time * 3 / 4;
	int error = take_signals(&run);
	if (!error)
		error = start_all(&run);
	if (!error && !run.refusal)
		keep_deadline(&run);
	end_children(&run);
	give_signals_back(&run);
	if (error)
		return error;
	if (run.refusal) {
		outcome->status = run.refusal;
		return 0;
	}
	bool has_outcome =
		!run.is_late && !run.interrupt && !gvnp_outcome_decode(&run.outcome_bytes, outcome);
	bool is_incomplete = explain(&run, has_outcome, &messages);
	if (is_incomplete)
		outcome->status = 3;
	outcome->interrupted_by = run.interrupt;
	if (outcome->messages)
		gvnp_buffer_append(outcome->messages, messages.data, messages.size);
	return 0;
}
