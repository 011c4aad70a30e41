/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "luo-store.h"

G_BEGIN_DECLS

/* What a replica remembers of the exchange files it made and took in, in the store's meta:
 *
 *   bundle.made    [{"id","spaces":{name:{"instance","seq"}}}]   the newest last
 *   bundle.taken   {uuid:[{"id","spaces":{name:instance}}]}      files of other replicas that were taken in, the newest last
 *   bundle.known   {uuid:id}                                    the newest of our own files that another replica said it had taken in
 *
 * The lists are bounded; what has fallen off the front is as good as never made or taken: more is sent than needed, never less. A
 * file of which a space was removed or made anew here since counts as not taken in. Names of spaces are without @prefix.
 */

#define LUO_BUNDLE_REMEMBERED 200

/** Remembers a file that was made. @spaces: instances and sequences as above; takes no ownership. */
gboolean luo_bundle_ledger_add_made (LuoStore *store, const char *id, JsonObject *spaces, GError **error);

/**
 * luo_bundle_ledger_find_base:
 * @id: (out) (transfer full) (nullable): the file that @peer has; NULL where nothing is known
 * @spaces: (out) (transfer full) (nullable): how far our spaces had come in it
 */
gboolean luo_bundle_ledger_find_base (LuoStore *store, const char *peer, char **id, JsonObject **spaces,
                                      GError **error);

/** Remembers that @id of @peer was taken in, and into which spaces. */
gboolean luo_bundle_ledger_add_taken (LuoStore *store, const char *prefix, const char *peer, const char *id,
                                      const char *const *spaces, GError **error);
gboolean luo_bundle_ledger_has_taken (LuoStore *store, const char *prefix, const char *peer, const char *id,
                                      gboolean *taken, GError **error);

/** Returns: (transfer full): for the head of a file: {uuid:[id…]}, the last few of each */
JsonObject *luo_bundle_ledger_list_taken (LuoStore *store, const char *prefix, GError **error);

/** Learns from the head of a file of @peer which of our own files it has. @ids: the newest last */
gboolean luo_bundle_ledger_learn (LuoStore *store, const char *peer, JsonArray *ids, GError **error);

G_END_DECLS
