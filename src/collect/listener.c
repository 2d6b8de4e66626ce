/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listening sockets of process 1's network namespace. A process may choose the name of a UNIX
 * socket freely, line breaks included, and so write lines of its own into /proc/net/unix: every
 * line is checked in full, and an inode that is listed twice is refused by the table and so becomes
 * a hole.
 */
#include "collect/listener.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "collect/collect.h"
#include "collect/proc_scan.h"

enum {
	TCP_LISTEN = 0x0a,    /* include/net/tcp_states.h */
	ACCEPTS = 0x00010000, /* __SO_ACCEPTCON of include/linux/net.h */
	ADDRESS_WORDS = 4,    /* of 32 bits in an IPv6 address */
};

struct socket_address {
	uint8_t bytes[16]; /* network order; IPv4 in the first four */
	size_t size;	   /* 4 or 16 */
	uint16_t port;
};

/* Words of 8 hexadecimal digits, each as the processor holds it, ':' and the port. */
static bool parse_address(struct gvnp_slice text, bool is_big_endian, struct socket_address *ret)
{
	struct socket_address address = { 0 };
	struct gvnp_slice words, port_text;
	uint64_t word, port;

	if (!gvnp_slice_split(text, ':', &words, &port_text) || port_text.size != 4 ||
	    !gvnp_slice_unsigned(port_text, 16, &port) ||
	    (words.size != 8 && words.size != 8 * ADDRESS_WORDS))
		return false;
	address.port = (uint16_t)port;
	address.size = words.size / 2;
	for (size_t i = 0; i < address.size; i += 4) {
		if (!gvnp_slice_unsigned((struct gvnp_slice){ words.text + 2 * i, 8 }, 16, &word))
			return false;
		for (size_t k = 0; k < 4; k++)
			address.bytes[i + k] =
				(uint8_t)(word >> (is_big_endian ? 24 - 8 * k : 8 * k));
	}
	*ret = address;
	return true;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

static bool is_mapped(const struct socket_address *address)
{
	return address->size == 16 && is_zero(address->bytes, 10) && address->bytes[10] == 0xff &&
	       address->bytes[11] == 0xff;
}

static void describe(const struct socket_address *address, struct gvnp_listener *ret)
{
	bool is_mapped_ipv4 = is_mapped(address);
	/* the part that says who is meant */
	const uint8_t *bytes = address->bytes + (is_mapped_ipv4 ? 12 : 0);
	size_t size = is_mapped_ipv4 ? 4 : address->size;

	inet_ntop(size == 4 ? AF_INET : AF_INET6, bytes, ret->address, sizeof ret->address);
	ret->port = address->port;
	ret->is_wildcard = is_zero(bytes, size);
	ret->is_loopback = size == 4 ? bytes[0] == 127 : is_zero(bytes, 15) && bytes[15] == 1;
}

/* sl: local remote state queues timer retransmits uid timeout inode … */
static bool parse_line(struct gvnp_slice line, bool is_big_endian, uint64_t *ret_state,
		       bool *ret_is_connected, struct gvnp_listener *ret)
{
	enum { SLOT, LOCAL, REMOTE, STATE, QUEUES, TIMER, RETRANSMITS, UID, TIMEOUT, INODE, N };
	struct gvnp_slice words[N];
	struct socket_address local, remote;
	struct gvnp_listener listener = { .port = 0 };

	for (size_t i = 0; i < N; i++)
		if (!gvnp_slice_word(&line, &words[i]))
			return false;
	if (!parse_address(words[LOCAL], is_big_endian, &local) ||
	    !parse_address(words[REMOTE], is_big_endian, &remote) ||
	    !gvnp_slice_unsigned(words[STATE], 16, ret_state) ||
	    !gvnp_slice_unsigned(words[UID], 10, &listener.uid) ||
	    !gvnp_slice_unsigned(words[INODE], 10, &listener.inode))
		return false;
	describe(&local, &listener);
	*ret_is_connected = remote.port || !is_zero(remote.bytes, remote.size);
	*ret = listener;
	return true;
}

bool gvnp_listener_next(struct gvnp_slice *rest, bool is_udp, bool is_big_endian,
			struct gvnp_listener *ret, bool *ret_is_malformed)
{
	struct gvnp_slice line, word, copy;

	while (gvnp_slice_next(rest, '\n', &line)) {
		struct gvnp_listener listener;
		uint64_t state;
		bool is_connected;

		copy = line;
		if (!gvnp_slice_word(&copy, &word) || gvnp_slice_is(word, "sl"))
			continue; /* blank, or the heading */
		if (!parse_line(line, is_big_endian, &state, &is_connected, &listener)) {
			*ret_is_malformed = true;
			continue;
		}
		if (is_udp ? is_connected : state != TCP_LISTEN)
			continue;
		*ret = listener;
		return true;
	}
	return false;
}

/* Num: RefCount Protocol Flags Type St Inode Path: "%pK: %08X %08X %08X %04X %02X %5lu", and the
 * path after one blank, as it is. */
static bool parse_unix_line(struct gvnp_slice line, uint64_t *ret_flags,
			    struct gvnp_unix_listener *ret)
{
	enum { NUMBER, REFERENCES, PROTOCOL, FLAGS, TYPE, STATE, INODE, N };
	static const size_t sizes[N] = {
		[REFERENCES] = 8, [PROTOCOL] = 8, [FLAGS] = 8, [TYPE] = 4, [STATE] = 2
	};
	struct gvnp_slice words[N];
	uint64_t number;

	for (size_t i = 0; i < N; i++) {
		if (!gvnp_slice_word(&line, &words[i]) ||
		    (sizes[i] &&
		     (words[i].size != sizes[i] || !gvnp_slice_unsigned(words[i], 16, &number))))
			return false;
	}
	if (words[NUMBER].text[words[NUMBER].size - 1] != ':' ||
	    !gvnp_slice_unsigned(words[FLAGS], 16, ret_flags) ||
	    !gvnp_slice_unsigned(words[INODE], 10, &ret->inode))
		return false;
	ret->path = line;
	if (gvnp_slice_starts(line, " ")) {
		ret->path.text++;
		ret->path.size--;
	}
	return true;
}

bool gvnp_unix_listener_next(struct gvnp_slice *rest, struct gvnp_unix_listener *ret,
			     bool *ret_is_malformed)
{
	struct gvnp_slice line;

	while (gvnp_slice_next(rest, '\n', &line)) {
		struct gvnp_unix_listener listener;
		uint64_t flags;

		if (gvnp_slice_starts(line, "Num "))
			continue;
		if (!parse_unix_line(line, &flags, &listener)) {
			*ret_is_malformed = true;
			continue;
		}
		if (!(flags & ACCEPTS) || !listener.path.size)
			continue;
		*ret = listener;
		return true;
	}
	return false;
}

/* What a table is being filled from. */
struct filling {
	const struct gvnp_collection *collection;
	const struct gvnp_process_scan *scan;
	bool has_all_files;
	const char *table, *path;
	bool is_malformed;
};

static void tell_init_only(const struct filling *filling, uint64_t inode)
{
	static const char *const columns[] = { "pid", "process" };
	char object[24];

	snprintf(object, sizeof object, "%llu", (unsigned long long)inode);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		gvnp_facts_hole(filling->collection->facts, filling->table, columns[i], object,
				"process 1 holds it, and not every process that may hold it too "
				"could be looked into");
}

/* Process 1 holds what it opened for others: where not every process was looked into, such a socket
 * may be in the hands of one that was not. */
static void holder_cells(const struct filling *filling, uint64_t inode, struct gvnp_cell cells[2])
{
	const struct gvnp_process *holder = gvnp_process_scan_holder(filling->scan, inode);
	bool is_init_only = holder && holder->pid == 1 && !filling->has_all_files;
	bool is_known = (holder && !is_init_only) || filling->has_all_files;

	if (is_init_only)
		tell_init_only(filling, inode);
	if (!is_known)
		holder = NULL;
	cells[0] = gvnp_maybe("pid", is_known, holder ? holder->pid : 0);
	cells[1] = gvnp_text("process", holder ? holder->name : is_known ? "" : NULL);
}

static void insert_listener(struct filling *filling, bool is_udp,
			    const struct gvnp_listener *listener)
{
	struct gvnp_facts *facts = filling->collection->facts;
	struct gvnp_cell holder[2];

	holder_cells(filling, listener->inode, holder);
	gvnp_insert(facts, filling->table, gvnp_integer("id", (int64_t)listener->inode),
		    gvnp_text("protocol", is_udp ? "udp" : "tcp"),
		    gvnp_text("address", listener->address), gvnp_integer("port", listener->port),
		    gvnp_integer("is_wildcard", listener->is_wildcard),
		    gvnp_integer("is_loopback", listener->is_loopback),
		    gvnp_integer("uid", (int64_t)listener->uid), holder[0], holder[1]);
}

static void insert_unix_listener(struct filling *filling, const struct gvnp_unix_listener *listener)
{
	struct gvnp_facts *facts = filling->collection->facts;
	struct gvnp_cell holder[2];

	holder_cells(filling, listener->inode, holder);
	gvnp_insert(facts, filling->table, gvnp_integer("id", (int64_t)listener->inode),
		    gvnp_text_slice("path", listener->path), holder[0], holder[1]);
}

static void fill_from(struct filling *filling, bool is_unix, bool is_udp, struct gvnp_slice rest)
{
	struct gvnp_unix_listener unix_listener;
	struct gvnp_listener listener;

	while (is_unix ? gvnp_unix_listener_next(&rest, &unix_listener, &filling->is_malformed)
		       : gvnp_listener_next(&rest, is_udp, filling->scan->is_big_endian, &listener,
					    &filling->is_malformed)) {
		if (is_unix)
			insert_unix_listener(filling, &unix_listener);
		else
			insert_listener(filling, is_udp, &listener);
	}
	if (filling->is_malformed)
		gvnp_facts_hole(filling->collection->facts, filling->table, "", "",
				"%s: a line is not what the kernel prints", filling->path);
	filling->is_malformed = false;
}

void gvnp_listener_collect(const struct gvnp_collection *collection,
			   const struct gvnp_process_scan *scan)
{
	static const struct {
		const char *path, *table;
		bool is_unix, is_udp, is_optional; /* optional: a kernel without IPv6 */
	} files[] = {
		{ "/proc/1/net/tcp", "listener", false, false, false },
		{ "/proc/1/net/tcp6", "listener", false, false, true },
		{ "/proc/1/net/udp", "listener", false, true, false },
		{ "/proc/1/net/udp6", "listener", false, true, true },
		{ "/proc/1/net/unix", "unix_listener", true, false, false },
	};
	enum { N = sizeof files / sizeof *files };
	_cleanup_batch_ struct gvnp_batch batch = { 0 };
	struct filling filling = { .collection = collection,
				   .scan = scan,
				   .has_all_files = gvnp_process_scan_has_all_files(scan) };

	for (size_t i = 0; i < N; i++)
		gvnp_batch_add(&batch, GVNP_READ, "%s", files[i].path);
	gvnp_batch_ask(&batch, collection->source);
	for (size_t i = 0; i < N; i++) {
		const struct gvnp_answer *answer = gvnp_batch_answer(&batch, i);

		filling.table = files[i].table;
		filling.path = files[i].path;
		if (!answer->error)
			fill_from(&filling, files[i].is_unix, files[i].is_udp,
				  gvnp_collect_bytes(answer));
		else if (!files[i].is_optional || !gvnp_collect_is_absent(answer))
			gvnp_batch_hole(&batch, i, collection->facts, files[i].table, "", "");
	}
	gvnp_facts_collected(collection->facts, "listener");
	gvnp_facts_collected(collection->facts, "unix_listener");
}
