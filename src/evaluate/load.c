/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of checks from disk: requirements.yaml, threats.yaml and <area>/<id>.yaml. The only code
 * that reads checks. Whatever is wrong is a problem with file and line; all of them are told.
 */
#include "evaluate/load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/text.h"
#include "evaluate/trust.h"

static bool refuse(struct gvnp_problems *problems, const char *path, const char *why)
{
	gvnp_problems_add(problems, path, 0, "%s", why);
	return false;
}

/* ELOOP is what a link gives that is not to be followed. */
static const char *why_not_opened(int error)
{
	return error == ELOOP ? "refused: a link; put the file itself here" : strerror(error);
}

static int open_file(const char *path, bool is_believed, struct gvnp_problems *problems,
		     size_t *ret_size)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	_cleanup_close_ int fd = open(path, is_believed ? flags | O_NOFOLLOW : flags);
	struct stat status = { 0 };
	const char *refusal = NULL;

	if (fd < 0 || fstat(fd, &status))
		refusal = why_not_opened(errno);
	else if (!S_ISREG(status.st_mode))
		refusal = "not a regular file";
	else if (is_believed)
		refusal = gvnp_trust_refuses(&status);
	if (refusal) {
		refuse(problems, path, refusal);
		return -1;
	}
	*ret_size = (size_t)status.st_size;
	return gvnp_take_fd(&fd);
}

bool gvnp_load_file(const char *path, bool is_believed, struct gvnp_buffer *ret,
		    struct gvnp_problems *problems)
{
	size_t expected = 0;
	_cleanup_close_ int fd = open_file(path, is_believed, problems, &expected);
	char chunk[16 * 1024];

	if (fd < 0)
		return false;
	for (;;) {
		ssize_t size = read(fd, chunk, sizeof chunk);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return refuse(problems, path, strerror(errno));
		gvnp_buffer_append(ret, chunk, (size_t)size);
		if (ret->size > GVNP_YAML_LARGEST)
			return refuse(problems, path, "the file is larger than 1 MiB");
		/* A piece that is not full, once all is there that there was, is the last. */
		if (!size || ((size_t)size < sizeof chunk && expected && ret->size >= expected))
			break;
	}
	if (!ret->size)
		return refuse(problems, path, "the file is empty");
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **gvnp_load_list(const char *directory, struct gvnp_problems *problems)
{
	DIR *stream = opendir(directory);
	char **names = NULL;
	size_t n = 0;

	if (!stream) {
		refuse(problems, directory, strerror(errno));
		return NULL;
	}
	for (struct dirent *entry; (entry = readdir(stream));) {
		if (entry->d_name[0] == '.' || gvnp_text_ends(entry->d_name, "~"))
			continue;
		names = gvnp_grow(names, n);
		names[n++] = gvnp_duplicate(entry->d_name);
	}
	closedir(stream);
	if (n)
		qsort(names, n, sizeof *names, compare_names);
	names = gvnp_reallocate_array(names, n + 1, sizeof *names);
	names[n] = NULL;
	return names;
}

void gvnp_load_names_free(char **names)
{
	for (char **name = names; name && *name; name++)
		free(*name);
	free(names);
}

void gvnp_load_names_freep(char ***names)
{
	gvnp_load_names_free(*names);
}

/* Who may write the folder may put any file of root's into it, or take one out. */
static bool is_folder_believed(const char *folder, int flags, struct gvnp_problems *problems)
{
	_cleanup_close_ int fd = open(folder, O_PATH | O_CLOEXEC | flags);
	struct stat status;
	const char *refusal = NULL;

	if (fd < 0 || fstat(fd, &status))
		refusal = strerror(errno);
	else if (S_ISLNK(status.st_mode)) /* O_PATH opens the link itself */
		refusal = why_not_opened(ELOOP);
	else
		refusal = gvnp_trust_refuses(&status);
	return !refusal || refuse(problems, folder, refusal);
}

static void load_area(struct gvnp_catalogue *catalogue, const char *directory, enum gvnp_area area,
		      struct gvnp_problems *problems)
{
	_cleanup_free_ char *folder = gvnp_format("%s/%s", directory, gvnp_area_name(area));
	_cleanup_(gvnp_load_names_freep) char **names = NULL;

	if (is_folder_believed(folder, O_NOFOLLOW, problems))
		names = gvnp_load_list(folder, problems);
	for (char **name = names; name && *name; name++) {
		_cleanup_free_ char *path = gvnp_format("%s/%s", folder, *name);
		_cleanup_buffer_ struct gvnp_buffer text = { 0 };
		_cleanup_(gvnp_pool_done) struct gvnp_pool nodes = { 0 };
		struct gvnp_yaml_node *top;

		if (!gvnp_text_ends(*name, ".yaml"))
			gvnp_problems_add(problems, path, 0, "a check's file ends with .yaml");
		else if (gvnp_load_file(path, true, &text, problems) &&
			 !gvnp_yaml_parse(text.data, text.size, path, "examples",
					  &nodes, problems, &top))
			gvnp_load_check(catalogue, top, path, &area, problems);
	}
}

int gvnp_catalogue_load(const char *directory, struct gvnp_problems *problems,
			struct gvnp_catalogue **ret)
{
	_cleanup_(gvnp_catalogue_freep) struct gvnp_catalogue *catalogue = gvnp_catalogue_new();
	size_t n_before = problems->n;

	/* Whoever names the folder may name it by a link. */
	if (!is_folder_believed(directory, 0, problems))
		return -EINVAL;
	gvnp_load_knowledge(catalogue, directory, true, problems);
	for (int area = 0; area < GVNP_N_AREAS; area++)
		load_area(catalogue, directory, (enum gvnp_area)area, problems);
	gvnp_catalogue_finish(catalogue, problems);
	/* Unresolved ids would only repeat that requirements.yaml could not be read. */
	if (problems->n == n_before)
		gvnp_load_resolve(catalogue, problems);
	if (problems->n > n_before)
		return -EINVAL;
	*ret = gvnp_take(catalogue);
	return 0;
}
