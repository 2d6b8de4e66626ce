/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of a new database are copied into it: SQLite would parse a CREATE TABLE three times,
 * and there are many. It copies from a database, so the image is shown to it as one. The rule kept
 * here: that database can only be read, lies in the program and has no file; no call of the system
 * is made for it.
 */
#include "facts/image.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int close_image(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

/* SQLite reads pages and pieces of pages. What follows the last page is a short read to it. */
static int read_image(sqlite3_file *file, void *ret, int size, sqlite3_int64 offset)
{
	uint64_t page = (uint64_t)offset / gvnp_image.page_size;
	size_t at = (uint64_t)offset % gvnp_image.page_size, wanted = (size_t)size;

	(void)file;
	memset(ret, 0, wanted);
	if (page >= gvnp_image.n_pages || at + wanted > gvnp_image.page_size)
		return SQLITE_IOERR_SHORT_READ;
	size_t begin = (page ? gvnp_image.ends[page - 1] : 0) + at, end = gvnp_image.ends[page];
	if (begin < end)
		memcpy(ret, gvnp_image.bytes + begin, end - begin < wanted ? end - begin : wanted);
	return SQLITE_OK;
}

static int refuse_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
	(void)file, (void)data, (void)size, (void)offset;
	return SQLITE_READONLY;
}

static int refuse_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	(void)file, (void)size;
	return SQLITE_READONLY;
}

static int size_of_image(sqlite3_file *file, sqlite3_int64 *ret)
{
	(void)file;
	*ret = (sqlite3_int64)gvnp_image.n_pages * (sqlite3_int64)gvnp_image.page_size;
	return SQLITE_OK;
}

/* Nobody else has it: there is nothing to lock, nor to write out. */
static int agree(sqlite3_file *file, int level)
{
	(void)file, (void)level;
	return SQLITE_OK;
}

static int is_reserved(sqlite3_file *file, int *ret)
{
	(void)file;
	*ret = 0;
	return SQLITE_OK;
}

static int control(sqlite3_file *file, int operation, void *argument)
{
	(void)file, (void)operation, (void)argument;
	return SQLITE_NOTFOUND;
}

static int nothing_special(sqlite3_file *file)
{
	(void)file;
	return 0; /* a sector of SQLite's own choice; no characteristics */
}

static int open_image(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
		      int *ret_flags)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 1,
		.xClose = close_image,
		.xRead = read_image,
		.xWrite = refuse_write,
		.xTruncate = refuse_truncate,
		.xSync = agree,
		.xFileSize = size_of_image,
		.xLock = agree,
		.xUnlock = agree,
		.xCheckReservedLock = is_reserved,
		.xFileControl = control,
		.xSectorSize = nothing_special,
		.xDeviceCharacteristics = nothing_special,
	};

	(void)vfs, (void)name;
	file->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB) || !(flags & SQLITE_OPEN_READONLY))
		return SQLITE_CANTOPEN;
	file->pMethods = &methods;
	if (ret_flags)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int refuse_delete(sqlite3_vfs *vfs, const char *name, int is_synced)
{
	(void)vfs, (void)name, (void)is_synced;
	return SQLITE_READONLY;
}

/* Beside it lies no journal. */
static int is_there(sqlite3_vfs *vfs, const char *name, int what, int *ret)
{
	(void)vfs, (void)name, (void)what;
	*ret = 0;
	return SQLITE_OK;
}

static int full_name(sqlite3_vfs *vfs, const char *name, int size, char *ret)
{
	(void)vfs;
	snprintf(ret, (size_t)size, "%s", name);
	return SQLITE_OK;
}

/* What has nothing to do with files (clock, random numbers) stays that of the system. */
static int register_vfs(void)
{
	static sqlite3_vfs vfs;
	const sqlite3_vfs *system = sqlite3_vfs_find(NULL);

	if (vfs.zName)
		return SQLITE_OK;
	if (!system)
		return SQLITE_NOMEM;
	vfs = *system;
	vfs.pNext = NULL;
	vfs.zName = "gvnp-image";
	vfs.szOsFile = sizeof(sqlite3_file);
	vfs.xOpen = open_image;
	vfs.xDelete = refuse_delete;
	vfs.xAccess = is_there;
	vfs.xFullPathname = full_name;
	return sqlite3_vfs_register(&vfs, 0);
}

static int copy(sqlite3 *to, sqlite3 *from)
{
	char sql[64];

	snprintf(sql, sizeof sql, "PRAGMA page_size = %zu", gvnp_image.page_size);
	if (sqlite3_exec(to, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite3_errcode(to);
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (!backup)
		return sqlite3_errcode(to);
	int step = sqlite3_backup_step(backup, -1), end = sqlite3_backup_finish(backup);
	return step == SQLITE_DONE ? end : step;
}

int gvnp_image_load(sqlite3 *database)
{
	sqlite3 *image = NULL;
	int error = register_vfs();

	if (!error)
		error = sqlite3_open_v2("image", &image,
					SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX |
						SQLITE_OPEN_PRIVATECACHE,
					"gvnp-image");
	if (!error)
		error = copy(database, image);
	sqlite3_close(image);
	return error;
}
