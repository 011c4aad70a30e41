/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-store.h"

G_BEGIN_DECLS

/* luoshictl: Luoshi's records without a window. One file for each group of commands (luo-cli-<noun>.c); what they share is here. */

/** What a program that is used wrongly ends with; what could not be done ends with 1. */
#define LUO_CLI_EXIT_USAGE 2

/** A record may be edited by the window or another command between our reading and our saving; then the edit is made anew, so often: of
 * many at work on one record each has its turn. */
#define LUO_CLI_MAX_TRIES 100

/**
 * LuoCli: one invocation.
 */
typedef struct
{
  char *replica;   /* (owned) (nullable): --replica */
  gboolean json;   /* --json */
  LuoStore *store; /* (owned) (nullable): opened by luo_cli_open() */
} LuoCli;

typedef struct _LuoCliCommand LuoCliCommand;

/** @args: NULL-ended; [0] is the command. Returns: the exit status */
typedef int (*LuoCliRun) (LuoCli *cli, const LuoCliCommand *command, char **args);

struct _LuoCliCommand
{
  const char *name;      /* "list" */
  const char *arguments; /* N_("TYPE"), shown in the usage */
  const char *summary;   /* N_(): one sentence */
  gboolean prints_data;  /* has --json */
  LuoCliRun run;
};

/** Each group's commands, ended by a NULL name. */
extern const LuoCliCommand luo_cli_replica_commands[];
extern const LuoCliCommand luo_cli_server_commands[];
extern const LuoCliCommand luo_cli_sync_commands[];
extern const LuoCliCommand luo_cli_list_commands[];
extern const LuoCliCommand luo_cli_show_commands[];
extern const LuoCliCommand luo_cli_edit_commands[];
extern const LuoCliCommand luo_cli_conflict_commands[];
extern const LuoCliCommand luo_cli_history_commands[];
extern const LuoCliCommand luo_cli_attachment_commands[];
extern const LuoCliCommand luo_cli_table_commands[];
extern const LuoCliCommand luo_cli_bundle_commands[];

/**
 * luo_cli_main:
 *
 * What luoshictl does. Returns: the exit status: 0 only where everything that was asked for was done
 */
int luo_cli_main (int argc, char *argv[]);

/**
 * luo_cli_parse:
 * @entries: (nullable): the command's own options, ended by an empty one
 * @args: (inout): what remains after the options is left in it, [0] the command
 * @min, @max: how many arguments are wanted after the command
 *
 * Reads a command's options. `--help` prints and ends the program.
 *
 * Returns: whether the command can go on; else the reason was printed and LUO_CLI_EXIT_USAGE is the status
 */
gboolean luo_cli_parse (LuoCli *cli, const LuoCliCommand *command, const GOptionEntry *entries, char **args,
                        guint min, guint max);

/** Opens the replica, which must exist unless @create; a reason is printed where it can not be. Returns: (transfer none) (nullable) */
LuoStore *luo_cli_open (LuoCli *cli, gboolean create);

/** Whether there are records of @type; else it is said of @command what was expected. */
gboolean luo_cli_check_type (const char *command, const char *type);

/** The record @id, in @space or (NULL) wherever it is. Returns: (transfer full) */
LuoDocument *luo_cli_find (LuoStore *store, const char *space, const char *id, GError **error);

/** Prints to standard output and standard error as UTF-8, whatever the locale. */
void luo_cli_print (const char *format, ...) G_GNUC_PRINTF (1, 2);
void luo_cli_say (const char *format, ...) G_GNUC_PRINTF (1, 2);

/** Says why a command failed. Returns: 1, the status for that */
int luo_cli_fail (GError *error);

/**
 * luo_cli_print_table:
 * @rows: (element-type GStrv): of as many cells as @header
 *
 * Columns aligned by how wide characters are shown.
 */
void luo_cli_print_table (const char *const *header, GPtrArray *rows);

/**
 * LuoCliWait: waits in the main loop for one asynchronous call.
 */
typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) */
} LuoCliWait;

/** The callback to give to the call, with the wait as its user data. */
void luo_cli_wait_cb (GObject *source, GAsyncResult *result, gpointer user_data);
/** Returns: (transfer none): the result of the call */
GAsyncResult *luo_cli_wait (LuoCliWait *self);
void luo_cli_wait_clear (LuoCliWait *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LuoCliWait, luo_cli_wait_clear)

G_END_DECLS
