/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-record-type.h"
#include "luo-store.h"

G_BEGIN_DECLS

/* The one place where a person's edit becomes a saved revision: the window, luoshictl and the importers all save through here, so
 * that a record is checked and stamped in the same way wherever it was typed. Everything here blocks (it writes to the disk) and
 * may be called from any thread but a window's main thread. */

/** Returns: (transfer full): whom a record is stamped with: the user signed in at the server, else of the operating system */
char *luo_record_get_user (LuoStore *store);

/**
 * luo_record_prepare:
 * @id: the document's id
 * @previous: (nullable): JSON text of the record as it was before; NULL for a new one
 * @body: JSON text of the record as it is to be, without `_` members; its own stamps do not count
 * @user: who edits
 * @changed: (out) (optional): whether anything but the stamps differs from @previous
 * @error: what luo_record_check() says: LUO_RECORD_ERROR_JSON, _TYPE or _MEMBER; also where a member that is set once
 *   (LUO_MEMBER_FIXED) is another than in @previous
 *
 * Stamps (`created_at`, `created_by` from @previous or now; `updated_at`, `updated_by` now) and checks a record. Where nothing changed
 * the stamps of @previous are kept. Does not touch a store.
 *
 * Returns: (transfer full): the body to put
 */
char *luo_record_prepare (const char *id, const char *previous, const char *body, const char *user,
                          gboolean *changed, GError **error);

/**
 * luo_record_create:
 * @space: "city" or a district; a type that lives in city alone is refused elsewhere
 * @body: JSON text with at least `type`; `office` and `district` are taken from @space where they are absent
 * @id: (out) (optional) (transfer full): natural (task, progress, office, reference) or random
 * @rev: (out) (optional) (transfer full)
 * @error: also LUO_STORE_ERROR_EXISTS where a record with the natural id is there already: it is not overwritten
 *
 * Checks, stamps and saves a new record.
 */
gboolean luo_record_create (LuoStore *store, const char *space, const char *body, const char *user, char **id,
                            char **rev, GError **error);

/**
 * luo_record_save:
 * @parent: (nullable): the revision that the person saw and edited; NULL is the winner as it is now
 * @body: JSON text of the whole record after the edit (made with luo_json_patch() or luo_record_set_member(), so that members this
 *   program does not know keep their bytes)
 * @rev: (out) (optional) (transfer full): the new revision; @parent itself where nothing but stamps would change
 * @error: LUO_STORE_ERROR_CONFLICT where @parent is not a leaf any more: read the record again; LUO_RECORD_ERROR_… where the record
 *   is not valid: nothing was saved
 *
 * Checks, stamps and saves an edit. Attachments stay as they are. Unsent edits collapse into one revision. To undo an edit, save
 * the body that was there before on the new revision.
 */
gboolean luo_record_save (LuoStore *store, const char *space, const char *id, const char *parent,
                          const char *body, const char *user, char **rev, GError **error);

/**
 * luo_record_prepare_deletion:
 * @body: JSON text of the record that is deleted
 *
 * Returns: (transfer full): the tombstone that luo_record_delete() writes
 */
char *luo_record_prepare_deletion (const char *body, const char *user, GError **error);

/**
 * luo_record_delete:
 *
 * Writes a tombstone that keeps the members by which a server decides (type, district, office, task, month, year, number;
 * replication.md 10) and who deleted it when. To undo, luo_record_restore(). LUO_STORE_ERROR_CONFLICT where @parent is no leaf any more,
 * and where the record is in conflict: what would be left is a version that the person may not have seen.
 */
gboolean luo_record_delete (LuoStore *store, const char *space, const char *id, const char *parent,
                            const char *user, char **rev, GError **error);

/**
 * luo_record_delete_versions:
 * @rev: (out) (optional) (transfer full): the tombstone on the version that was shown
 *
 * Writes a tombstone on each version of a record that is in conflict, all or none: the record is gone, whichever was shown.
 */
gboolean luo_record_delete_versions (LuoStore *store, const char *space, const char *id, const char *user,
                                     char **rev, GError **error);

/**
 * luo_record_restore:
 * @body: the record as it was before it was deleted
 * @attachments: (nullable): its attachment stubs as luo_document_get_attachments() gave them
 */
gboolean luo_record_restore (LuoStore *store, const char *space, const char *id, const char *body,
                             const char *attachments, const char *user, char **rev, GError **error);

/**
 * luo_record_attach:
 * @name: of the attachment; replaces one of the same name; not empty, not beginning with "_"
 * @content_type: (nullable): guessed from @name and @bytes where NULL
 *
 * Keeps a file with a record.
 */
gboolean luo_record_attach (LuoStore *store, const char *space, const char *id, const char *parent,
                            const char *name, const char *content_type, GBytes *bytes, const char *user,
                            char **rev, GError **error);

/** Takes the attachment @name from a record; LUO_STORE_ERROR_NOT_FOUND where it has none of that name. */
gboolean luo_record_detach (LuoStore *store, const char *space, const char *id, const char *parent,
                            const char *name, const char *user, char **rev, GError **error);

/**
 * luo_record_return_to:
 * @entry: an entry of the record's history (luo-history.h)
 * @before: to what was before that edit, else to what was after it
 * @exact: (out) (optional): as luo_history_get_state() has it
 *
 * Makes an earlier state the record's again, as an edit of its own: nothing of the history is taken back. A deleted record is made
 * again, and where there was none the record is deleted.
 */
gboolean luo_record_return_to (LuoStore *store, const char *space, const char *id, const char *entry,
                               gboolean before, const char *user, gboolean *exact, char **rev,
                               GError **error);

/**
 * luo_record_set_member:
 * @body: JSON text of the record; its `type` says what the members are
 * @path: a member, or a path with `.` or `/` between its steps: `title`, `readings.centres`, `stages/2/on`; in an array a step is a place
 *   from 0, the key of an item (`funds/provincial/used_fen`; an item is made where none has that key) or `-` for a new item
 * @text: (nullable): what a person typed (luo_member_parse()); NULL or "" removes the member
 * @error: LUO_RECORD_ERROR_VALUE or _MEMBER, naming the path and what was expected
 *
 * Sets one member and leaves every other byte as it was. A member that the table does not know takes @text as JSON where it is
 * JSON, else as text.
 *
 * Returns: (transfer full): the new body; it is not checked as a whole
 */
char *luo_record_set_member (const char *body, const char *path, const char *text, GError **error);

G_END_DECLS
