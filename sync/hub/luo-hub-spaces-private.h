/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/**
 * LuoHubSpaces: what each request must know of the databases, kept so that it costs no query: which there are, their instances
 * and their _security objects. Believed for a second, because another process may change them; changes through this hub are
 * told by luo_hub_spaces_forget(). Thread-safe.
 */
typedef struct _LuoHubSpaces LuoHubSpaces;

/** Names and roles that a _security object lists; immutable, reference-counted. */
typedef struct
{
  gatomicrefcount references;
  char *name;
  char *instance;
  char **admin_names, **admin_roles, **member_names, **member_roles; /* NULL-ended */
} LuoHubSpace;

/** @store: (transfer none): outlives it */
LuoHubSpaces *luo_hub_spaces_new (LuoStore *store);
void luo_hub_spaces_free (LuoHubSpaces *self);
void luo_hub_spaces_forget (LuoHubSpaces *self);

/** LUO_HUB_ERROR_NOT_FOUND with CouchDB's words. Returns: (transfer full) */
LuoHubSpace *luo_hub_spaces_get (LuoHubSpaces *self, const char *name, GError **error);
gboolean luo_hub_spaces_has (LuoHubSpaces *self, const char *name);
/** Returns: (transfer full) (element-type LuoHubSpace): sorted by name */
GPtrArray *luo_hub_spaces_list (LuoHubSpaces *self, GError **error);

LuoHubSpace *luo_hub_space_ref (LuoHubSpace *self);
void luo_hub_space_unref (LuoHubSpace *self);

/** The name under which the store keeps a space's _security object. */
#define LUO_HUB_SECURITY_META "security"

/* Sequences on the wire: "12-" and the beginning of the instance, so that one of a database that was deleted and made again
 * is known for what it is. */
void luo_hub_space_append_seq (LuoHubSpace *self, gint64 seq, GString *out);
/** Of what a client sends back: 0 for another instance's or for what is no sequence; a bare number is taken as it is. */
gint64 luo_hub_space_parse_seq (LuoHubSpace *self, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoHubSpace, luo_hub_space_unref)

G_END_DECLS
