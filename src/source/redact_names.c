/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dictionary. The rule kept here: a name that could be a word of a file format is never
 * replaced everywhere, or a VM called "disk" would destroy the recording.
 */
#include "source/redact_names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "source/redact_words.h"

enum {
	NODES_LIMIT = 4 * 1024 * 1024,
	ORIGINALS_LIMIT = 256 * 1024,
	NAME_LIMIT = 1024,
	SHORT_NAME = 20, /* VIR_DOMAIN_SHORT_NAME_MAX of libvirt: names of a domain's folders */
	COMM_NAME = 10,	 /* what is left of TASK_COMM_LEN behind "qemu:" */
};

struct node {
	uint32_t child, sibling;
	uint32_t name; /* index + 1, 0: none ends here */
	char byte;
};

struct original {
	enum gvnp_redact_kind kind;
	char *text;
	size_t size;
	unsigned number;
};

struct gvnp_redact_names {
	bool is_cautious, is_full;
	uint32_t roots[256];
	struct node *nodes; /* the first is unused */
	size_t n_nodes;
	struct gvnp_redact_name *names;
	size_t n_names;
	struct original *originals;
	size_t n_originals;
	size_t *slots; /* hash table of originals: index + 1, 0 is free */
	size_t n_slots;
	unsigned numbers[GVNP_REDACT_IPV6 + 1];
};

struct gvnp_redact_names *gvnp_redact_names_new(bool is_cautious)
{
	struct gvnp_redact_names *names = gvnp_allocate(sizeof *names);

	names->is_cautious = is_cautious;
	names->nodes = gvnp_grow(names->nodes, names->n_nodes);
	names->nodes[names->n_nodes++] = (struct node){ 0 };
	return names;
}

void gvnp_redact_names_free(struct gvnp_redact_names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < names->n_names; i++)
		free((char *)names->names[i].replacement);
	for (size_t i = 0; i < names->n_originals; i++)
		free(names->originals[i].text);
	free(names->names);
	free(names->originals);
	free(names->slots);
	free(names->nodes);
	free(names);
}

bool gvnp_redact_is_full(const struct gvnp_redact_names *names)
{
	return names->is_full;
}

/* ---- numbers of originals */

static size_t *find_slot(const struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
			 struct gvnp_slice text)
{
	uint64_t hash = 14695981039346656037ULL ^ kind; /* FNV-1a */

	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ (unsigned char)text.text[i]) * 1099511628211ULL;
	for (size_t i = hash % names->n_slots;; i = (i + 1) % names->n_slots) {
		const struct original *original;

		if (!names->slots[i])
			return &names->slots[i];
		original = &names->originals[names->slots[i] - 1];
		if (original->kind == kind && original->size == text.size &&
		    !memcmp(original->text, text.text, text.size))
			return &names->slots[i];
	}
}

static void grow_slots(struct gvnp_redact_names *names)
{
	if (names->n_originals * 2 < names->n_slots)
		return;
	free(names->slots);
	names->n_slots = names->n_slots ? 2 * names->n_slots : 256;
	names->slots = gvnp_allocate_array(names->n_slots, sizeof *names->slots);
	for (size_t i = 0; i < names->n_originals; i++) {
		const struct original *original = &names->originals[i];

		*find_slot(names, original->kind,
			   (struct gvnp_slice){ original->text, original->size }) = i + 1;
	}
}

unsigned gvnp_redact_number(struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
			    struct gvnp_slice text)
{
	grow_slots(names);
	size_t *slot = find_slot(names, kind, text);

	if (*slot)
		return names->originals[*slot - 1].number;
	if (names->n_originals == ORIGINALS_LIMIT) {
		names->is_full = true;
		return 0;
	}
	names->originals = gvnp_grow(names->originals, names->n_originals);
	names->originals[names->n_originals++] =
		(struct original){ .kind = kind,
				   .text = gvnp_slice_copy(text),
				   .size = text.size,
				   .number = ++names->numbers[kind] };
	*slot = names->n_originals;
	return names->numbers[kind];
}

/* ---- the tree of spellings */

static uint32_t find_child(const struct gvnp_redact_names *names, uint32_t state, char byte)
{
	uint32_t at = state ? names->nodes[state].child : names->roots[(unsigned char)byte];

	while (at && names->nodes[at].byte != byte)
		at = names->nodes[at].sibling;
	return at;
}

static uint32_t add_child(struct gvnp_redact_names *names, uint32_t state, char byte)
{
	uint32_t at = (uint32_t)names->n_nodes;
	uint32_t *head;

	names->nodes = gvnp_grow(names->nodes, names->n_nodes);
	names->n_nodes++;
	head = state ? &names->nodes[state].child : &names->roots[(unsigned char)byte];
	names->nodes[at] = (struct node){ .sibling = *head, .byte = byte };
	*head = at;
	return at;
}

void gvnp_redact_learn_as(struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
			  struct gvnp_slice original, const char *replacement, bool is_anywhere)
{
	uint32_t state = 0;

	if (names->n_nodes + original.size > NODES_LIMIT) {
		names->is_full = true;
		return;
	}
	for (size_t i = 0; i < original.size; i++) {
		uint32_t next = find_child(names, state, original.text[i]);

		state = next ? next : add_child(names, state, original.text[i]);
	}
	if (!names->nodes[state].name) {
		names->names = gvnp_grow(names->names, names->n_names);
		names->names[names->n_names++] =
			(struct gvnp_redact_name){ .replacement = gvnp_duplicate(replacement),
						   .is_anywhere = is_anywhere };
		names->nodes[state].name = (uint32_t)names->n_names;
	}
	names->names[names->nodes[state].name - 1].kinds |= 1U << kind;
}

unsigned gvnp_redact_walk(const struct gvnp_redact_names *names, unsigned state, char byte,
			  const struct gvnp_redact_name **ret)
{
	uint32_t next = find_child(names, state, byte);
	uint32_t name = next ? names->nodes[next].name : 0;

	*ret = name ? &names->names[name - 1] : NULL;
	return next;
}

/* ---- what may be replaced where */

static bool next_part(struct gvnp_slice *rest, struct gvnp_slice *ret)
{
	size_t start = 0, end;

	while (start < rest->size && !gvnp_redact_is_word(rest->text[start]))
		start++;
	for (end = start; end < rest->size && gvnp_redact_is_word(rest->text[end]);)
		end++;
	*ret = (struct gvnp_slice){ rest->text + start, end - start };
	*rest = (struct gvnp_slice){ rest->text + end, rest->size - end };
	return end > start;
}

bool gvnp_redact_is_common(struct gvnp_slice name)
{
	struct gvnp_slice part;

	while (next_part(&name, &part))
		if (!gvnp_redact_is_common_word(part))
			return false;
	return true;
}

static bool is_anywhere(const struct gvnp_redact_names *names, struct gvnp_slice name)
{
	bool is_letters = true;

	for (size_t i = 0; i < name.size; i++) {
		unsigned char byte = (unsigned char)name.text[i];

		if (byte <= ' ' || strchr("/<>=,:;\"'&\\()[]{}", (char)byte))
			return false;
		is_letters = is_letters && (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
	}
	return name.size >= 3 && !gvnp_redact_is_common(name) &&
	       !(names->is_cautious && is_letters);
}

/* ---- spellings */

enum spelling { PLAIN, XML, COMMA, SYSTEMD, MACHINE, N_SPELLINGS };

static void spell_byte(struct gvnp_buffer *out, enum spelling spelling, char byte, bool is_first)
{
	bool is_plain =
		(byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
	const char *entity = byte == '&'    ? "&amp;"
			     : byte == '<'  ? "&lt;"
			     : byte == '>'  ? "&gt;"
			     : byte == '"'  ? "&quot;"
			     : byte == '\'' ? "&apos;"
					    : NULL;

	if (spelling == XML && entity)
		gvnp_buffer_append_text(out, entity);
	else if (spelling == COMMA && byte == ',')
		gvnp_buffer_append_text(out, ",,");
	else if (spelling == SYSTEMD && !is_plain && (is_first || !strchr(":_.", byte)))
		gvnp_buffer_append_format(out, "\\x%02x", (unsigned char)byte);
	/* virDomainGenerateMachineName() of libvirt drops what a host name may not hold. */
	else if (spelling != MACHINE || is_plain || (byte == '-' || byte == '.'))
		gvnp_buffer_append(out, &byte, 1);
}

static void spell(struct gvnp_buffer *out, enum spelling spelling, struct gvnp_slice text)
{
	for (size_t i = 0; i < text.size; i++)
		spell_byte(out, spelling, text.text[i], i == 0);
}

static void learn_spellings(struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
			    struct gvnp_slice original, const char *replacement)
{
	bool anywhere = is_anywhere(names, original);

	for (int i = 0; i < N_SPELLINGS; i++) {
		_cleanup_buffer_ struct gvnp_buffer spelled = { 0 }, replaced = { 0 };

		spell(&spelled, (enum spelling)i, original);
		if (i != MACHINE || kind == GVNP_REDACT_VM)
			spell(&replaced, (enum spelling)i, gvnp_slice(replacement));
		if (replaced.size && spelled.size)
			gvnp_redact_learn_as(names, kind,
					     (struct gvnp_slice){ spelled.data, spelled.size },
					     replaced.data, anywhere);
	}
}

static void learn_shortened(struct gvnp_redact_names *names, struct gvnp_slice original,
			    const char *replacement)
{
	bool anywhere = is_anywhere(names, original);

	if (original.size > SHORT_NAME)
		gvnp_redact_learn_as(names, GVNP_REDACT_VM,
				     (struct gvnp_slice){ original.text, SHORT_NAME }, replacement,
				     anywhere);
	if (original.size > COMM_NAME) {
		_cleanup_free_ char *comm = gvnp_format("qemu:%.*s", COMM_NAME, original.text);
		_cleanup_free_ char *replaced = gvnp_format("qemu:%s", replacement);

		gvnp_redact_learn_as(names, GVNP_REDACT_VM, gvnp_slice(comm), replaced, true);
	}
}

void gvnp_redact_learn(struct gvnp_redact_names *names, enum gvnp_redact_kind kind,
		       struct gvnp_slice original)
{
	static const char *const prefixes[] = {
		[GVNP_REDACT_VM] = "vm",	 [GVNP_REDACT_NETWORK] = "net",
		[GVNP_REDACT_HOST] = "host",	 [GVNP_REDACT_USER] = "user",
		[GVNP_REDACT_IMAGE] = "image",	 [GVNP_REDACT_FOLDER] = "dir",
		[GVNP_REDACT_MEMORY] = "memory", [GVNP_REDACT_SERIAL] = "serial",
		[GVNP_REDACT_TEXT] = "text",
	};

	if (!original.size || original.size > NAME_LIMIT ||
	    memchr(original.text, '\0', original.size))
		return;
	if (gvnp_redact_is_default(kind, original))
		return;
	unsigned number = gvnp_redact_number(names, kind, original);
	_cleanup_free_ char *replacement = gvnp_format("%s-%u", prefixes[kind], number);
	learn_spellings(names, kind, original, replacement);
	if (kind == GVNP_REDACT_VM)
		learn_shortened(names, original, replacement);
}
