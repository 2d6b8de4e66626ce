/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam between bytes and everything else: a request and an answer, both plain messages.
 *
 * Three answerers stand behind it: the live host (a reader process of its own), libvirt (another
 * process, the only one that loads libvirt) and a recorded host. Nobody else opens a host file or
 * calls libvirt. Every question and answer passes this seam, so recording it is recording the host,
 * and a recording answers exactly like the host did. A question that was never asked of the
 * recorded host is answered GVNP_NOT_RECORDED; it is never "absent".
 */
#ifndef GVNP_SOURCE_H
#define GVNP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct gvnp_buffer;

enum gvnp_operation {
	GVNP_READ,     /* a regular file: content and metadata; follows links inside the root */
	GVNP_LIST,     /* a directory: names, types and link targets, sorted by name; not . or .. */
	GVNP_LINK,     /* a symbolic link: its target as data */
	GVNP_STAT,     /* metadata of what the path leads to, links followed */
	GVNP_FILESYSTEM,      /* statfs: data = the f_type as 0x%lx */
	GVNP_DEVICE_PROGRAMS, /* a cgroup v2 directory: data = number of attached BPF_CGROUP_DEVICE
				 programs, decimal */
	GVNP_RANGE,    /* part of a regular file, path = "OFFSET+SIZE:/path": data = the bytes, fewer
			  where the file ends, and its metadata, also when it may not be read.
			  Outside the folders of programs only heads of disk images have bytes, a
			  file of another kind has none: source/range.h */
	GVNP_SYSTEM,   /* path names it: "clock" (seconds since the epoch, realtime, decimal),
			  "uptime" (seconds, boot time clock), "uname" (sysname release version
			  machine, a line each), "identity" (of the reader: uid, CapEff hex, a line
			  each), "time-status" (adjtimex: state, status, maxerror, esterror, a
			  line each). Netlink messages as the kernel sent them, padded to 4
			  bytes: "links" (RTM_NEWLINK, with virtual functions), "addresses"
			  (RTM_NEWADDR), "audit-status" (AUDIT_GET), "audit-rules"
			  (AUDIT_LIST_RULES; end not included) */
	GVNP_MSR,      /* "/dev/cpu/N/msr:0xR": data = register R of processor N as 0x%llx; only
			  registers of source/msr.c. EIO: the processor has no such register */
	GVNP_SECCOMP,  /* "/proc/PID", only with --deep: data = the system call filters of its first
			  thread, the newest first: of each the number of instructions as 32 bits,
			  then instructions as the kernel has them (struct sock_filter), all little
			  endian. EINVAL: it has none. The thread stands still meanwhile */
	GVNP_LIBVIRT,  /* path names the call, see below */
};

/*
 * GVNP_LIBVIRT paths and the data they answer:
 *   uri                          the URI connected to
 *   version                      "libvirt-daemon N\nhypervisor N\nclient N\n" (N as libvirt encodes)
 *                                (a line is missing when its number could not be had)
 *   type                         virConnectGetType
 *   capabilities                 XML
 *   domains                      one line each: uuid SP id(-1 when shut off) SP state-number SP
 *                                persistent(0|1) SP autostart(0|1) SP managed-save(0|1) SP name
 *   domain/UUID/xml              virDomainGetXMLDesc, flags 0: the live XML of an active domain
 *   domain/UUID/inactive-xml     VIR_DOMAIN_XML_INACTIVE, of an active persistent domain only
 *   domain/UUID/messages         virDomainGetMessages, one a line
 *   networks                     one line each: uuid SP active SP persistent SP autostart SP name
 *   network/UUID/xml
 * Never VIR_DOMAIN_XML_SECURE. An error answer carries libvirt's message in `problem`.
 */

enum gvnp_file_type {
	GVNP_TYPE_NONE,
	GVNP_TYPE_REGULAR,
	GVNP_TYPE_DIRECTORY,
	GVNP_TYPE_LINK,
	GVNP_TYPE_CHARACTER,
	GVNP_TYPE_BLOCK,
	GVNP_TYPE_FIFO,
	GVNP_TYPE_SOCKET,
};

/* Besides errno values, `error` of an answer may be one of these. All are > 0. */
enum {
	GVNP_NOT_RECORDED = 100001, /* the recording does not hold this request */
	GVNP_NOT_DECLARED = 100002, /* no collector declared this path: refused */
	GVNP_TIMED_OUT = 100003,    /* no answer before the deadline */
	GVNP_LIBVIRT_ERROR = 100004, /* see `problem` */
	GVNP_LIBVIRT_ABSENT = 100005, /* no libvirt client library or helper program */
	GVNP_LIBVIRT_ASLEEP = 100006, /* socket-activated and not running: not woken */
	GVNP_NOT_HOST_VIEW = 100007, /* our (mount, network) namespace is not process 1's */
	GVNP_TOO_LARGE = 100008,    /* longer than the cap: nothing was kept */
	GVNP_NOT_ASKED = 100010,    /* the run was not told to: GVNP_SECCOMP without --deep */
};

struct gvnp_request {
	enum gvnp_operation operation;
	const char *path; /* absolute; for GVNP_SYSTEM and GVNP_LIBVIRT a name */
};

struct gvnp_entry {
	const char *name;
	enum gvnp_file_type type;
	const char *link; /* target of a link; NULL: not a link, or it could not be read */
};

struct gvnp_answer {
	int error;	     /* 0, an errno value, or one of the codes above */
	const char *problem; /* a sentence, never NULL; "" when error is 0 */
	const char *data;    /* NUL is appended after size bytes; "" when there is none */
	size_t size;
	const struct gvnp_entry *entries;
	size_t n_entries;
	enum gvnp_file_type type;
	mode_t mode; /* permission bits only, 07777 */
	uid_t uid;
	gid_t gid;
	uint32_t rdev_major, rdev_minor; /* of a device file */
	uint32_t device_major, device_minor; /* of the file system it lies on */
	uint64_t inode;
	int64_t modified; /* mtime, seconds since the epoch */
};

struct gvnp_answers {
	size_t n;
	struct gvnp_answer *answers;
	/* the rest belongs to source/ */
};
void gvnp_answers_free(struct gvnp_answers *answers);
void gvnp_answers_freep(struct gvnp_answers **answers);

struct gvnp_source;
void gvnp_source_free(struct gvnp_source *source);
void gvnp_source_freep(struct gvnp_source **source);

/* Asks n requests at once and waits for the answers, in order. Never NULL: whatever goes wrong is
 * in the answers. Batches are much cheaper than single questions. The caller owns the result. */
struct gvnp_answers *gvnp_source_ask(struct gvnp_source *source,
				     const struct gvnp_request *requests, size_t n_requests);

/*
 * Hints, which the live host's source takes: it answers them when it has nothing else to answer, and
 * whoever then asks waits less. What was said is nothing that was asked: only asking is observed and
 * recorded.
 *
 * announce: exactly this batch will be asked soon, once. Saying so again before that does nothing.
 * foresee: each of these will be asked, by whomever, perhaps more than once, and is what it was at
 * first; so no two answers of one run about it differ. For what is the same whatever the host is.
 * Answers to it live as long as the source.
 */
void gvnp_source_announce(struct gvnp_source *source, const struct gvnp_request *requests,
			  size_t n_requests);
void gvnp_source_foresee(struct gvnp_source *source, const struct gvnp_request *requests,
			 size_t n_requests);
/* The answer to a request that was foreseen, for further hints: it still has to be asked for. NULL:
 * it was not, or there is none. */
const struct gvnp_answer *gvnp_source_peek(struct gvnp_source *source,
					   const struct gvnp_request *request);

/* Nothing more will be asked: who answers may go. */
void gvnp_source_finish(struct gvnp_source *source);

/* One request, path made from a format. */
struct gvnp_answers *gvnp_source_ask_one(struct gvnp_source *source, enum gvnp_operation operation,
					 const char *path_format, ...)
	__attribute__((format(printf, 3, 4)));

/* Calls `observer` with every question and its answer from now on, in the order of the questions;
 * for the trace that the tool ran. One observer; NULL ends it. */
void gvnp_source_observe(struct gvnp_source *source,
			 void (*observer)(void *data, const struct gvnp_request *request,
					  const struct gvnp_answer *answer),
			 void *data);

/* What the user should be told about the source itself ("recording cut off: …"), or NULL. Owned by
 * the source. */
const char *gvnp_source_note(const struct gvnp_source *source);

/* "read", "list" … as a recording spells it. Static. */
const char *gvnp_source_operation_name(enum gvnp_operation operation);

/* Words for an `error`: strerror's, or ours for the codes above. Static. */
const char *gvnp_source_error_name(int error);

#endif
