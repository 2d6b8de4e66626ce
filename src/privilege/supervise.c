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
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "gvnp/privilege.h"
#include "privilege/child.h"
#include "privilege/job.h"
#include "privilege/lock.h"
#include "privilege/outcome.h"
#include "source/live.h"

enum {
	OUTCOME_LIMIT = 1024 * 1024 * 1024,
	SAID_LIMIT = 64 * 1024, /* what children may write on standard error */
	/* The libvirt reader is killed this long after the worker has stopped waiting for it. */
	GRACE_MS = 50,
	LEAVE_MS = 100, /* how long the reader has to see that nobody asks any more */
	REAP_MS = 1000, /* how long a killed child may take to go away */
	LATE_MS = 300,	/* but not longer than this past the deadline */
	PIPE_SIZE = 1024 * 1024,
};

enum { LIBVIRT, READER, DEEP, WORKER, N_CHILDREN };

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

/* In a pipe that carries much: fewer switches. May be refused. */
static void make_room(int pipe)
{
	fcntl(pipe, F_SETPIPE_SZ, PIPE_SIZE);
	fcntl(pipe, F_SETFL, O_NONBLOCK);
}

static int start_libvirt(struct run *run, int error, int *ret)
{
	struct gvnp_job job = { .plan = run->plan };
	_cleanup_close_ int output = -1;
	int ends[2];

	if (run->plan->without_libvirt)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*ret = ends[0];
	output = ends[1];
	make_room(ends[0]);
	struct gvnp_start start = { .output = output,
				    .error = error,
				    .keep = { -1, -1, -1 },
				    .run = gvnp_job_libvirt,
				    .data = &job };
	return gvnp_child_start(&run->children[LIBVIRT], "the libvirt reader", &start);
}

/* A process that answers requests on a socket; *ret is our end of it. */
static int start_answering(struct run *run, struct gvnp_child *child, const char *name,
			   int (*function)(void *data), int error, int *ret)
{
	_cleanup_close_ int theirs = -1;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	*ret = ends[0];
	theirs = ends[1];
	struct gvnp_job job = { .plan = run->plan, .fd = theirs };
	struct gvnp_start start = { .output = -1,
				    .error = error,
				    .keep = { theirs, -1, -1 },
				    .run = function,
				    .data = &job };
	return gvnp_child_start(child, name, &start);
}

/* What a worker is handed besides the plan. */
struct ends {
	int error, reader, libvirt, deep; /* -1: there is none */
	struct gvnp_source *live;	  /* over them, which owns them; NULL: a recorded root */
};

static int start_worker(struct run *run, const struct ends *theirs)
{
	_cleanup_close_ int output = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	run->outcome = ends[0];
	output = ends[1];
	make_room(ends[0]);
	struct gvnp_job job = { .plan = run->plan, .live = theirs->live };
	struct gvnp_start start = { .output = output,
				    .error = theirs->error,
				    .keep = { theirs->reader, theirs->libvirt, theirs->deep },
				    .run = gvnp_job_worker,
				    .data = &job };
	return gvnp_child_start(&run->children[WORKER], "the worker", &start);
}

static int start_readers(struct run *run, struct ends *ends)
{
	/* libvirt first: its loading overlaps with everything else. */
	int error = start_libvirt(run, ends->error, &ends->libvirt);

	if (!error)
		error = start_answering(run, &run->children[READER], "the reader", gvnp_job_reader,
					ends->error, &ends->reader);
	if (!error && run->plan->is_deep)
		error = start_answering(run, &run->children[DEEP], "the deep reader", gvnp_job_deep,
					ends->error, &ends->deep);
	struct gvnp_live live = { .reader = ends->reader,
				  .libvirt = ends->libvirt,
				  .deep = ends->deep,
				  .deadline = run->file_deadline,
				  .libvirt_deadline = run->libvirt_deadline };
	ends->live = gvnp_source_new_live(&live);
	return error;
}

/* What is left to do needs less than starting the readers did. */
static int lock_itself(const struct run *run)
{
	return run->plan->locks_itself && !gvnp_lock_supervisor() ? 3 : 0;
}

static void foresee(const struct run *run, const struct ends *ends, bool is_prepared)
{
	if (ends->live && run->plan->foresee && !run->refusal)
		run->plan->foresee(run->plan->data, ends->live, is_prepared);
}

static void prepare(struct run *run, const struct ends *ends)
{
	run->refusal = lock_itself(run);
	foresee(run, ends, false);
	if (!run->refusal && run->plan->prepare)
		run->refusal = run->plan->prepare(run->plan->data);
	foresee(run, ends, true);
}

static void ends_done(struct ends *ends)
{
	gvnp_closep(&ends->error);
	gvnp_source_free(ends->live);
}

/* The worker's ends of the others are open here until the worker has them. */
static int start_all(struct run *run)
{
	_cleanup_(ends_done) struct ends theirs = {
		.error = -1, .reader = -1, .libvirt = -1, .deep = -1
	};
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	run->said = ends[0];
	theirs.error = ends[1];
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	int error = run->plan->root ? 0 : start_readers(run, &theirs);
	if (error)
		return error;
	prepare(run, &theirs);
	return run->refusal ? 0 : start_worker(run, &theirs);
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

/* Until each is held at its lock, or has ended. */
static bool are_held(const struct run *run)
{
	for (size_t i = 0; i < N_CHILDREN; i++)
		if (run->children[i].pid && !run->children[i].is_stopped)
			return false;
	return true;
}

static void look(struct run *run)
{
	static const char *const may_open[N_CHILDREN] = {
		[LIBVIRT] = "files for reading, and local sockets: the daemon's",
		[DEEP] = "nothing; it stops threads of VM processes",
		[READER] = "what collectors declare, for reading (gvnp-audit list collectors)",
		[WORKER] = "nothing",
	};
	struct gvnp_held processes[N_CHILDREN + 1] = {
		{ "the supervisor", getpid(), "the checks, and the file the report goes to" }
	};
	size_t n = 1;

	while (!are_held(run) && !run->interrupt && !run->is_late) {
		run->is_late = gvnp_live_now() >= run->deadline;
		step(run, run->deadline);
	}
	for (size_t i = 0; i < N_CHILDREN; i++)
		if (run->children[i].name)
			processes[n++] = (struct gvnp_held){
				run->children[i].name,
				run->children[i].is_stopped ? run->children[i].pid : 0, may_open[i]
			};
	run->plan->look(run->plan->data, processes, n);
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
	bool is_early =
		run->is_late || run->interrupt || run->children[WORKER].pid || run->plan->look;

	/* So that how it ended is its own doing, not ours. */
	if (!is_early)
		wait_for_child(run, &run->children[READER], gvnp_live_now() + LEAVE_MS);
	if (!is_early)
		wait_for_child(run, &run->children[DEEP], gvnp_live_now() + LEAVE_MS);
	if (run->children[LIBVIRT].pid && gvnp_live_now() >= run->libvirt_deadline)
		run->is_libvirt_late = true;
	for (size_t i = 0; i < N_CHILDREN; i++)
		gvnp_child_kill(&run->children[i]);
	int64_t now = gvnp_live_now(), until = now + REAP_MS;
	int64_t latest = (now > run->deadline ? now : run->deadline) + LATE_MS;
	for (size_t i = 0; i < N_CHILDREN; i++)
		wait_for_child(run, &run->children[i], until < latest ? until : latest);
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
		is_incomplete |= gvnp_child_explain(&run->children[i], messages) &&
				 (i != LIBVIRT || gvnp_child_broke_lock(&run->children[i]));
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
	/* Before there are children: nothing that any of them executes brings privileges. */
	int error = plan->locks_itself && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
	if (!error)
		error = take_signals(&run);
	if (!error)
		error = start_all(&run);
	if (!error && !run.refusal && plan->look)
		look(&run);
	else if (!error && !run.refusal)
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
	bool is_incomplete = explain(&run, has_outcome || plan->look, &messages);
	if (is_incomplete)
		outcome->status = 3;
	outcome->interrupted_by = run.interrupt;
	if (outcome->messages)
		gvnp_buffer_append(outcome->messages, messages.data, messages.size);
	return 0;
}
