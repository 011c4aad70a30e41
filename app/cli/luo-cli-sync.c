/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-cli-server.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>

#include "luo-cli-json.h"
#include "luo-conflict.h"
#include "luo-receipt.h"
#include "luo-replication-error.h"
#include "luo-store-sync.h"

/* When a live run is interrupted while requests are under way, they get so many seconds to come to an end. */
#define LIVE_END_SECONDS 5

/* How many records in conflict `status` names; the rest is counted. */
#define MAX_CONFLICTS_SHOWN 100

/* How many records that wait to be sent `status --json` names. */
#define MAX_UNSENT_SHOWN 1000

static const char *
state_name (LuoSyncState state)
{
  static const char *const names[] = { "unconnected", "offline", "active", "settled", "stuck" };

  return (guint)state < G_N_ELEMENTS (names) ? names[state] : "";
}

static void
print_json (JsonBuilder *builder)
{
  g_autofree char *line = luo_cli_json_to_line (builder);

  luo_cli_print ("%s", line);
}

static void
add_refusals (JsonBuilder *builder, GPtrArray *refusals, const char *space)
{
  json_builder_set_member_name (builder, "refusals");
  json_builder_begin_array (builder);
  for (guint i = 0; refusals != NULL && i < refusals->len; i++)
    {
      const LuoRefusal *refusal = g_ptr_array_index (refusals, i);
      g_autofree char *message = NULL;
      g_autofree char *advice = NULL;

      if (!g_str_equal (refusal->space, space))
        continue;
      luo_receipt_explain (refusal, &message, &advice);
      json_builder_begin_object (builder);
      luo_cli_json_add_text (builder, "id", refusal->id);
      luo_cli_json_add_text (builder, "rev", refusal->rev);
      luo_cli_json_add_int (builder, "status", refusal->status);
      luo_cli_json_add_text (builder, "error", refusal->error);
      luo_cli_json_add_text (builder, "reason", refusal->reason);
      luo_cli_json_add_text (builder, "message", message);
      luo_cli_json_add_text (builder, "advice", advice);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* What waits to be sent, and why. */
static void
add_unsent (JsonBuilder *builder, GPtrArray *receipts, const char *space)
{
  json_builder_set_member_name (builder, "unsent");
  json_builder_begin_array (builder);
  for (guint i = 0; i < receipts->len; i++)
    {
      const LuoReceipt *receipt = g_ptr_array_index (receipts, i);

      if (receipt->state != LUO_RECEIPT_UNSENT || !g_str_equal (receipt->space, space))
        continue;
      json_builder_begin_object (builder);
      luo_cli_json_add_text (builder, "id", receipt->id);
      luo_cli_json_add_text (builder, "title", receipt->title);
      luo_cli_json_add_text (builder, "message", receipt->reason);
      luo_cli_json_add_text (builder, "advice", receipt->advice);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
print_refusals (GPtrArray *refusals, const char *space)
{
  for (guint i = 0; refusals != NULL && i < refusals->len; i++)
    {
      const LuoRefusal *refusal = g_ptr_array_index (refusals, i);
      g_autofree char *message = NULL;
      g_autofree char *advice = NULL;

      if (!g_str_equal (refusal->space, space))
        continue;
      luo_receipt_explain (refusal, &message, &advice);
      luo_cli_print (_ ("  refused: %s: %s (%d %s)\n"), refusal->id, message, refusal->status,
                     refusal->reason != NULL && *refusal->reason != '\0' ? refusal->reason : refusal->error);
      luo_cli_print (_ ("    what can be done: %s\n"), advice);
    }
}

/* sync */

static void
print_space (const LuoSpaceStatus *space)
{
  luo_cli_print (_ ("%s: received %lu, sent %lu, merged %lu, in conflict %lu, refused %lu\n"), space->space,
                 (gulong)space->pulled, (gulong)space->pushed, (gulong)space->merged,
                 (gulong)space->conflicts, (gulong)space->refused);
  if (space->message != NULL && *space->message != '\0')
    luo_cli_print ("  %s\n", space->message);
}

static void
print_outcome (LuoCli *cli, LuoStore *store, const LuoSyncStatus *status, gboolean ok)
{
  g_autoptr (GPtrArray) refusals = luo_store_list_refusals (store, NULL, NULL, NULL);
  g_autoptr (JsonBuilder) builder = NULL;

  if (!cli->json)
    {
      for (guint i = 0; i < status->spaces->len; i++)
        {
          const LuoSpaceStatus *space = g_ptr_array_index (status->spaces, i);

          print_space (space);
          print_refusals (refusals, space->space);
        }
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  luo_cli_json_add_flag (builder, "ok", ok);
  json_builder_set_member_name (builder, "spaces");
  json_builder_begin_array (builder);
  for (guint i = 0; i < status->spaces->len; i++)
    {
      const LuoSpaceStatus *space = g_ptr_array_index (status->spaces, i);

      json_builder_begin_object (builder);
      luo_cli_json_add_text (builder, "space", space->space);
      luo_cli_json_add_text (builder, "state", state_name (space->state));
      luo_cli_json_add_text (builder, "message", space->message);
      luo_cli_json_add_int (builder, "pulled", (gint64)space->pulled);
      luo_cli_json_add_int (builder, "pushed", (gint64)space->pushed);
      luo_cli_json_add_int (builder, "merged", (gint64)space->merged);
      luo_cli_json_add_int (builder, "conflicts", (gint64)space->conflicts);
      luo_cli_json_add_int (builder, "refused", (gint64)space->refused);
      luo_cli_json_add_int (builder, "pending", space->pending);
      add_refusals (builder, refusals, space->space);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  print_json (builder);
}

typedef struct
{
  LuoCli *cli;
  LuoReplicator *replicator; /* (unowned) */
  GMainLoop *loop;           /* (owned): of a live run */
  guint give_up;             /* the timer that ends an interrupted run; 0 where there is none */
  gboolean ending;           /* interrupted: ends with the requests that are under way */
  GHashTable *printed;       /* (owned) (element-type utf8 utf8): what was last said of each space */
} LiveRun;

/* Nothing is under way, and nothing waits that the next moment would send. */
static gboolean
is_at_rest (const LuoSyncStatus *status)
{
  if (status->state == LUO_SYNC_SETTLED)
    return status->pending <= status->refused;
  return status->state != LUO_SYNC_ACTIVE;
}

/* One line for a space each time that something came of it. */
static void
status_changed_cb (LuoReplicator *replicator, LuoSyncStatus *status, gpointer user_data)
{
  LiveRun *run = user_data;

  for (guint i = 0; i < status->spaces->len; i++)
    {
      const LuoSpaceStatus *space = g_ptr_array_index (status->spaces, i);
      g_autofree char *said = NULL;

      if (space->state == LUO_SYNC_ACTIVE)
        continue;
      said = g_strdup_printf ("%d %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                              " %" G_GUINT64_FORMAT,
                              space->state, space->pulled, space->pushed, space->conflicts, space->refused);
      if (g_strcmp0 (g_hash_table_lookup (run->printed, space->space), said) == 0)
        continue;
      g_hash_table_replace (run->printed, g_strdup (space->space), g_steal_pointer (&said));
      if (run->cli->json)
        luo_cli_print ("{\"space\":\"%s\",\"state\":\"%s\",\"pulled\":%" G_GUINT64_FORMAT
                       ",\"pushed\":%" G_GUINT64_FORMAT ",\"conflicts\":%" G_GUINT64_FORMAT
                       ",\"refused\":%" G_GUINT64_FORMAT "}\n",
                       space->space, state_name (space->state), space->pulled, space->pushed,
                       space->conflicts, space->refused);
      else
        print_space (space);
      fflush (stdout);
    }
  if (run->ending && is_at_rest (status))
    g_main_loop_quit (run->loop);
}

static gboolean
give_up_cb (gpointer user_data)
{
  LiveRun *run = user_data;

  run->give_up = 0;
  g_main_loop_quit (run->loop);
  return G_SOURCE_REMOVE;
}

/* The first signal lets what is under way come to an end, so that the status can say whether all is reconciled; a second does not. */
static gboolean
quit_cb (gpointer user_data)
{
  LiveRun *run = user_data;
  g_autoptr (LuoSyncStatus) status = luo_replicator_get_status (run->replicator);

  if (run->ending || is_at_rest (status))
    {
      g_main_loop_quit (run->loop);
    }
  else
    {
      run->ending = TRUE;
      run->give_up = g_timeout_add_seconds (LIVE_END_SECONDS, give_up_cb, run);
    }
  return G_SOURCE_CONTINUE;
}

static int
run_live (LuoCli *cli, LuoReplicator *replicator)
{
  LiveRun run = { .cli = cli, .replicator = replicator };
  g_autoptr (LuoSyncStatus) status = NULL;
  g_autoptr (GError) error = NULL;
  gulong handler;
  guint interrupt, terminate;

  run.loop = g_main_loop_new (NULL, FALSE);
  run.printed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  interrupt = g_unix_signal_add (SIGINT, quit_cb, &run);
  terminate = g_unix_signal_add (SIGTERM, quit_cb, &run);
  handler = g_signal_connect (replicator, "status-changed", G_CALLBACK (status_changed_cb), &run);
  luo_replicator_start (replicator);
  g_main_loop_run (run.loop);
  g_signal_handler_disconnect (replicator, handler);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  status = luo_replicator_get_status (replicator);
  g_clear_handle_id (&run.give_up, g_source_remove);
  luo_replicator_stop (replicator);
  g_main_loop_unref (run.loop);
  g_hash_table_unref (run.printed);
  if (status->state == LUO_SYNC_SETTLED && status->pending == 0 && status->refused == 0)
    return 0;
  g_set_error (&error, LUO_REPLICATION_ERROR, LUO_REPLICATION_ERROR_SERVER,
               _ ("Interrupted before everything was reconciled (to be sent %ld, refused %ld). %s"),
               (glong)status->pending, (glong)status->refused,
               status->message != NULL ? status->message : "");
  return luo_cli_fail (error);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

static int
run_sync (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  gboolean live = FALSE;
  const GOptionEntry entries[] = {
    { "live", 'l', 0, G_OPTION_ARG_NONE, &live, N_ ("Keep reconciling until interrupted"), NULL },
    { NULL },
  };
  g_autoptr (LuoReplicator) replicator = NULL;
  g_autoptr (LuoSyncStatus) status = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_auto (LuoCliWait) wait = { NULL };
  guint interrupt, terminate;
  gboolean ok;

  if (!luo_cli_parse (cli, command, entries, args, 0, G_MAXUINT))
    return LUO_CLI_EXIT_USAGE;
  replicator = luo_cli_get_replicator (cli);
  if (replicator == NULL)
    return 1;
  if (live)
    return run_live (cli, replicator);

  interrupt = g_unix_signal_add (SIGINT, cancel_cb, cancellable);
  terminate = g_unix_signal_add (SIGTERM, cancel_cb, cancellable);
  luo_replicator_run_async (replicator, args[1] != NULL ? (const char *const *)args + 1 : NULL, cancellable,
                            luo_cli_wait_cb, &wait);
  ok = luo_replicator_run_finish (replicator, luo_cli_wait (&wait), &error);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  status = luo_replicator_get_status (replicator);
  print_outcome (cli, cli->store, status, ok);
  if (!ok)
    return luo_cli_fail (error);
  return 0;
}

/* status */

static char *
format_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = seconds > 0 ? g_date_time_new_from_unix_local (seconds) : NULL;

  if (time == NULL)
    return g_strdup (_ ("never"));
  return g_date_time_format (time, "%Y-%m-%d %H:%M");
}

static gint64
last_settled_of (const LuoSyncStatus *status, const char *space)
{
  for (guint i = 0; i < status->spaces->len; i++)
    {
      const LuoSpaceStatus *s = g_ptr_array_index (status->spaces, i);

      if (g_str_equal (s->space, space))
        return s->last_settled;
    }
  return 0;
}

static void
print_status (const LuoSpace *space, gint64 last, GPtrArray *refusals, GPtrArray *conflicts)
{
  g_autofree char *when = format_time (last);
  guint shown = 0;

  luo_cli_print (_ ("%s: %ld records, to be sent %ld, in conflict %ld, refused %ld, files to fetch %ld; "
                    "last reconciled: %s\n"),
                 space->name, (glong)luo_space_count_records (space), (glong)luo_space_count_pending (space),
                 (glong)space->conflicts, (glong)space->refused, (glong)space->wanted, when);
  print_refusals (refusals, space->name);
  for (guint i = 0; i < conflicts->len; i++)
    {
      LuoDocument *document = g_ptr_array_index (conflicts, i);

      if (!g_str_equal (luo_document_get_space (document), space->name))
        continue;
      luo_cli_print (_ ("  in conflict: %s\n"), luo_document_get_id (document));
      shown++;
    }
  if (shown < space->conflicts)
    luo_cli_print ("  …\n");
}

static void
print_status_json (const char *url, const char *user, GPtrArray *spaces, const LuoSyncStatus *status,
                   GPtrArray *refusals, GPtrArray *receipts, GPtrArray *conflicts)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  luo_cli_json_add_text (builder, "server", url);
  luo_cli_json_add_text (builder, "user", user);
  json_builder_set_member_name (builder, "spaces");
  json_builder_begin_array (builder);
  for (guint i = 0; i < spaces->len; i++)
    {
      const LuoSpace *space = g_ptr_array_index (spaces, i);
      gint64 last = last_settled_of (status, space->name);

      json_builder_begin_object (builder);
      luo_cli_json_add_text (builder, "space", space->name);
      luo_cli_json_add_int (builder, "documents", luo_space_count_records (space));
      luo_cli_json_add_int (builder, "pending", luo_space_count_pending (space));
      luo_cli_json_add_int (builder, "conflicts", space->conflicts);
      luo_cli_json_add_int (builder, "refused", space->refused);
      luo_cli_json_add_int (builder, "wanted", space->wanted);
      if (last > 0)
        {
          g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (last);
          g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");

          luo_cli_json_add_text (builder, "last_settled", text);
        }
      add_refusals (builder, refusals, space->name);
      add_unsent (builder, receipts, space->name);
      json_builder_set_member_name (builder, "in_conflict");
      json_builder_begin_array (builder);
      for (guint c = 0; c < conflicts->len; c++)
        if (g_str_equal (luo_document_get_space (g_ptr_array_index (conflicts, c)), space->name))
          json_builder_add_string_value (builder, luo_document_get_id (g_ptr_array_index (conflicts, c)));
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  print_json (builder);
}

static int
run_status (LuoCli *cli, const LuoCliCommand *command, char **args)
{
  g_autoptr (LuoSyncStatus) status = NULL;
  g_autoptr (GPtrArray) spaces = NULL;
  g_autoptr (GPtrArray) refusals = NULL;
  g_autoptr (GPtrArray) receipts = NULL;
  g_autoptr (GPtrArray) conflicts = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  g_autofree char *user = NULL;
  LuoStore *store;

  if (!luo_cli_parse (cli, command, NULL, args, 0, 0))
    return LUO_CLI_EXIT_USAGE;
  store = luo_cli_open (cli, FALSE);
  if (store == NULL)
    return 1;
  spaces = luo_store_list_spaces (store, &error);
  refusals = spaces != NULL ? luo_store_list_refusals (store, NULL, NULL, &error) : NULL;
  receipts = refusals != NULL ? luo_receipt_list (store, NULL, MAX_UNSENT_SHOWN, &error) : NULL;
  conflicts = receipts != NULL ? luo_conflict_list (store, MAX_CONFLICTS_SHOWN, &error) : NULL;
  status = conflicts != NULL ? luo_sync_status_read (store, &error) : NULL;
  if (status == NULL)
    return luo_cli_fail (error);
  url = luo_store_get_meta (store, "endpoint", NULL);
  user = luo_store_get_meta (store, "user", NULL);

  if (cli->json)
    {
      print_status_json (url, user, spaces, status, refusals, receipts, conflicts);
      return 0;
    }
  if (url != NULL)
    luo_cli_print (_ ("Server: %s as %s\n"), url, user != NULL ? user : "");
  else
    luo_cli_print (_ ("No server is set.\n"));
  for (guint i = 0; i < spaces->len; i++)
    {
      const LuoSpace *space = g_ptr_array_index (spaces, i);

      print_status (space, last_settled_of (status, space->name), refusals, conflicts);
    }
  return 0;
}

const LuoCliCommand luo_cli_sync_commands[] = {
  { "sync", N_ ("[SPACE…]"),
    N_ ("Reconciles with the server; the status is 0 only when everything is reconciled."), TRUE, run_sync },
  { "status", "", N_ ("Tells what is to be sent, in conflict or refused, and when it last went well."), TRUE,
    run_status },
  { NULL },
};
