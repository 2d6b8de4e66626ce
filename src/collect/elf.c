/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ELF, as far as hardening shows in it (elf(5), System V ABI "Object Files" and "Program Loading").
 * A decoder of our own and not libelf: libelf wants the whole file in memory, here 18 MiB of QEMU
 * would have to pass from the reader for the 0.6 MiB that matter, or a file pieced together with
 * gaps, which it does not promise to take. Segments are used and not sections, because they are
 * what the kernel and the dynamic linker go by, and stripping does not remove them.
 */
#include "collect/elf.h"

#include <elf.h>

/* Fields of either byte order. */
static uint64_t field(struct gvnp_slice bytes, bool is_big_endian, size_t at, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++) {
		size_t k = is_big_endian ? at + i : at + size - 1 - i;

		value = value << 8 | (unsigned char)bytes.text[k];
	}
	return value;
}

#define HEADER(bytes, elf, member)                                                                 \
	field((bytes), (elf)->is_big_endian, offsetof(Elf64_Ehdr, member),                         \
	      sizeof(((Elf64_Ehdr *)0)->member))
#define SEGMENT(bytes, elf, at, member)                                                            \
	field((bytes), (elf)->is_big_endian, (at) + offsetof(Elf64_Phdr, member),                  \
	      sizeof(((Elf64_Phdr *)0)->member))

static void take_segment(struct gvnp_slice bytes, size_t at, struct gvnp_elf *elf)
{
	uint64_t type = SEGMENT(bytes, elf, at, p_type);
	struct gvnp_elf_part part = { SEGMENT(bytes, elf, at, p_offset),
				      SEGMENT(bytes, elf, at, p_filesz) };

	if (type == PT_GNU_RELRO)
		elf->has_relro = true;
	if (type == PT_GNU_STACK)
		elf->is_stack_executable = SEGMENT(bytes, elf, at, p_flags) & PF_X;
	if (type == PT_DYNAMIC)
		elf->dynamic = part;
	if (type != PT_LOAD || elf->n_segments == GVNP_ELF_SEGMENTS)
		return;
	elf->segments[elf->n_segments].address = SEGMENT(bytes, elf, at, p_vaddr);
	elf->segments[elf->n_segments].offset = part.offset;
	elf->segments[elf->n_segments++].size = part.size;
}

const char *gvnp_elf_read_head(struct gvnp_slice bytes, struct gvnp_elf *ret)
{
	/* Without PT_GNU_STACK the kernel makes the stack executable (fs/binfmt_elf.c). */
	struct gvnp_elf elf = { .is_stack_executable = true, .run_path_text = { "", 0 } };

	if (bytes.size < SELFMAG || memcmp(bytes.text, ELFMAG, SELFMAG) != 0)
		return "it is no ELF program";
	if (bytes.size < sizeof(Elf64_Ehdr))
		return "its header is cut off";
	if (bytes.text[EI_CLASS] != ELFCLASS64)
		return "it is not a 64-bit program";
	elf.is_big_endian = bytes.text[EI_DATA] == ELFDATA2MSB;
	uint64_t type = HEADER(bytes, &elf, e_type), at = HEADER(bytes, &elf, e_phoff);
	uint64_t n = HEADER(bytes, &elf, e_phnum), size = HEADER(bytes, &elf, e_phentsize);

	if (type != ET_EXEC && type != ET_DYN)
		return "it is no program";
	if (size != sizeof(Elf64_Phdr) || at > bytes.size || n > (bytes.size - at) / size)
		return "its program headers lie beyond what was read of it";
	elf.is_position_independent = type == ET_DYN;
	for (uint64_t i = 0; i < n; i++)
		take_segment(bytes, (size_t)(at + i * size), &elf);
	if (elf.dynamic.size > GVNP_ELF_DYNAMIC_LIMIT)
		return "its dynamic section is too large";
	*ret = elf;
	return NULL;
}

/* Where the file holds what is loaded at an address. */
static bool find_part(const struct gvnp_elf *elf, uint64_t address, struct gvnp_elf_part *part)
{
	for (size_t i = 0; i < elf->n_segments; i++) {
		uint64_t inside = address - elf->segments[i].address;

		if (address < elf->segments[i].address || inside >= elf->segments[i].size ||
		    part->size > elf->segments[i].size - inside)
			continue;
		part->offset = elf->segments[i].offset + inside;
		return true;
	}
	return false;
}

const char *gvnp_elf_read_dynamic(struct gvnp_slice bytes, struct gvnp_elf *elf)
{
	uint64_t names = 0, tag = DT_DEBUG;
	struct gvnp_elf_part part = { 0 };

	if (bytes.size < elf->dynamic.size)
		return "its dynamic section is cut off";
	for (size_t at = 0; at + sizeof(Elf64_Dyn) <= bytes.size && tag != DT_NULL;
	     at += sizeof(Elf64_Dyn)) {
		uint64_t value = field(bytes, elf->is_big_endian, at + 8, 8);

		tag = field(bytes, elf->is_big_endian, at, 8);
		if (tag == DT_STRTAB)
			names = value;
		if (tag == DT_STRSZ)
			part.size = value;
		if (tag == DT_BIND_NOW || (tag == DT_FLAGS && (value & DF_BIND_NOW)) ||
		    (tag == DT_FLAGS_1 && (value & DF_1_NOW)))
			elf->binds_now = true;
		/* DT_RPATH counts only where there is no DT_RUNPATH. */
		if (tag == DT_RUNPATH || (tag == DT_RPATH && !elf->has_run_path)) {
			elf->has_run_path = true;
			elf->run_path = value;
		}
	}
	if (!part.size || part.size > GVNP_ELF_NAMES_LIMIT)
		return "its table of names is missing or too large";
	if (!find_part(elf, names, &part))
		return "its table of names is not where it says";
	elf->names = part;
	return NULL;
}

static void take_name(struct gvnp_slice name, struct gvnp_elf *elf)
{
	static const char prefix[] = "__", suffix[] = "_chk";
	size_t size = sizeof suffix - 1;

	if (gvnp_slice_is(name, "__stack_chk_fail"))
		elf->has_stack_protector = true;
	else if (name.size > size && gvnp_slice_starts(name, prefix) &&
		 !memcmp(name.text + name.size - size, suffix, size))
		elf->has_fortified_calls = true;
}

const char *gvnp_elf_read_names(struct gvnp_slice bytes, struct gvnp_elf *elf)
{
	struct gvnp_slice rest = bytes, name;

	if (bytes.size < elf->names.size)
		return "its table of names is cut off";
	while (gvnp_slice_next(&rest, '\0', &name))
		take_name(name, elf);
	if (!elf->has_run_path)
		return NULL;
	if (elf->run_path >= bytes.size)
		return "its run path lies beyond its names";
	const char *text = bytes.text + elf->run_path;
	elf->run_path_text =
		(struct gvnp_slice){ text, strnlen(text, bytes.size - (size_t)elf->run_path) };
	return NULL;
}
