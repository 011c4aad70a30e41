/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* Conflicts as a person decides them. This folder stands above sync/store (leaves, transactions), sync/merge (which members are in
 * dispute) and app/report (luo_record_prepare(): checks and stamps), and below the window and luoshictl, which both only show what
 * is here; it knows no GTK. */

/**
 * LuoConflictOption: one thing that can be chosen for a member.
 */
typedef struct
{
  char *value; /* (owned) (nullable): JSON text (of a stub for a file); NULL: taken away */
  GPtrArray *
      leaves; /* (owned) (element-type LuoDocument): the versions that say so; empty for what stood there before */
} LuoConflictOption;

/**
 * LuoConflictMember: one member that versions of a record say differently.
 */
typedef struct
{
  char *pointer; /* (owned): by keys, "/funds/provincial/used_fen"; "/_attachments/通知.pdf" for a file */
  char *label;   /* (owned): as the forms name it: "Funds · 省级 · Used" */
  char *unit;    /* (owned) (nullable): of a reading: 个 */
  gboolean is_file; /* the value is a stub; both may stay */
  char *before;     /* (owned) (nullable): JSON text before the edits */
  LuoDocument
      *base; /* (owned) (nullable): the version before the edits; NULL where it is not known any more */
  GPtrArray *options; /* (owned) (element-type LuoConflictOption) */
  gboolean decided;   /* by luo_conflict_take(), _write() or _keep_both() */
  gboolean both;      /* decided: both files stay */
  char *chosen;       /* (owned) (nullable): JSON text of the decision; NULL: taken away */
  char *typed;        /* (owned) (nullable): what a person last typed, decided for or not */
} LuoConflictMember;

/**
 * LuoConflictMerged: a difference that needs no decision.
 */
typedef struct
{
  char *pointer;     /* (owned) */
  char *label;       /* (owned) */
  char *unit;        /* (owned) (nullable) */
  char *before;      /* (owned) (nullable): JSON text */
  char *after;       /* (owned) (nullable): JSON text */
  LuoDocument *leaf; /* (owned): who wrote it */
} LuoConflictMerged;

/**
 * LuoConflictFate: what becomes of a record that one edited and another deleted.
 */
typedef enum
{
  LUO_CONFLICT_FATE_OPEN,
  LUO_CONFLICT_FATE_KEEP,
  LUO_CONFLICT_FATE_DELETE,
} LuoConflictFate;

/**
 * LuoConflict: a record in conflict. A plain value, of one thread at a time; blocks only where it says so.
 */
typedef struct
{
  LuoDocument *winner;  /* (owned) */
  GPtrArray *leaves;    /* (owned) (element-type LuoDocument): the live ones, winner first */
  GPtrArray *deletions; /* (owned) (element-type LuoDocument): tombstones of persons beside them */
  GPtrArray *members;   /* (owned) (element-type LuoConflictMember): in dispute */
  GPtrArray *merged;    /* (owned) (element-type LuoConflictMerged) */
  char *
      problem; /* (owned) (nullable): why versions that do not contradict each other can not be put together */
  guint ours;  /* index of the leaf that was written here, as far as that can be told */
  LuoConflictFate fate; /* OPEN only where there are deletions */
  GPtrArray *
      bases; /* (owned) (nullable elements): by leaf, what luo_store_get_bases() gave for it and the winner */
} LuoConflict;

void luo_conflict_free (LuoConflict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoConflict, luo_conflict_free)

/**
 * luo_conflict_list:
 * @limit: at most so many
 *
 * Records with more than one live version, then those that one person edited and another deleted. Blocks.
 *
 * Returns: (transfer full) (element-type LuoDocument): winners
 */
GPtrArray *luo_conflict_list (LuoStore *store, guint limit, GError **error);

/**
 * luo_conflict_read:
 *
 * What is to be decided of a record. Members are in dispute where any two versions contradict each other by luo_merge(); where
 * none do but the merged record would not be valid, every difference is (@problem says why). Of files of one name both stay
 * unless somebody decides otherwise. Blocks.
 *
 * Returns: (transfer full) (nullable): NULL without an error where the record is not in conflict any more
 */
LuoConflict *luo_conflict_read (LuoStore *store, const char *space, const char *id, GError **error);

/** How many things are to be decided. */
guint luo_conflict_count (const LuoConflict *self);
/** Whether everything is decided, so that luo_conflict_save() can save. */
gboolean luo_conflict_is_decided (const LuoConflict *self);

/** @path: with or without the first slash, dots for slashes too. Returns: (transfer none) (nullable) */
LuoConflictMember *luo_conflict_find_member (LuoConflict *self, const char *path);

/** Decides for one of @member's options. */
void luo_conflict_take (LuoConflictMember *member, guint option);
/** Decides for what the version @rev says; for what stood there before, where it left the member alone. */
void luo_conflict_take_version (LuoConflictMember *member, const char *rev);
/** Decides that both files of one name stay. */
void luo_conflict_keep_both (LuoConflictMember *member);
/** Takes the decision on a member back. */
void luo_conflict_reopen (LuoConflictMember *member);

/**
 * luo_conflict_write:
 * @text: what a person typed; "" takes the member away
 * @error: as luo_record_set_member(): LUO_RECORD_ERROR_VALUE or _MEMBER; the decision is as it was then
 *
 * Decides for something that no version says.
 */
gboolean luo_conflict_write (LuoConflict *self, LuoConflictMember *member, const char *text, GError **error);

/**
 * luo_conflict_adopt:
 * @before: the same record as it was read earlier
 *
 * Takes over what was decided where the choices are still the same, and what was typed in any case.
 */
void luo_conflict_adopt (LuoConflict *self, const LuoConflict *before);

/** Whether both are of the same versions of one record. */
gboolean luo_conflict_is_same (const LuoConflict *self, const LuoConflict *other);

/**
 * luo_conflict_take_leaf:
 * @rev: a version; a tombstone decides to delete
 *
 * Decides everything that is in dispute as @rev has it; what does not contradict it is merged all the same.
 *
 * Returns: FALSE with LUO_STORE_ERROR_NOT_FOUND where no version is called so; nothing is decided then
 */
gboolean luo_conflict_take_leaf (LuoConflict *self, const char *rev, GError **error);

/** Returns: (transfer full): the body with every decision and what was never in dispute. NULL with @error where something is open. */
char *luo_conflict_merge_decided (LuoConflict *self, GError **error);

/**
 * luo_conflict_save:
 * @user: (nullable): who decides; NULL is luo_record_get_user()
 * @error: LUO_STORE_ERROR_CONFLICT where the versions are others by now: read again; LUO_RECORD_ERROR_… where the decided record
 *   is not valid. Nothing was changed then
 *
 * Saves the decision as an ordinary edit on the winner with tombstones on the other leaves, in one transaction. It reconciles like
 * any other edit. Two who decide the same differently leave one conflict more; two who decide equally leave versions that differ in
 * who and when alone, which luo_merge() makes one. Blocks.
 */
gboolean luo_conflict_save (LuoConflict *self, LuoStore *store, const char *user, GError **error);

/** Returns: (transfer full): a value of @pointer as a person reads it; @value: (nullable): JSON text; @unit: (nullable) */
char *luo_conflict_value_text (LuoConflict *self, const char *pointer, const char *value, const char *unit);
/** Returns: (transfer full): whose version it is and when: "This machine · 皇姑区 · 28 August 10:12" */
char *luo_conflict_author (LuoConflict *self, LuoDocument *leaf);
/** Returns: (transfer full): the same of several */
char *luo_conflict_authors (LuoConflict *self, GPtrArray *leaves);
/** Whether a member is narrative: its differences are marked, and luo_conflict_propose() has something to propose. */
gboolean luo_conflict_is_narrative (LuoConflict *self, const LuoConflictMember *member);
/** Whether a third value can be typed. */
gboolean luo_conflict_is_typed (LuoConflict *self, const LuoConflictMember *member);
/** Returns: (transfer full) (nullable): of narrative, a text with what every version says (luo_text_unite()) */
char *luo_conflict_propose (LuoConflict *self, const LuoConflictMember *member);

G_END_DECLS
