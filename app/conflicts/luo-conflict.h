/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/**
 * LuoConflictOption: what one version says of a member in dispute.
 */
typedef struct
{
  char *value; /* (owned) (nullable): JSON text; NULL: taken away */
  char *by;    /* (owned) (nullable) */
  char *at;    /* (owned) (nullable): instant */
  guint leaf;
} LuoConflictOption;

/**
 * LuoConflictMember: one member that versions of a record say differently.
 */
typedef struct
{
  char *pointer;      /* (owned): by keys, "/funds/provincial/used_fen" */
  char *label;        /* (owned): as a person reads it: "Funds · 省级 · Used" */
  char *base;         /* (owned) (nullable): JSON text before both edits */
  GPtrArray *options; /* (owned) (element-type LuoConflictOption) */
  char *chosen;       /* (owned) (nullable): JSON text of the decision; meaningful where decided */
  gboolean decided;
} LuoConflictMember;

/**
 * LuoConflict: a record in conflict as a person decides it. A plain value; blocks only where it says so.
 */
typedef struct
{
  LuoDocument *winner; /* (owned) */
  GPtrArray *leaves;   /* (owned) (element-type LuoDocument): the live ones, winner first */
  GPtrArray *
      bases; /* (owned) (nullable elements): of each leaf but the winner what luo_store_get_bases() gave for the two */
  GPtrArray *members; /* (owned) (element-type LuoConflictMember) */
} LuoConflict;

void luo_conflict_free (LuoConflict *self);

/** Blocks. Returns: (transfer full) (nullable): NULL without error where the record is not in conflict any more */
LuoConflict *luo_conflict_read (LuoStore *store, const char *space, const char *id, GError **error);

/** Returns: (transfer full): the body with every decision, and what was never in dispute merged. Pure. */
char *luo_conflict_merge_decided (LuoConflict *self, GError **error);

/** Writes the decision. Blocks. LUO_STORE_ERROR_CONFLICT where somebody else changed the record meanwhile. */
gboolean luo_conflict_save (LuoConflict *self, LuoStore *store, const char *user, GError **error);

/** Returns: (transfer full): a JSON value as a person reads it */
char *luo_conflict_value_text (LuoConflict *self, LuoConflictMember *member, const char *value);

/** Whether the member is text, so that a third version can be written. */
gboolean luo_conflict_member_is_text (LuoConflict *self, LuoConflictMember *member);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoConflict, luo_conflict_free)

G_END_DECLS
